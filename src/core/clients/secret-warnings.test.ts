/** Tests of the warning before the last secret of an app ends. */

import assert from 'node:assert/strict'
import { it } from 'node:test'
import { secretWarnings } from './secret-warnings.ts'

const NOW = new Date('2027-01-01T00:00:00Z')
const inDays = (days: number) => ({ expires_at: new Date(NOW.getTime() + days * 86_400_000).toISOString() })

it('an app is spoken of when its last secret ends within 30 days, and not in the middle of a rotation', () => {
  const rows: ReadonlyArray<readonly [secrets: readonly { readonly expires_at?: string }[], said: RegExp | undefined]> =
    [
      [[], undefined],
      [[{}], undefined],
      [[{}, inDays(1)], undefined],
      [[inDays(31)], undefined],
      [[inDays(90), inDays(1)], undefined],
      [[inDays(30)], /^The last secret of wiki ends 2027-01-31T00:00:00.000Z: sallyport client rotate-secret wiki$/],
      [[inDays(2), inDays(1)], /ends 2027-01-03/],
      [[inDays(-1)], /^The secret of wiki ended 2026-12-31/],
    ]
  for (const [secrets, said] of rows) {
    const warnings = secretWarnings('wiki', secrets, NOW)
    assert.equal(warnings.length, said === undefined ? 0 : 1, JSON.stringify(secrets))
    if (said !== undefined) assert.match(warnings[0] ?? '', said)
  }
})
