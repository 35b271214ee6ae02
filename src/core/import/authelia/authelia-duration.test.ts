/** Tests of Authelia's durations. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { autheliaSeconds } from './authelia-duration.ts'

describe("Authelia's durations", () => {
  it('are seconds, or numbers with units, in short or in words', () => {
    const cases: readonly (readonly [unknown, number])[] = [
      [3600, 3600],
      ['90', 90],
      ['1h', 3600],
      ['1h30m', 5400],
      ['90 minutes', 5400],
      ['1 hour and 30 minutes', 5400],
      ['1 week', 604_800],
      ['2 weeks', 1_209_600],
      ['1M', 2_592_000],
      ['1 month', 2_592_000],
      ['1y', 31_536_000],
      ['500ms', 1],
    ]
    for (const [written, seconds] of cases) assert.equal(autheliaSeconds(written), seconds, `${written}`)
  })

  it('are nothing when they cannot be read', () => {
    for (const written of ['', 'soon', '1 fortnight', 'h1', '1h x', -1, Number.NaN, null, {}, `${'9'.repeat(200)}h`]) {
      assert.equal(autheliaSeconds(written), undefined, `${written}`)
    }
  })
})
