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

  it('say which setting the words of the mail server point at, whether it refused or was late', () => {
    const signs: readonly (readonly [result: string, setting: RegExp])[] = [
      ['mail:587: Error upgrading connection with STARTTLS: 502 not implemented', /smtps:\/\/.*mail\.tls/],
      ['mail:465: 40D3:error:0A00010B:SSL routines:tls_validate_record_header:wrong version number', /is smtp:\/\//],
      ['mail:587: unable to verify the first certificate', /NODE_EXTRA_CA_CERTS/],
      ['mail:587: Invalid login: 535 Authentication credentials invalid', /mail\.user and mail\.password/],
      ['mail:587: connect ECONNREFUSED 192.0.2.1:587', /the host and the port of mail\.server/],
      ["mail:587: Can't send mail - all recipients were rejected: 550 No such person here", /mail\.from/],
    ]
    for (const [result, setting] of signs) {
      for (const because of ['refused', 'late'] as const) {
        assert.match(remedyOf({ about: { to: 'ada@example.org' } }, because, result).remedy.advice, setting, result)
      }
    }
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
      const once = remedyOf({ kind: 'upstream-logout', about, attempts: 1 }, because, 'it answered 404').remedy
      assert.match(once.why, /was told of a sign-out once, the last time: it answered 404/)
      assert.deepEqual(remedy.commands.at(-1), `sallyport delivery retry ${id}`)
    })
  }
})
