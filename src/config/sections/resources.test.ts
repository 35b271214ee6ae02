/** Tests of `resources` and `assertion_issuers`: what they become, and which mistakes they name. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { loadConfig } from '../load-config.ts'
import { formatMistake } from '../mistake.ts'

async function load(yaml: string, env: Readonly<Record<string, string>> = {}) {
  const readFile = (path: string): string => {
    if (path.endsWith('sallyport.yaml')) return yaml
    throw Object.assign(new Error(`no ${path}`), { code: 'ENOENT' })
  }
  return loadConfig({ env: { ...env, SALLYPORT_CONFIG: 'sallyport.yaml' }, cwd: '/srv', readFile })
}

async function mistakesOf(yaml: string): Promise<readonly string[]> {
  const loaded = await load(yaml)
  return 'mistakes' in loaded ? loaded.mistakes.map(formatMistake) : []
}

describe('resources', () => {
  it('are APIs, with what is not written left to the app', async () => {
    const loaded = await load(
      'resources:\n  - uri: https://a.example\n  - { uri: https://b.example, name: B, scopes: [x], clients: [b], access_token_format: jwt, access_token_lifetime: 5m }',
    )
    assert.ok('config' in loaded)
    assert.deepEqual(loaded.config.resources, [
      { uri: 'https://a.example', name: 'https://a.example', clientIds: [] },
      {
        uri: 'https://b.example',
        name: 'B',
        clientIds: ['b'],
        scopes: ['x'],
        accessTokenFormat: 'jwt',
        accessTokenSeconds: 300,
      },
    ])
  })

  it('come from the environment as JSON', async () => {
    const loaded = await load('', { SALLYPORT_RESOURCES: '[{"uri":"https://a.example"}]' })
    assert.ok('config' in loaded)
    assert.equal(loaded.config.resources[0]?.uri, 'https://a.example')
    assert.ok('mistakes' in (await load('', { SALLYPORT_RESOURCES: '[{' })))
  })

  const rows: readonly [string, string, RegExp][] = [
    ['no URI', '{ uri: calendar }', /absolute URI/],
    ['a fragment', '{ uri: "https://a.example/#x" }', /without a fragment/],
    ['a scope with blanks', '{ uri: https://a.example, scopes: ["a b"] }', /scope without blanks/],
    ['a MAC', '{ uri: https://a.example, signing_alg: HS256 }', /signing algorithm of this server/],
    ['a key without its algorithm', '{ uri: https://a.example, encryption_key: { kty: EC } }', /encryption_key/],
    [
      'a private key',
      '{ uri: https://a.example, access_token_format: jwt, encryption_alg: ECDH-ES, encryption_key: { kty: EC, d: x } }',
      /public key/,
    ],
    [
      'an encrypted opaque token',
      '{ uri: https://a.example, encryption_alg: ECDH-ES, encryption_key: { kty: EC } }',
      /jwt/,
    ],
    ['the same API twice', '{ uri: https://a.example }\n  - { uri: https://a.example }', /listed twice/],
    ['a key that is no setting', '{ uri: https://a.example, scope: [x] }', /is no setting/],
  ]
  for (const [what, written, rule] of rows) {
    it(`name the mistake: ${what}`, async () => {
      const [mistake = ''] = await mistakesOf(`resources:\n  - ${written}`)
      assert.match(mistake, rule)
      assert.match(mistake, /sallyport\.yaml:\d/)
    })
  }
})

describe('assertion_issuers', () => {
  const good = 'issuer: https://hr.example, clients: [app]'

  it('are systems with their keys, or with the address of their keys', async () => {
    const loaded = await load(`assertion_issuers:\n  - { ${good}, jwks_uri: https://hr.example/jwks }`)
    assert.ok('config' in loaded)
    assert.deepEqual(loaded.config.assertionIssuers, [
      {
        issuer: 'https://hr.example',
        jwksUri: 'https://hr.example/jwks',
        subject: 'username',
        clients: ['app'],
        maxLifetimeSeconds: 300,
      },
    ])
  })

  const rows: readonly [string, string, RegExp][] = [
    ['no keys', `{ ${good} }`, /one of the two/],
    ['keys twice', `{ ${good}, jwks: { keys: [{ kty: EC }] }, jwks_uri: https://hr.example }`, /one of the two/],
    ['a secret for a key', `{ ${good}, jwks: { keys: [{ kty: oct, k: x }] } }`, /public keys only/],
    ['nobody who may present them', '{ issuer: x, clients: [], jwks_uri: https://hr.example }', /clients/],
  ]
  for (const [what, written, rule] of rows) {
    it(`name the mistake: ${what}`, async () => {
      assert.match((await mistakesOf(`assertion_issuers:\n  - ${written}`))[0] ?? '', rule)
    })
  }
})
