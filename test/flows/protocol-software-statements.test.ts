/** Software statements (RFC 7591 §2.3): what somebody whom the operator trusts says about an app. */

import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { type CryptoKey, exportJWK, generateKeyPair, SignJWT } from 'jose'
import { onBothDatabases } from '../support/both-databases.ts'
import { type LoopbackDocuments, startLoopbackDocuments } from '../support/loopback-documents.ts'
import { manage, REDIRECT_URI, type Registration, refusedWith, register, registered } from '../support/registering.ts'
import { type RunningApp, startApp } from '../support/running-app.ts'

const DIRECTORY = 'https://directory.example.com'
const FETCHED = 'https://other-directory.example.com'
const SAID = { redirect_uris: [REDIRECT_URI] }

interface Signer {
  readonly privateKey: CryptoKey
  readonly jwk: Registration
}

async function aSigner(alg: string, kid: string): Promise<Signer> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true })
  return { privateKey, jwk: { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' } }
}

/** One signer for all suites: RSA keys take their time. */
const directory = aSigner('PS256', 'directory')
const stranger = aSigner('PS256', 'directory')

async function statement(claims: Registration, by = directory, issuer = DIRECTORY): Promise<string> {
  const { privateKey } = await by
  return new SignJWT({ iss: issuer, ...claims }).setProtectedHeader({ alg: 'PS256', kid: 'directory' }).sign(privateKey)
}

async function settings(mode: 'accept' | 'require', jwksUri: string): Promise<Readonly<Record<string, string>>> {
  const issuers = [
    { issuer: DIRECTORY, jwks: { keys: [(await directory).jwk] } },
    { issuer: FETCHED, jwks_uri: jwksUri },
  ]
  return {
    SALLYPORT_REGISTRATION_MODE: 'open',
    SALLYPORT_REGISTRATION_SOFTWARE_STATEMENT: mode,
    SALLYPORT_REGISTRATION_SOFTWARE_STATEMENT_ISSUERS: JSON.stringify(issuers),
    SALLYPORT_OUTBOUND_ALLOW_PRIVATE: 'localhost',
  }
}

onBothDatabases('software statements that are accepted', database => {
  let app: RunningApp
  let documents: LoopbackDocuments

  before(async () => {
    documents = await startLoopbackDocuments()
    const environment = await settings('accept', documents.url('/jwks'))
    app = await startApp({ database: await database(), environment })
  })
  after(async () => {
    await app.close()
    await documents.close()
    assert.deepEqual(app.failures, [])
  })

  it('win over what the app says itself, and come back unmodified (RFC 7591 §2.3, §3.2.1)', async () => {
    const software_statement = await statement({ client_name: 'Bank', software_id: 'bank-1', scope: 'openid' })
    const names = { client_name: 'Something else', 'client_name#en': 'Something else again' }
    const said = { ...names, client_uri: 'https://app.example.com', software_statement }
    const client = await registered(app, said)
    assert.equal('client_name#en' in client, false)
    assert.deepEqual(
      [client.client_name, client.software_id, client.scope, client.client_uri, client.software_statement],
      ['Bank', 'bank-1', 'openid', 'https://app.example.com', software_statement],
    )
    const read = (await (await manage(client, 'GET')).json()) as Registration
    assert.equal(read.software_statement, software_statement)
  })

  it('may name us as the one they are for (RFC 7519 §4.1.3)', async () => {
    for (const aud of [app.issuer, ['https://other.example.com', `${app.issuer}/register`]])
      assert.equal((await register(app, { ...SAID, software_statement: await statement({ aud }) })).status, 201)
  })

  it('may name the redirect URIs, and are held to the same rules', async () => {
    const uris = ['https://app.example.com/from-the-statement']
    const good = await register(app, { software_statement: await statement({ redirect_uris: uris }) })
    assert.deepEqual([good.status, ((await good.json()) as Registration).redirect_uris], [201, uris])
    const bad = await statement({ redirect_uris: ['http://app.example.com/cb'] })
    await refusedWith(await register(app, { software_statement: bad }), 'invalid_redirect_uri', /redirect_uris/)
  })

  it('decide nothing that is the operator’s to decide', async () => {
    const software_statement = await statement({ consent_mode: 'never', client_id: 'mine', owner: 'me' })
    const client = await registered(app, { software_statement })
    const stored = await app.house.repositories.clients.findByClientId(String(client.client_id))
    assert.deepEqual([stored?.consentMode, stored?.owner], ['remember', undefined])
    assert.notEqual(client.client_id, 'mine')
  })

  it('are checked with keys that their issuer publishes', async () => {
    documents.answer('/jwks', { keys: [(await stranger).jwk] })
    const software_statement = await statement({ software_id: 'fetched' }, stranger, FETCHED)
    assert.equal((await registered(app, { software_statement })).software_id, 'fetched')
  })

  it('are not needed', async () => {
    assert.equal('software_statement' in (await registered(app, {})), false)
  })

  it('are refused when nobody trusted made them (unapproved_software_statement)', async () => {
    const software_statement = await statement({}, directory, 'https://nobody.example.com')
    await refusedWith(
      await register(app, { ...SAID, software_statement }),
      'unapproved_software_statement',
      /no issuer that is trusted/,
    )
  })

  it('are refused when they are not what they seem (invalid_software_statement)', async () => {
    const now = Math.floor(Date.now() / 1000)
    const good = await statement({ client_name: 'Bank' })
    const [head = '', payload = '', signature = ''] = good.split('.')
    const encoded = (json: object): string => Buffer.from(JSON.stringify(json)).toString('base64url')
    const secret = new TextEncoder().encode(JSON.stringify((await directory).jwk))
    const rows: Readonly<Record<string, unknown>> = {
      'no JWT': 'nonsense',
      'no text': { iss: DIRECTORY },
      'without an issuer': `${head}.${encoded({ client_name: 'Bank' })}.${signature}`,
      'by another key': await statement({}, stranger),
      changed: `${head}.${encoded({ iss: DIRECTORY, client_name: 'Other' })}.${signature}`,
      unsigned: `${encoded({ alg: 'none' })}.${payload}.`,
      'a MAC with the public key': await new SignJWT({ iss: DIRECTORY })
        .setProtectedHeader({ alg: 'HS256', kid: 'directory' })
        .sign(secret),
      expired: await statement({ exp: now - 60 }),
      'not yet valid': await statement({ nbf: now + 600 }),
      'for somebody else (RFC 7519 §4.1.3)': await statement({ aud: ['https://other.example.com', 'app'] }),
      'with an exp that is no number': `${head}.${encoded({ iss: DIRECTORY, exp: 'later' })}.${signature}`,
      'with what is no metadata': await statement({ client_name: 'a\u0000b' }),
    }
    for (const [what, software_statement] of Object.entries(rows)) {
      const response = await register(app, { ...SAID, software_statement })
      const { error } = (await response.json()) as Registration
      assert.deepEqual([response.status, error], [400, 'invalid_software_statement'], what)
    }
  })
})

describe('software statements that are required', () => {
  it('are missed at a registration and at its replacement (registration.software_statement)', async t => {
    const app = await startApp({ environment: await settings('require', 'https://directory.example.com/jwks') })
    t.after(() => app.close())
    await refusedWith(await register(app, SAID), 'invalid_software_statement', /missing/)
    const software_statement = await statement({ software_id: 'bank-1' })
    const client = await registered(app, { software_statement })
    const said = { ...SAID, client_id: client.client_id }
    await refusedWith(await manage(client, 'PUT', said), 'invalid_software_statement', /missing/)
    assert.equal((await manage(client, 'PUT', { ...said, software_statement })).status, 200)
  })

  it('are ignored where the settings know nobody to trust (RFC 7591 §3.1.1)', async t => {
    const app = await startApp({ environment: { SALLYPORT_REGISTRATION_MODE: 'open' } })
    t.after(() => app.close())
    const client = await registered(app, {
      client_name: 'Own',
      software_statement: await statement({ client_name: 'B' }),
    })
    assert.deepEqual([client.client_name, 'software_statement' in client], ['Own', false])
  })
})
