/** Tests of the terminal of a real process: signals. */

import assert from 'node:assert/strict'
import { EventEmitter } from 'node:events'
import { describe, it } from 'node:test'
import { ignoreBurst } from './process-terminal.ts'

describe('signals that stop the server', () => {
  it('count as one when they come in one burst, as from Ctrl-C under npm; a later one is no longer ours', () => {
    const signals = new EventEmitter()
    let time = 0
    let stops = 0
    let asked = 0
    ignoreBurst(
      signals,
      () => time,
      () => stops++,
      () => asked++,
    )
    signals.emit('SIGINT')
    time = 10
    signals.emit('SIGINT')
    signals.emit('SIGTERM')
    assert.deepEqual([stops, asked], [1, 0])
    time = 1_500
    signals.emit('SIGINT')
    assert.deepEqual([stops, asked], [1, 1])
  })
})
