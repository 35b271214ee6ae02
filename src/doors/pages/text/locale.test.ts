/** Tests of the choice of language. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { negotiateLocale } from './locale.ts'

describe('negotiateLocale (RFC 4647 §3.4)', () => {
  const cases: readonly [rule: string, uiLocales: readonly string[], acceptLanguage: string, expected: 'en' | 'de'][] =
    [
      ['speaks English when nothing is asked for', [], '', 'en'],
      ['follows the browser', [], 'de', 'de'],
      ['shortens a range from its end', [], 'de-AT-1996', 'de'],
      ['ignores the case of tags', ['DE-ch'], '', 'de'],
      ['takes the app before the browser (OIDC Core §3.1.2.1)', ['de'], 'en', 'de'],
      ['takes the first of the app that it speaks', ['fr', 'de', 'en'], '', 'de'],
      ['falls back to the browser when it speaks none of the app', ['fr-CA', 'ja'], 'de', 'de'],
      ['orders the browser by weight (RFC 9110 §12.5.4)', [], 'en;q=0.5, de;q=0.8', 'de'],
      ['keeps the order of equal weights', [], 'fr, de, en', 'de'],
      ['leaves out what has weight zero', [], 'de;q=0, fr', 'en'],
      ['does not take * for a language', [], '*, de;q=0.1', 'de'],
      ['does not take a longer word for its beginning', [], 'den, end', 'en'],
      ['skips what is longer than any tag (RFC 5646 §4.4.1)', [`de${'-a'.repeat(5000)}`], '', 'en'],
      ['skips what is malformed', [], ';;,=,de;q=x,,de-DE;q=0.3', 'de'],
    ]
  for (const [rule, uiLocales, acceptLanguage, expected] of cases) {
    it(rule, () => assert.equal(negotiateLocale(uiLocales, acceptLanguage), expected))
  }
})
