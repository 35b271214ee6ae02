/** Tests of throttling. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { NOON } from '../../../test/support/builders.ts'
import { addSeconds } from '../../lib/clock.ts'
import { ACCOUNT_RULE, ADDRESS_RULE, decideThrottle, throttleKeys } from './throttle-rules.ts'

const nothing = () => 0
const keys = throttleKeys('Ada', '192.0.2.1', false)
const [addressKey, accountKey] = keys.map(({ key }) => key) as [string, string]

describe('throttling of password guesses', () => {
  it('lets the first failures of an address and an account pass without delay', () => {
    const buckets = [
      { key: addressKey, level: ADDRESS_RULE.capacity - 1, at: NOON },
      { key: accountKey, level: ACCOUNT_RULE.capacity - 1, at: NOON },
    ]
    assert.deepEqual(decideThrottle(keys, buckets, nothing, NOON), { kind: 'go-on', delayMs: 0 })
  })

  it('makes an address that fails a lot wait, and says how long', () => {
    const buckets = [{ key: addressKey, level: ADDRESS_RULE.capacity, at: NOON }]
    const decision = decideThrottle(keys, buckets, nothing, NOON)
    assert.equal(decision.kind, 'slow-down')
    const after = decision.kind === 'slow-down' ? decision.retryAfterSeconds : 0
    assert.deepEqual(decideThrottle(keys, buckets, nothing, addSeconds(NOON, after)), { kind: 'go-on', delayMs: 0 })
  })

  it('counts attempts that are being checked, so that a burst is not a way around', () => {
    const decision = decideThrottle(keys, [], key => (key === addressKey ? ADDRESS_RULE.capacity : 0), NOON)
    assert.equal(decision.kind, 'slow-down')
  })

  it('never locks the owner out: whatever others did to the account, a quiet address is answered, at most four seconds late', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1e9, noNaN: true }), fc.nat(10_000), (level, flying) => {
        const decision = decideThrottle(
          keys,
          [{ key: accountKey, level, at: NOON }],
          key => (key === accountKey ? flying : 0),
          NOON,
        )
        assert.ok(decision.kind === 'go-on' && decision.delayMs <= 4000)
      }),
    )
  })

  it('keeps a browser that signed in before out of what others do', () => {
    const own = throttleKeys('ada', '192.0.2.1', true)
    const buckets = [
      { key: addressKey, level: 1000, at: NOON },
      { key: accountKey, level: 1000, at: NOON },
    ]
    assert.deepEqual(decideThrottle(own, buckets, nothing, NOON), { kind: 'go-on', delayMs: 0 })
  })

  it('knows an account by any spelling of its name, and keeps only its hash', () => {
    assert.deepEqual(throttleKeys(' ADA ', '192.0.2.1', false), keys)
    assert.ok(!accountKey.toLowerCase().includes('ada'))
  })
})
