import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { aClient, aDeferredGrant, NOON, random } from '../../../test/support/builders.ts'
import { addSeconds } from '../../lib/clock.ts'
import { newId } from '../../lib/id.ts'
import { decidePoll } from './decide-poll.ts'
import type { DeferredGrant } from './deferred-grant.ts'

describe('polling (RFC 8628 §3.5, CIBA Core §11)', () => {
  const client = aClient()
  const of = (changes: Partial<DeferredGrant>) => aDeferredGrant({ clientUid: client.uid, ...changes })
  const grantId = newId<'grant'>(NOON, random)
  const answer = (deferred: DeferredGrant | undefined, seconds: number) => {
    const decision = decidePoll(deferred, client, addSeconds(NOON, seconds))
    return decision.kind === 'collect' ? decision.grantId : [decision.refusal.error, intervalOf(decision)]
  }

  const rows: readonly [name: string, deferred: DeferredGrant | undefined, seconds: number, expected: unknown][] = [
    ['waits while nobody has decided', of({}), 5, ['authorization_pending', 5]],
    ['waits when the interval is kept', of({ lastPolledAt: NOON }), 5, ['authorization_pending', 5]],
    ['takes jitter for what it is', of({ lastPolledAt: NOON }), 4.6, ['authorization_pending', 5]],
    ['adds five seconds for haste', of({ lastPolledAt: NOON }), 1, ['slow_down', 10]],
    ['adds five more for more haste', of({ lastPolledAt: NOON, intervalSeconds: 10 }), 6, ['slow_down', 15]],
    ['ends when the person said no', of({ state: 'denied' }), 5, ['access_denied', undefined]],
    ['ends when the time is over', of({}), 600, ['expired_token', undefined]],
    [
      'ends when the time is over, even after a yes',
      of({ state: 'approved', grantId }),
      600,
      ['expired_token', undefined],
    ],
    ['ends when the row is gone', undefined, 5, ['expired_token', undefined]],
    ['gives what was allowed, however soon', of({ state: 'approved', grantId, lastPolledAt: NOON }), 1, grantId],
    ['tells another client nothing', aDeferredGrant({ state: 'approved', grantId }), 5, ['invalid_grant', undefined]],
  ]
  for (const [name, deferred, seconds, expected] of rows) {
    it(name, () => assert.deepEqual(answer(deferred, seconds), expected))
  }
})

function intervalOf(decision: object): unknown {
  return 'intervalSeconds' in decision ? decision.intervalSeconds : undefined
}
