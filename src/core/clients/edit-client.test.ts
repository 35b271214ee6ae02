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
  responseModes: ['query'],
  idTokenAlgorithms: ['RS256', 'ES256', 'HS256'],
  authenticationMethods: ['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none'],
}
const CREATED = new Date('2026-01-01T00:00:00Z')
const NOW = new Date('2026-01-02T00:00:00Z')
const RANDOM = createSystemRandom()
const HASHER = { hash: async (text: string) => text }
const SEALER = async () => ({ seal: (plain: Buffer) => plain })

describe('editClient', () => {
  it('adds and removes redirect URIs after a change of host name', async () => {
    const client = await aClient()
    const { client: after } = await edited(client, {
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
    const result = await editClient(
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
    const { client: named } = await edited(client, {
      set: { description: 'What it does', consentMode: 'always', scopes: ['openid'] },
    })
    assert.deepEqual(changedMembers(client, named), ['consentMode', 'description', 'scopes'])
    const { client: cleared } = await edited(named, { set: {}, clear: ['description', 'scopes'] })
    assert.equal('description' in cleared, false)
    assert.deepEqual(cleared.scopes, SUPPORTED.scopes)
    assert.deepEqual([cleared.uid, cleared.createdAt, cleared.updatedAt], [client.uid, CREATED, NOW])
  })

  it('drops the secret of a client that becomes public, and makes a new one on the way back', async () => {
    const client = await aClient()
    const turned = await edited(client, { set: { type: 'public' } })
    assert.deepEqual(
      [turned.client.secrets, turned.client.tokenEndpointAuthMethods, turned.client.requirePkce],
      [[], ['none'], true],
    )
    assert.deepEqual(turned.warnings, ['The secret was dropped: public clients have none.'])
    const back = await edited(turned.client, { set: { type: 'confidential' } })
    assert.equal(back.client.secrets.length, 1)
    assert.match(back.secret ?? '', /^[\w-]{43}$/)
    assert.notDeepEqual(back.client.secrets, client.secrets)
    assert.deepEqual(back.client.tokenEndpointAuthMethods, ['client_secret_basic', 'client_secret_post'])
  })

  it('keeps the rules of new clients', async () => {
    const service = await aClient({ grantTypes: ['client_credentials'] })
    const result = await editClient(service, { set: { type: 'public' } }, SUPPORTED, ports())
    assert.deepEqual('mistakes' in result && result.mistakes.map(({ member }) => member), ['grant_types'])
  })

  it('switches a client off and on, and remembers since when', async () => {
    const { client: off } = await edited(await aClient(), { set: {}, disabled: true })
    assert.deepEqual(off.disabledAt, NOW)
    assert.deepEqual((await edited(off, { set: {}, disabled: true })).client.disabledAt, NOW)
    assert.equal((await edited(off, { set: {}, disabled: false })).client.disabledAt, undefined)
  })
})

describe('editClient and what hangs on secrets and sectors', () => {
  it('makes a readable secret where one becomes a key, and lets the old one count (OIDC Core §10.1)', async () => {
    const client = await aClient()
    const turned = await edited(client, { set: { idTokenSignedResponseAlg: 'HS256' } })
    assert.equal(turned.client.secrets.length, 2)
    assert.notEqual(turned.client.secrets[0]?.sealed, undefined)
    assert.match(turned.secret ?? '', /^[\w-]{43,64}$/)
    assert.match(turned.warnings.join(), /A new secret was made/)
    const again = await edited(turned.client, { set: { description: 'x' } })
    assert.deepEqual([again.secret, again.client.secrets.length], [undefined, 2])
  })

  it('keeps the pairwise sector when the app moves, until it names another one (OIDC Core §8.1)', async () => {
    const client = (await edited(await aClient(), { set: { subjectType: 'pairwise' } })).client
    assert.equal(client.sectorIdentifier, 'old.example')
    const moved = (await edited(client, { set: { redirectUris: ['https://new.example/cb'] } })).client
    assert.equal(moved.sectorIdentifier, 'old.example')
    const named = await edited(moved, { set: { sectorIdentifierUri: 'https://all.example/uris.json' } })
    assert.equal(named.client.sectorIdentifier, 'all.example')
    assert.equal('sectorIdentifier' in (await edited(moved, { set: {}, clear: ['subjectType'] })).client, false)
  })

  it('loses nothing that the house keeps about a client', async () => {
    const kept = { origin: 'registration', registrationGeneration: 3, fetchedAt: NOW } as const
    const { client } = await edited({ ...(await aClient()), ...kept }, { set: { description: 'x' } })
    assert.deepEqual([client.origin, client.registrationGeneration, client.fetchedAt], ['registration', 3, NOW])
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
  return { random: RANDOM, now: NOW, hasher: HASHER, sealer: SEALER }
}

async function edited(client: Client, change: ClientChange) {
  const result = await editClient(client, change, SUPPORTED, ports())
  if ('mistakes' in result) assert.fail(JSON.stringify(result.mistakes))
  return result
}

async function aClient(change: { readonly grantTypes?: readonly string[] } = {}): Promise<Client> {
  const settings = { clientId: 'app', type: 'confidential', redirectUris: ['https://old.example/cb'], ...change }
  const result = await createClient(settings, SUPPORTED, { ...ports(), now: CREATED })
  if ('mistakes' in result) assert.fail(JSON.stringify(result.mistakes))
  return result.client
}
