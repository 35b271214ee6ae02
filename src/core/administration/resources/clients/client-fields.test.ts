/** Tests of the fields of a client: made of its metadata, and true to its rules. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { METADATA } from '../../../clients/metadata-table.ts'
import { checkValues } from '../../../clients/rules/value-rules.ts'
import { SPOKEN_BY_SERVER } from '../../../clients/spoken-by-server.ts'
import { shown, writable } from '../../field.ts'
import { objectSchema } from '../../json-schema.ts'
import { CLIENT_FIELDS } from './client-fields.ts'

describe('the fields of a client', () => {
  it('are one for each metadata that is registered, and what the house keeps', () => {
    const names = writable(CLIENT_FIELDS, 'making').map(({ name }) => name)
    for (const { name } of METADATA) assert.ok(names.includes(name), name)
    assert.equal(new Set(names).size, names.length)
    const seen = shown(CLIENT_FIELDS).map(({ name }) => name)
    assert.equal(new Set(seen).size, seen.length)
  })

  it('offer the values that the rules take, and no others', () => {
    const rows = METADATA.filter(({ choices }) => choices !== undefined)
    assert.ok(rows.length >= 9)
    for (const { name, member, choices = [] } of rows) {
      const wrong = (value: string): boolean =>
        checkValues({ clientId: 'a', type: 'confidential', [member]: value }, SPOKEN_BY_SERVER).length > 0
      assert.deepEqual([choices.filter(wrong), wrong('something-else')], [[], true], name)
    }
  })

  it('take texts in other languages (OIDC Registration §2.1)', () => {
    const schema = objectSchema(writable(CLIENT_FIELDS, 'making')) as { patternProperties: Record<string, unknown> }
    const patterns = Object.keys(schema.patternProperties)
    assert.ok(patterns.some(pattern => new RegExp(pattern).test('client_name#de-AT')))
    assert.equal(patterns.length, 5)
  })

  it('never show what opens anything', () => {
    const secrets = CLIENT_FIELDS.filter(({ access }) => access === 'secret').map(({ name }) => name)
    assert.deepEqual(secrets, ['client_secret', 'client_secret_hash'])
    assert.deepEqual(
      shown(CLIENT_FIELDS).filter(({ name, access }) => secrets.includes(name) && access !== 'once'),
      [],
    )
  })
})
