/** Both catalogs say the same things, all of them, and nothing that no page says. */

import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { IntlMessageFormat } from 'intl-messageformat'
import { LOCALES } from '../../src/doors/pages/text/locale.ts'
import { CATALOGS, type MessageKey } from '../../src/doors/pages/text/text.ts'

const KEYS = Object.keys(CATALOGS.en) as MessageKey[]

describe('the texts of the pages', () => {
  it('have the same keys in every language', () => {
    for (const locale of LOCALES) assert.deepEqual(Object.keys(CATALOGS[locale]), KEYS, locale)
  })

  it('take the same arguments in every language', () => {
    for (const key of KEYS) {
      const expected = argumentsOf(CATALOGS.en[key], 'en')
      for (const locale of LOCALES) assert.deepEqual(argumentsOf(CATALOGS[locale][key], locale), expected, key)
    }
  })

  it('are all translated', () => {
    const same = KEYS.filter(key => CATALOGS.en[key] === CATALOGS.de[key])
    assert.deepEqual(same, ['page.title', 'consent.website'])
  })

  it('are all used by a view', () => {
    const folder = new URL('../../src/doors/pages/views/', import.meta.url)
    const views = readdirSync(folder).map(name => readFileSync(new URL(name, folder), 'utf8'))
    const used = new Set(views.flatMap(view => [...view.matchAll(/'([a-zA-Z.]+)'/g)].map(([, text]) => text)))
    assert.deepEqual(
      KEYS.filter(key => !used.has(key)),
      [],
    )
  })
})

type Element = ReturnType<IntlMessageFormat['getAst']>[number]

/** `count:plural`, `unit:select[days,hours]`: names, kinds and, for a select, its cases. */
function argumentsOf(message: string, locale: string): readonly string[] {
  const elements = new IntlMessageFormat(message, locale, undefined, { ignoreTag: true }).getAst()
  return [...new Set(elements.flatMap(describeElement))].sort()
}

// The numbers are the parser's element types: literal 0, argument 1, number 2, date 3, time 4, select 5, plural 6, pound 7.
function describeElement(element: Element): readonly string[] {
  if (element.type === 0 || element.type === 7) return []
  const name = 'value' in element ? element.value : ''
  if (!('options' in element)) return [`${name}:${element.type}`]
  const cases = Object.keys(element.options).sort().join()
  const nested = Object.values(element.options).flatMap(option => option.value.flatMap(describeElement))
  return [`${name}:${element.type}[${cases}]`, ...nested]
}
