/** Tests of fixtures of different versions and shapes: everybody keeps what is theirs, and nobody gets what is somebody else's. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { JsonObject } from '../../clients/client.ts'
import type { Imported } from '../import-report.ts'
import { readDjango } from './read-django.ts'

const CLIENT = {
  name: 'Wiki',
  client_type: 'confidential',
  client_id: '123456',
  client_secret: 's',
  _redirect_uris: '',
}

function user(pk: number | undefined, username: string, more: JsonObject = {}) {
  return { model: 'auth.user', ...(pk === undefined ? {} : { pk }), fields: { username, password: '!', ...more } }
}

function client(fields: JsonObject) {
  return { model: 'oidc_provider.client', pk: 1, fields: { ...CLIENT, ...fields } }
}

function documents({ things }: Imported, resource: string): readonly JsonObject[] {
  return things.filter(thing => thing.resource === resource).map(({ document }) => document)
}

describe('a fixture', () => {
  it('has response types by number, by natural key, or as the one text of old versions', () => {
    const types = (fields: JsonObject) => documents(readDjango([client(fields)]), 'clients')[0]?.response_types
    assert.deepEqual(types({ response_types: [1, 3] }), ['code', 'id_token token'])
    assert.deepEqual(types({ response_types: [['code'], ['code id_token token']] }), ['code', 'code id_token token'])
    assert.deepEqual(types({ response_type: 'id_token' }), ['id_token'])
    const moved = [{ model: 'oidc_provider.responsetype', pk: 1, fields: { value: 'id_token' } }]
    const [made] = documents(readDjango([...moved, client({ response_types: [1] })]), 'clients')
    assert.deepEqual(made?.response_types, ['id_token'])
  })

  it('takes nobody for the person whose number is their name', () => {
    const consent = (who: unknown) => ({
      model: 'oidc_provider.userconsent',
      pk: 1,
      fields: { user: who, client: 1, _scope: 'openid', date_given: '2024-01-01T00:00:00Z' },
    })
    const people = [user(7, 'ada'), user(8, '7')]
    const accountOf = (who: unknown) =>
      documents(readDjango([...people, client({ owner: 7 }), consent(who)]), 'consents')[0]?.account
    assert.deepEqual([accountOf(7), accountOf(['ada']), accountOf(['7']), accountOf(8)], ['ada', 'ada', '7', '7'])
    assert.equal(documents(readDjango([...people, client({ owner: 7 })]), 'clients')[0]?.owner, 'ada')
  })

  it('gives no sub where it has none: a user name would be another person’s', () => {
    const imported = readDjango([user(undefined, 'ada')])
    assert.equal(documents(imported, 'accounts')[0]?.sub, undefined)
    assert.equal(imported.report.find(({ path }) => path === 'auth.user ada.pk')?.outcome, 'no-equivalent')
  })

  it('has the sub in another field, where it is told so', () => {
    const people = [user(7, 'ada', { uuid: 'a-b-c' }), user(8, 'bob')]
    const imported = readDjango(people, { subField: 'uuid' })
    assert.deepEqual(
      documents(imported, 'accounts').map(({ sub }) => sub),
      ['a-b-c', undefined],
    )
  })

  it('has people who have no user name but an e-mail address, in a model of the project', () => {
    const person = { model: 'people.CustomUser', pk: 'u1', fields: { email: 'ada@example.com', password: '!' } }
    const { things } = readDjango([person])
    assert.deepEqual([things[0]?.key, things[0]?.document.sub], ['ada@example.com', 'u1'])
  })

  it('says that refresh tokens need offline_access here (OIDC Core §11), and gives no scope beyond the standard ones', () => {
    const { things, report } = readDjango([client({ response_types: [1] })])
    assert.equal(things[0]?.document.scope, 'openid profile email address phone offline_access')
    assert.ok(report.some(({ why }) => why?.includes('offline_access')))
  })
})
