/** Tests of changes to clients: URIs, types, secrets. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { addSeconds } from '../../lib/clock.ts'
import { createSystemRandom } from '../../lib/random.ts'
import type { Client } from './client.ts'
import { generateSecret, rotateSecret } from './client-secrets.ts'
import { createClient } from './create-client.ts'
import { type ClientChange, changedMembers, editClient } from './edit-client.ts'

const SUPPORTED = {
  responseTypes: ['code'],
  grantTypes: ['authorization_code', 'refresh_token', 'client_credentials'],
  scopes: ['openid', 'email'],
  idTokenAlgorithms: ['RS256', 'ES256'],
}
const CREATED = new Date('2026-01-01T00:00:00Z')
const NOW = new Date('2026-01-02T00:00:00Z')
const RANDOM = createSystemRandom()

describe('editClient', () => {
  it('adds and removes redirect URIs after a change of host name', async () => {
    const client = await aClient()
    const { client: after } = edited(client, {
      set: {},
      removeRedirectUris: ['https://old.example/cb'],
      addRedirectUris: ['https://new.example/cb'],
      addPostLogoutRedirectUris: ['https://new.example'],
    })
    assert.deepEqual(after.redirectUris, ['https://new.example/cb'])
    assert.deepEqual(after.postLogoutRedirectUris, ['https://new.example'])
    assert.deepEqual(changedMembers(client, after), ['postLogoutRedirectUris', 'redirectUris'])
  })

  it('refuses to remove a URI that is not there, exactly', async () => {
    const result = editClient(
      await aClient(),
      { set: {}, removeRedirectUris: ['https://old.example/CB'] },
      SUPPORTED,
      ports(),
    )
    assert.ok('mistakes' in result)
    assert.match(result.mistakes[0]?.message ?? '', /is not among them/)
  })

  it('sets members, keeps the others, and takes optional ones away', async () => {
    const client = await aClient()
    const { client: named } = edited(client, {
      set: { description: 'What it does', consentMode: 'always', scopes: ['openid'] },
    })
    assert.deepEqual(changedMembers(client, named), ['consentMode', 'description', 'scopes'])
    const { client: cleared } = edited(named, { set: {}, clear: ['description', 'scopes'] })
    assert.equal('description' in cleared, false)
    assert.deepEqual(cleared.scopes, SUPPORTED.scopes)
    assert.deepEqual([cleared.uid, cleared.createdAt, cleared.updatedAt], [client.uid, CREATED, NOW])
  })

  it('drops the secret of a client that becomes public, and makes a new one on the way back', async () => {
    const client = await aClient()
    const turned = edited(client, { set: { type: 'public' } })
    assert.deepEqual(
      [turned.client.secrets, turned.client.tokenEndpointAuthMethods, turned.client.requirePkce],
      [[], ['none'], true],
    )
    assert.deepEqual(turned.warnings, ['The secret was dropped: public clients have none.'])
    const back = edited(turned.client, { set: { type: 'confidential' } })
    assert.equal(back.client.secrets.length, 1)
    assert.match(back.secret ?? '', /^[\w-]{43}$/)
    assert.notDeepEqual(back.client.secrets, client.secrets)
    assert.deepEqual(back.client.tokenEndpointAuthMethods, ['client_secret_basic', 'client_secret_post'])
  })

  it('keeps the rules of new clients', async () => {
    const service = await aClient({ grantTypes: ['client_credentials'] })
    const result = editClient(service, { set: { type: 'public' } }, SUPPORTED, ports())
    assert.deepEqual('mistakes' in result && result.mistakes.map(({ member }) => member), ['grant_types'])
  })

  it('switches a client off and on, and remembers since when', async () => {
    const { client: off } = edited(await aClient(), { set: {}, disabled: true })
    assert.deepEqual(off.disabledAt, NOW)
    assert.deepEqual(edited(off, { set: {}, disabled: true }).client.disabledAt, NOW)
    assert.equal(edited(off, { set: {}, disabled: false }).client.disabledAt, undefined)
  })
})

describe('rotateSecret', () => {
  it('ends the old secrets at once without an overlap', async () => {
    const { stored } = generateSecret(ports())
    assert.deepEqual(rotateSecret(await aClient(), stored, 0, NOW).secrets, [stored])
  })

  it('lets the old secrets live for the overlap, never longer than they had', async () => {
    const first = rotateSecret(await aClient(), generateSecret(ports()).stored, 3600, NOW)
    assert.deepEqual(expiries(first), [undefined, addSeconds(NOW, 3600)])
    const second = rotateSecret(first, generateSecret(ports()).stored, 86_400, NOW)
    assert.deepEqual(expiries(second), [undefined, addSeconds(NOW, 86_400), addSeconds(NOW, 3600)])
    const later = addSeconds(NOW, 7200)
    assert.deepEqual(expiries(rotateSecret(second, generateSecret(ports()).stored, 60, later)), [
      undefined,
      addSeconds(later, 60),
      addSeconds(later, 60),
    ])
  })
})

function expiries({ secrets }: Client): readonly (Date | undefined)[] {
  return secrets.map(({ expiresAt }) => expiresAt)
}

function ports() {
  return { random: RANDOM, now: NOW }
}

function edited(client: Client, change: ClientChange) {
  const result = editClient(client, change, SUPPORTED, ports())
  if ('mistakes' in result) assert.fail(JSON.stringify(result.mistakes))
  return result
}

async function aClient(change: { readonly grantTypes?: readonly string[] } = {}): Promise<Client> {
  const settings = { clientId: 'app', type: 'confidential', redirectUris: ['https://old.example/cb'], ...change }
  const hasher = { hash: async (text: string) => text }
  const result = await createClient(settings, SUPPORTED, { random: RANDOM, hasher, now: CREATED })
  if ('mistakes' in result) assert.fail(JSON.stringify(result.mistakes))
  return result.client
}
