/** Tests of what a session keeps of the session at the upstream. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { anUpstream, aSession, NOON, random } from '../../../../test/support/builders.ts'
import { masterKeyFromText } from '../../../lib/master-key.ts'
import { createSealer } from '../../../lib/seal.ts'
import type { Write } from '../../unit-of-work.ts'
import { openSessionTokens } from '../tokens/session-tokens.ts'
import type { UpstreamSession } from '../upstream-session.ts'
import type { Arrival } from './open-arrival.ts'
import { rememberSession, type SettlePorts } from './settle-arrival.ts'

const sealer = createSealer(masterKeyFromText('a master key of a test, 32 characters or more'), random)

function remembered(id_token: object): UpstreamSession {
  const put: UpstreamSession[] = []
  const upstreamSessions = { put: (session: UpstreamSession): Write => ({ name: `${put.push(session)}` }) }
  const ports = { repositories: { upstreamSessions }, upstreams: { sealer } } as unknown as SettlePorts
  const answer = { sources: { id_token }, idToken: 'the ID token', receivedAt: NOON.toISOString() }
  const arrival = { upstream: anUpstream(), patch: { subject: 'mapped' }, answer } as unknown as Arrival
  rememberSession(arrival, aSession(), NOON, ports)
  const [session] = put
  return session ?? assert.fail('nothing was written')
}

describe('what a session keeps of the one at the upstream', () => {
  it('is sub and sid as the ID token has them (Back-Channel Logout §2.4), and its tokens, sealed', () => {
    const session = remembered({ sub: 'sub', sid: 'sid' })
    assert.deepEqual([session.subject, session.sub, session.sid], ['mapped', 'sub', 'sid'])
    assert.deepEqual(openSessionTokens(session, sealer), { idToken: 'the ID token' })
  })

  for (const odd of ['si\0d', 'x'.repeat(256), '\ud800', 7, null, ['sid'], undefined]) {
    it(`is no sid and no sub that could not be looked for: ${JSON.stringify(odd)?.slice(0, 20)}`, () => {
      const session = remembered({ sub: odd, sid: odd })
      assert.deepEqual(['sub' in session, 'sid' in session], [false, false])
    })
  }
})
