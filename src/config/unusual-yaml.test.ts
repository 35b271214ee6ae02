/** Tests of YAML that would quietly become something else: each is a mistake, with its line and column. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { formatMistake } from './mistake.ts'
import { readYaml } from './read-yaml.ts'

const mistakesIn = (text: string): readonly string[] =>
  readYaml('sallyport.yaml', text).mistakes.map(mistake => formatMistake(mistake))

describe('YAML that settings do not know', () => {
  const MISTAKES = [
    ['a set, which has no members here', 'groups: !!set { a, b }', /^sallyport\.yaml:1:15 .*!!set is no kind of value/],
    ['an ordered map', 'groups: !!omap [ a: {} ]', /^sallyport\.yaml:1:16 .*!!omap is no kind of value/],
    ['bytes', 'issuer: !!binary aGVsbG8=', /^sallyport\.yaml:1:18 .*!!binary is no kind of value/],
    ['a point in time', 'issuer: !!timestamp 2020-01-01', /^sallyport\.yaml:1:21 .*!!timestamp is no kind of value/],
    ['a name that is a list', 'groups:\n  ? [a, b]\n  : {}', /^sallyport\.yaml:2:5 .*a name must be a text/],
    ['half a character in a text', 'issuer: "\\ud83d"', /^sallyport\.yaml:1:9 .*half a character/],
    ['half a character in a name', 'groups: { "\\udc00": }', /^sallyport\.yaml:1:11 .*half a character/],
    ['a part of itself', 'x-a: &a\n  b: *a', /^sallyport\.yaml:2:6 .*\*a stands for something that it is a part of/],
    ['a part of itself, further in', 'a: &a [{ b: [*a] }]', /^sallyport\.yaml:1:14 .*is a part of/],
    ['an anchor of nothing', 'a: *b', /^sallyport\.yaml:1:4 .*\*b stands for nothing/],
    ['an anchor that stands behind it', 'a: *b\nc: &b 1', /^sallyport\.yaml:1:4 .*\*b stands for nothing/],
    ['two documents', 'log: {}\n---\nlog: {}', /^sallyport\.yaml:2:1 .*a second document begins here/],
    ['lists within lists within lists', `a: ${'['.repeat(20_000)}`, /^sallyport\.yaml:1:\d+ .*nested too deeply/],
  ] as const
  for (const [what, text, expected] of MISTAKES) {
    it(`is a mistake: ${what}`, () => assert.match(mistakesIn(text).join('\n'), expected))
  }

  it('is none where it is what people mean: plain tags, anchors, merges', () => {
    const text = 'x-a: &a { b: !!str 12, c: "\u{1f3f0}" }\nlog: { <<: *a }\nflows: *a'
    assert.deepEqual(mistakesIn(text), [])
    assert.deepEqual(readYaml('sallyport.yaml', text).tree.log, { b: '12', c: '🏰' })
  })

  it('finds each anchor, however many there are', () => {
    const many = Array.from({ length: 2_000 }, (_, index) => `  - &a${index} ${index}\n  - *a${index}`).join('\n')
    assert.deepEqual(mistakesIn(`x-a:\n${many}`), [])
  })
})
