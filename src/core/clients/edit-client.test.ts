/** Tests of changes to clients: URIs, types, secrets. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { addSeconds } from '../../lib/clock.ts'
import { createSystemRandom } from '../../lib/random.ts'
import type { Client } from './client.ts'
import { endedBy, generateSecret, rotateSecret } from './client-secrets.ts'
import type { ClientSettings } from './client-settings.ts'
import { createClient } from './create-client.ts'
import { type ClientReplacement, changedMembers, replaceClient, settingsOf } from './edit-client.ts'

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

describe('replaceClient', () => {
  it('takes what is said, gives what is left out its default, and keeps the identity', async () => {
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
    const turned = await edited(client, TO_PUBLIC)
    assert.deepEqual(
      [turned.client.secrets, turned.client.tokenEndpointAuthMethods, turned.client.requirePkce],
      [[], ['none'], true],
    )
    assert.deepEqual(turned.warnings, ['The secret was dropped: public clients have none.'])
    const back = await edited(turned.client, { ...TO_PUBLIC, set: { type: 'confidential' } })
    assert.equal(back.client.secrets.length, 1)
    assert.match(back.secret ?? '', /^[\w-]{43}$/)
    assert.notDeepEqual(back.client.secrets, client.secrets)
    assert.deepEqual(back.client.tokenEndpointAuthMethods, ['client_secret_basic', 'client_secret_post'])
  })

  it('puts a given secret in the place of all others, and keeps a digest that is there already', async () => {
    const client = rotateSecret(await aClient(), generateSecret(ports()).stored, 3600, NOW)
    const chosen = await edited(client, { set: {}, given: { clientSecret: 'hunter2hunter2' } })
    assert.deepEqual(
      chosen.client.secrets.map(({ hash }) => hash),
      ['hunter2hunter2'],
    )
    const digest = `$6$rounds=50000$salt$${'a'.repeat(86)}`
    const once = await edited(client, { set: {}, given: { clientSecretHash: digest } })
    const twice = await edited(once.client, { set: {}, given: { clientSecretHash: digest } })
    assert.deepEqual(twice.client.secrets, once.client.secrets)
  })

  it('lets a digest count for good that is given again after it was ended', async () => {
    const digest = `$6$rounds=50000$salt$${'a'.repeat(86)}`
    const given = { set: {}, given: { clientSecretHash: digest } }
    const { client } = await edited(await aClient(), given)
    for (const overlap of [0, 3600]) {
      const ended = { ...client, secrets: client.secrets.map(secret => endedBy(secret, addSeconds(NOW, overlap))) }
      const back = await edited(ended, given)
      assert.deepEqual(
        back.client.secrets.map(({ hash, expiresAt }) => [hash, expiresAt]),
        [[digest, undefined]],
      )
    }
  })

  it('keeps the rules of new clients', async () => {
    const service = await aClient({ grantTypes: ['client_credentials'] })
    const settings = { ...settingsOf(service), ...TO_PUBLIC.set }
    const result = await replaceClient(service, { settings }, SUPPORTED, ports())
    assert.ok('mistakes' in result && result.mistakes.some(({ member }) => member === 'grant_types'))
  })

  it('switches a client off and on, and remembers since when', async () => {
    const { client: off } = await edited(await aClient(), { set: {}, disabled: true })
    assert.deepEqual(off.disabledAt, NOW)
    assert.deepEqual((await edited(off, { set: {}, disabled: true })).client.disabledAt, NOW)
    assert.deepEqual((await edited(off, { set: { description: 'x' } })).client.disabledAt, NOW)
    assert.equal((await edited(off, { set: {}, disabled: false })).client.disabledAt, undefined)
  })
})

describe('replaceClient and what hangs on secrets and sectors', () => {
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
    const { client } = await edited({ ...(await aClient()), ...kept, logoDigest: 'abc' }, { set: { description: 'x' } })
    assert.deepEqual(
      [client.origin, client.registrationGeneration, client.fetchedAt, client.logoDigest],
      ['registration', 3, NOW, 'abc'],
    )
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

interface Edit extends Pick<ClientReplacement, 'disabled'> {
  readonly set: Partial<ClientSettings>
  readonly clear?: readonly string[]
  readonly given?: Pick<ClientReplacement, 'clientSecret' | 'clientSecretHash'>
}

const TO_PUBLIC: Edit = { set: { type: 'public' }, clear: ['tokenEndpointAuthMethods', 'requirePkce'] }

async function edited(client: Client, { set, clear = [], given, ...rest }: Edit) {
  const entries = Object.entries({ ...settingsOf(client), ...set }).filter(([name]) => !clear.includes(name))
  const settings = Object.fromEntries(entries) as unknown as ClientSettings
  const result = await replaceClient(client, { settings, ...given, ...rest }, SUPPORTED, ports())
  if ('mistakes' in result) assert.fail(JSON.stringify(result.mistakes))
  return result
}

async function aClient(change: { readonly grantTypes?: readonly string[] } = {}): Promise<Client> {
  const settings = { clientId: 'app', type: 'confidential', redirectUris: ['https://old.example/cb'], ...change }
  const result = await createClient(settings, SUPPORTED, { ...ports(), now: CREATED })
  if ('mistakes' in result) assert.fail(JSON.stringify(result.mistakes))
  return result.client
}
