import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createSystemRandom } from '../lib/random.ts'
import { formatUserCode, newUserCode, parseUserCode } from './user-code.ts'

describe('user codes (RFC 8628 §6.1)', () => {
  it('are eight letters of an alphabet without vowels', () => {
    const random = createSystemRandom()
    for (let count = 0; count < 200; count++) assert.match(newUserCode(random), /^[BCDFGHJKLMNPQRSTVWXZ]{8}$/)
  })

  it('draw every letter equally often: bytes that would favour some are drawn again', () => {
    const bytes = [255, 240, 0, 19, 20, 39, 239, 1, 2, 3]
    const random = { bytes: () => Buffer.of(bytes.shift() ?? 0) }
    assert.equal(newUserCode(random), 'BZBZZCDF')
  })

  const typed: readonly [string, string | undefined][] = [
    ['WDJB-MJHT', 'WDJBMJHT'],
    ['wdjb mjht', 'WDJBMJHT'],
    ['  wdjb – mjht. ', 'WDJBMJHT'],
    ['w d j b m j h t', 'WDJBMJHT'],
    ['ＷＤＪＢ－ＭＪＨＴ', 'WDJBMJHT'],
    ['WDJB-MJH', undefined],
    ['WDJB-MJHTX', undefined],
    ['WDJA-MJHT', undefined],
    ['WDJ0-MJHT', undefined],
    ['', undefined],
    [`WDJBMJHT${' '.repeat(100)}`, undefined],
  ]
  for (const [text, code] of typed) {
    it(`take ${JSON.stringify(text.slice(0, 20))} as ${code ?? 'no code'}`, () => {
      assert.equal(parseUserCode(text), code)
    })
  }

  it('are shown in two groups', () => {
    assert.equal(formatUserCode('WDJBMJHT'), 'WDJB-MJHT')
  })
})
