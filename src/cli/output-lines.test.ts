/** Tests of the line that is written over. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { outputLines } from './output-lines.ts'

/** What a person sees: both streams end on the same terminal. */
function aScreen(isTTY = true) {
  const written: string[] = []
  const stream = { isTTY, columns: 12, write: (text: string) => written.push(text) }
  return { written, lines: outputLines({ ...stream }, stream) }
}

describe('a line that is written over', () => {
  it('is taken away before anything else is printed, and is never longer than the terminal is wide', () => {
    const { written, lines } = aScreen()
    lines.replaceLine?.('100 of 3000 events')
    lines.replaceLine?.('200')
    lines.print('{"id":1}')
    lines.warn('careful')
    lines.replaceLine?.('300')
    lines.replaceLine?.('')
    assert.equal(written.join(''), '100 of 3000\r\x1b[2K200\r\x1b[2K{"id":1}\ncareful\n300\r\x1b[2K')
  })

  it('is not there where standard error is no terminal', () => {
    const { written, lines } = aScreen(false)
    assert.equal(lines.replaceLine, undefined)
    lines.print('a')
    lines.warn('b')
    assert.deepEqual(written, ['a\n', 'b\n'])
  })
})
