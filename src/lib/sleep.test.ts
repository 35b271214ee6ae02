/** Tests of the pause. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { systemSleep } from './sleep.ts'

describe('a pause', () => {
  it('ends at once when a shutdown asks for it, without an exception', async () => {
    const stop = new AbortController()
    const pause = systemSleep(3_600_000, stop.signal)
    stop.abort()
    assert.equal(await pause, undefined)
    assert.equal(await systemSleep(3_600_000, stop.signal), undefined)
  })
})
