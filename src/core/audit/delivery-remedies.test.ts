/** Tests of the remedies for what did not reach others. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { aDelivery } from '../../../test/support/builders.ts'
import type { Delivery } from '../deliveries/delivery.ts'
import { type GivenUpBecause, givenUp } from '../deliveries/given-up.ts'
import { findRemedy } from './remedies.ts'

function remedyOf(changes: Partial<Delivery>, because: GivenUpBecause, result: string) {
  const delivery = aDelivery({ attempts: 3, ...changes })
  const { rule, facts } = givenUp(delivery, because, result)
  const remedy = findRemedy({ rule, facts, at: '2026-01-01T12:00:00.000Z' })
  return { remedy: remedy ?? assert.fail(`nothing is known about ${rule}`), id: delivery.id }
}

describe('remedies for deliveries', () => {
  it('say what the mail server said, and how to try it (RFC 5321 §4.2.1)', () => {
    const { remedy, id } = remedyOf({ about: { to: 'ada@example.org' } }, 'refused', 'mail:25: 550 no such person')
    assert.equal(remedy.why, 'The mail to ada@example.org was refused: mail:25: 550 no such person.')
    assert.deepEqual(remedy.commands, [
      'sallyport mail test ada@example.org',
      `sallyport delivery show ${id}`,
      `sallyport delivery retry ${id}`,
    ])
    assert.deepEqual([remedy.setting, remedy.settingOf], ['mail.server', 'server'])
  })

  it('never write to an address that was shortened for the audit, nor to what a shell would run', () => {
    for (const to of ['a•••@example.org', '$(reboot)@example.org', '-v@example.org', '--json']) {
      const { remedy } = remedyOf({ about: { to } }, 'late', 'mail:25: connect ECONNREFUSED')
      assert.equal(remedy.commands[0], 'sallyport mail test ADDRESS', to)
      assert.match(remedy.why, /was tried 3 times, the last time: mail:25: connect ECONNREFUSED\.$/)
    }
  })

  for (const because of ['refused', 'late'] as const) {
    it(`name the upstream that was not told of a sign-out: ${because} (RP-Initiated Logout §2)`, () => {
      const about = { upstream: 'corporate' }
      const { remedy, id } = remedyOf({ kind: 'upstream-logout', about }, because, 'it answered 503')
      assert.equal(remedy.why, 'The upstream corporate was told of a sign-out 3 times, the last time: it answered 503.')
      assert.deepEqual(remedy.commands.at(-1), `sallyport delivery retry ${id}`)
    })
  }
})
