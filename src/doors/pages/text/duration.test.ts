/** Tests of spans of time in words. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { durationValues } from './duration.ts'

describe('durationValues', () => {
  const cases: readonly [seconds: number, unit: string, count: number][] = [
    [0, 'seconds', 1],
    [0.2, 'seconds', 1],
    [59, 'seconds', 59],
    [60, 'minutes', 1],
    [90, 'seconds', 90],
    [121, 'minutes', 3],
    [3600, 'hours', 1],
    [5400, 'minutes', 90],
    [86_400, 'days', 1],
    [2_592_000, 'days', 30],
  ]
  for (const [seconds, unit, count] of cases) {
    it(`says ${count} ${unit} for ${seconds} seconds`, () => {
      assert.deepEqual(durationValues(seconds), { unit, count })
    })
  }
})
