/** No setting of an upstream without a test of what it does: the others of `upstream-knobs-*.test.ts` name them. */

import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { SETTING_NAMES } from '../../src/core/upstreams/settings/settings-table.ts'

const FOLDER = new URL('.', import.meta.url)

describe('every setting of an upstream', () => {
  it('has a test that is called by its name', () => {
    const files = readdirSync(FOLDER).filter(name => /^upstream-knobs-.*\.test\.ts$/.test(name))
    const text = files.map(name => readFileSync(new URL(name, FOLDER), 'utf8')).join('\n')
    // `it('order: smaller comes first'`, or the first member of a table's row: that a test merely sets one is not enough.
    const titles = [...text.matchAll(/\bit\(\s*[`'](.*)[`'],/g)].map(([, title = '']) => title).join('\n')
    const rows = [...text.matchAll(/^\s*(?:\['|')(\w+)',/gm)]
    const named = new Set([...titles.matchAll(/(\w+): /g), ...rows].map(([, name]) => name))
    assert.deepEqual(
      SETTING_NAMES.filter(name => !named.has(name)),
      [],
    )
  })
})
