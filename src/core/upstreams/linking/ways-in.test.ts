/** Tests of the ways to sign in. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { anIdentity, anUpstream } from '../../../../test/support/builders.ts'
import { isRefusal } from '../../../spec/refusal.ts'
import { checkKeepsWayIn, waysIn } from './ways-in.ts'

const NOBODY = { username: 'ada' }
const WITH_PASSWORD = { username: 'ada', passwordHash: '$argon2id$' }

describe('the ways to sign in', () => {
  it('keep the last one: a password, or another identity that signs in', () => {
    const one = anUpstream()
    const other = anUpstream()
    const first = anIdentity({ upstreamUid: one.uid })
    const second = anIdentity({ upstreamUid: other.uid })
    assert.ok(isRefusal(checkKeepsWayIn(NOBODY, first.id, [first], [one, other])))
    assert.equal(checkKeepsWayIn(WITH_PASSWORD, first.id, [first], [one, other]), undefined)
    assert.equal(checkKeepsWayIn(NOBODY, first.id, [first, second], [one, other]), undefined)
  })

  const dead = [
    ['is switched off', { enabled: false }],
    ['is for linking only', { linkOnly: true }],
  ] as const
  for (const [what, changes] of dead) {
    it(`do not count an upstream that ${what}`, () => {
      const one = anUpstream()
      const other = anUpstream(changes)
      const identities = [anIdentity({ upstreamUid: one.uid }), anIdentity({ upstreamUid: other.uid })] as const
      assert.ok(isRefusal(checkKeepsWayIn(NOBODY, identities[0].id, identities, [one, other])))
      assert.equal(checkKeepsWayIn(NOBODY, identities[1].id, identities, [one, other]), undefined)
    })
  }

  it('are shown as show_in_account says', () => {
    const always = anUpstream({ alias: 'always' })
    const whenLinked = anUpstream({ alias: 'when-linked', showInAccount: 'when_linked' })
    const never = anUpstream({ alias: 'never', showInAccount: 'never' })
    const off = anUpstream({ alias: 'off', enabled: false })
    const all = [always, whenLinked, never, off]
    const names = (linked: readonly (typeof always)[]) => {
      const identities = linked.map(({ uid }) => anIdentity({ upstreamUid: uid }))
      const ways = waysIn(WITH_PASSWORD, identities, all)
      return [ways.linked.map(({ upstream }) => upstream.alias), ways.linkable.map(({ alias }) => alias)]
    }
    assert.deepEqual(names([]), [[], ['always']])
    assert.deepEqual(names(all), [['always', 'when-linked', 'off'], []])
  })
})
