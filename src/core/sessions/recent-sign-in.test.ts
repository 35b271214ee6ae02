/** Tests of who counts as present. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { aSession, NOON } from '../../../test/support/builders.ts'
import { addSeconds } from '../../lib/clock.ts'
import { isRecentSignIn, isSignedInWithin } from './recent-sign-in.ts'

describe('a recent sign-in', () => {
  it('is at most ten minutes old', () => {
    const session = aSession({ authTime: NOON })
    assert.equal(isRecentSignIn(session, addSeconds(NOON, 600)), true)
    assert.equal(isRecentSignIn(session, addSeconds(NOON, 601)), false)
  })

  it('is counted from when the person did something, not from when an upstream told us (OIDC Core §2 auth_time)', () => {
    const session = aSession({ authTime: NOON, provenAt: addSeconds(NOON, 3600) })
    assert.equal(isRecentSignIn(session, addSeconds(NOON, 3600)), false)
  })

  it('is none where nobody knows when it was (OIDC Core §3.1.2.1 max_age)', () => {
    const session = aSession({ authTime: NOON, provenAt: NOON })
    assert.equal(isRecentSignIn(session, NOON), false)
    assert.equal(isSignedInWithin(86_400, session, NOON), false)
    assert.equal(isSignedInWithin(60, aSession({ authTime: NOON }), addSeconds(NOON, 60)), true)
    assert.equal(isSignedInWithin(60, aSession({ authTime: NOON }), addSeconds(NOON, 61)), false)
  })
})
