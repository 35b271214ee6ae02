/** Help texts on narrow terminals. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { fitLines } from './fit-lines.ts'

describe('a help text', () => {
  it('is broken between words where the terminal ends', () => {
    assert.equal(fitLines('one two three\nfour five\n\nsix', 9), 'one two\nthree\nfour five\n\nsix')
  })

  it('keeps its lines where they fit', () => {
    assert.equal(fitLines('one two three\nfour five', 13), 'one two three\nfour five')
  })

  it('keeps examples and tables as they are, to be copied', () => {
    const text = 'Usage: wiki\n\n\nExamples:\n  $ sallyport client create Wiki confidential'
    assert.equal(fitLines(text, 20), text)
  })
})
