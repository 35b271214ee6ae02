/** Tests of what commands print. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { jsonText, printable } from './output.ts'

/** Line break, escape, the C1 control that begins a sequence like escape and bracket do, and a reversal of the writing direction. */
const HOSTILE = 'a\n\u001b[2J\u009b31m\u202egnp.exe\u2066\u2028b'

describe('what a terminal obeys', () => {
  it('is spelled out in text for people', () => {
    assert.equal(printable(HOSTILE), 'a\\x0a\\x1b[2J\\x9b31m\\u202egnp.exe\\u2066\\u2028b')
    assert.equal(printable('Zoë Ümläut 日本 🔑'), 'Zoë Ümläut 日本 🔑')
  })

  it('is escaped in JSON, which still says the same', () => {
    const text = jsonText({ requested: HOSTILE })
    assert.equal(text, '{"requested":"a\\n\\u001b[2J\\u009b31m\\u202egnp.exe\\u2066\\u2028b"}')
    assert.deepEqual(JSON.parse(text), { requested: HOSTILE })
  })
})
