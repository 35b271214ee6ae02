/** Mutual TLS (RFC 8705): clients that authenticate with certificates, and tokens that are bound to them, over real TLS and behind a proxy. */

import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { Agent, request as requestHttps } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { pathToFileURL } from 'node:url'
import type { Client } from '../../src/core/clients/client.ts'
import { certificateThumbprint } from '../../src/core/proof-of-possession/confirmation.ts'
import { certificateFor, type TestCertificate } from '../support/certificates.ts'
import { freePort } from '../support/free-port.ts'
import { answered, assertRefused, codeFor, type Fields, postAs, query, userinfo } from '../support/hand-app.ts'
import { createInstallation } from '../support/installation.ts'
import { type RunningApp, startApp } from '../support/running-app.ts'

interface TlsAnswer {
  readonly status: number
  readonly body: Readonly<Record<string, unknown>>
}

const MACHINE = { grant_type: 'client_credentials' }

/** Each on a connection of its own; with an agent, on one that is resumed. */
function sendTo(
  issuer: string,
  path: string,
  fields: Fields | undefined,
  by?: TestCertificate,
  headers: Fields = {},
  agent: Agent | false = false,
): Promise<TlsAnswer> {
  const url = new URL(`${issuer}${path}`)
  const identity = by === undefined ? {} : { cert: by.pem, key: by.keyPem }
  const form = fields === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }
  return new Promise((resolve, reject) => {
    const request = requestHttps(
      {
        ...identity,
        host: url.hostname,
        port: url.port,
        path: url.pathname,
        agent,
        rejectUnauthorized: false,
        method: fields === undefined ? 'GET' : 'POST',
        headers: { ...form, ...headers },
      },
      response => {
        let text = ''
        response.on('data', chunk => {
          text += String(chunk)
        })
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, body: text === '' ? {} : JSON.parse(text) }),
        )
      },
    )
    request.on('error', reject)
    request.end(fields === undefined ? undefined : query(fields))
  })
}

describe('mutual TLS by our own handshake (RFC 8705 §2)', () => {
  let app: RunningApp
  let folder: string
  let authority: TestCertificate
  let good: TestCertificate

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'sallyport-mtls-'))
    authority = await certificateFor({ name: 'CN=Authority', isAuthority: true })
    const server = await certificateFor({ name: 'CN=localhost', alternatives: [{ type: 'ip', value: '127.0.0.1' }] })
    good = await certificateFor({
      name: 'C=DE, O=Example, CN=app',
      issuer: authority,
      alternatives: [
        { type: 'dns', value: 'app.example.org' },
        { type: 'url', value: 'https://app.example.org/id' },
        { type: 'ip', value: '192.0.2.7' },
        { type: 'email', value: 'ops@example.org' },
      ],
    })
    const file = (name: string, text: string): string => {
      writeFileSync(join(folder, name), text)
      return join(folder, name)
    }
    const port = await freePort()
    app = await startApp({
      environment: {
        SALLYPORT_ISSUER: `https://127.0.0.1:${port}`,
        SALLYPORT_LISTEN: `127.0.0.1:${port}`,
        SALLYPORT_TLS_CERTIFICATE_FILE: file('server.pem', server.pem),
        SALLYPORT_TLS_KEY_FILE: file('server.key', server.keyPem),
        SALLYPORT_TLS_CLIENT_CERTIFICATES: 'request',
        SALLYPORT_TLS_CLIENT_CA_FILE: file('authority.pem', authority.pem),
      },
      port,
    })
  })
  after(async () => {
    await app.close()
    rmSync(folder, { recursive: true, force: true })
    assert.deepEqual(app.failures, [])
  })

  const send = (
    path: string,
    fields: Fields | undefined,
    by?: TestCertificate,
    headers: Fields = {},
    agent: Agent | false = false,
  ): Promise<TlsAnswer> => sendTo(app.issuer, path, fields, by, headers, agent)

  const registerWith = (changes: Partial<Client>) =>
    app.register({ grantTypes: ['client_credentials'], secrets: [], ...changes })

  const asks = async (changes: Partial<Client>, certificate: TestCertificate | undefined): Promise<TlsAnswer> => {
    const { client } = await registerWith({ tokenEndpointAuthMethods: ['tls_client_auth'], ...changes })
    return send('/token', { ...MACHINE, client_id: client.clientId }, certificate)
  }

  it('takes a client by the subject of a certificate of a trusted authority, however the name is written (§2.1.2)', async () => {
    for (const dn of ['CN=app,O=Example,C=DE', 'cn=APP, o=example, c=de', '2.5.4.3=app,O=Example,C=DE'])
      assert.equal((await asks({ tlsClientAuthSubjectDn: dn }, good)).status, 200, dn)
  })

  it('takes it by an alternative name: host, URI, address, mailbox (§2.1.2)', async () => {
    const names: readonly Partial<Client>[] = [
      { tlsClientAuthSanDns: 'APP.example.org' },
      { tlsClientAuthSanUri: 'https://app.example.org/id' },
      { tlsClientAuthSanIp: '192.0.2.7' },
      { tlsClientAuthSanEmail: 'ops@example.org' },
    ]
    for (const name of names) assert.equal((await asks(name, good)).status, 200, JSON.stringify(name))
  })

  it('refuses another subject, no certificate, one of nobody, one that has expired, and a client without a name', async () => {
    const dn = { tlsClientAuthSubjectDn: 'CN=app,O=Example,C=DE' }
    const name = 'C=DE, O=Example, CN=app'
    const another = await certificateFor({ name: 'C=DE, O=Example, CN=app2', issuer: authority })
    const own = await certificateFor({ name })
    const stranger = await certificateFor({ name: 'CN=Authority', isAuthority: true })
    const strange = await certificateFor({ name, issuer: stranger })
    const expired = await certificateFor({ name, issuer: authority, endsInHours: -1 })
    for (const certificate of [another, undefined, own, strange, expired]) {
      const { status, body } = await asks(dn, certificate)
      assert.deepEqual([status, body.error], [401, 'invalid_client'])
    }
    assert.equal((await asks({}, good)).status, 401)
    assert.equal((await asks({ tlsClientAuthSanDns: 'other.example.org' }, good)).status, 401)
    assert.equal((await asks({ ...dn, tlsClientAuthSanDns: 'other.example.org' }, good)).status, 401)
  })

  it('knows the certificate of a connection that is resumed (RFC 8446 §2.2)', async t => {
    const agent = new Agent({ keepAlive: false, maxCachedSessions: 10 })
    t.after(() => agent.destroy())
    const { client } = await registerWith({
      tokenEndpointAuthMethods: ['tls_client_auth'],
      tlsClientAuthSubjectDn: 'CN=app,O=Example,C=DE',
    })
    const fields = { ...MACHINE, client_id: client.clientId }
    for (let connection = 1; connection <= 3; connection += 1)
      assert.equal((await send('/token', fields, good, {}, agent)).status, 200)
  })

  it('takes a self-signed certificate by its key, whoever it says it is, and no other (§2.2)', async () => {
    const own = await certificateFor({ name: 'CN=whoever' })
    const jwk = { ...publicJwk(own), kid: 'mtls' }
    const { client } = await registerWith({
      tokenEndpointAuthMethods: ['self_signed_tls_client_auth'],
      jwks: { keys: [jwk] },
    })
    const fields = { ...MACHINE, client_id: client.clientId }
    assert.equal((await send('/token', fields, own)).status, 200)
    const twin = await certificateFor({ name: 'CN=whoever' })
    for (const certificate of [twin, good, undefined])
      assert.equal((await send('/token', fields, certificate)).status, 401)
  })

  it('does not take a certificate instead of a secret, nor a secret instead of a certificate', async () => {
    const secretive = await app.register({ grantTypes: ['client_credentials'] })
    assert.equal((await send('/token', { ...MACHINE, client_id: secretive.client.clientId }, good)).status, 401)
    const { client } = await registerWith({
      tokenEndpointAuthMethods: ['tls_client_auth'],
      tlsClientAuthSubjectDn: 'CN=app,O=Example,C=DE',
    })
    const fields = { ...MACHINE, client_id: client.clientId, client_secret: secretive.secret }
    assert.equal((await send('/token', fields, good)).status, 401)
  })

  it('binds tokens to the certificate, as introspection shows, and gives none without it (§3)', async () => {
    const by = await app.register({ tlsClientCertificateBoundAccessTokens: true })
    const machine = await registerWith({
      tokenEndpointAuthMethods: ['tls_client_auth'],
      tlsClientAuthSubjectDn: 'CN=app,O=Example,C=DE',
      tlsClientCertificateBoundAccessTokens: true,
    })
    const client_id = machine.client.clientId
    const { status, body } = await send('/token', { ...MACHINE, client_id }, good)
    assert.deepEqual([status, body.token_type], [200, 'Bearer'])
    const introspected = await send('/introspect', { token: String(body.access_token), client_id }, good)
    assert.deepEqual(introspected.body.cnf, { 'x5t#S256': certificateThumbprint(good.der) })
    const form = { ...MACHINE, client_id: by.client.clientId, client_secret: by.secret }
    const without = await send('/token', { ...form, grant_type: 'authorization_code', code: 'x' })
    assert.deepEqual([without.status, without.body.error], [400, 'invalid_request'])
  })

  it('believes no header about the certificate: nobody stands in front', async () => {
    const headers = { 'client-cert': `:${good.der.toString('base64')}:`, 'x-ssl-cert': encodeURIComponent(good.pem) }
    const { client } = await registerWith({
      tokenEndpointAuthMethods: ['tls_client_auth'],
      tlsClientAuthSubjectDn: 'CN=app,O=Example,C=DE',
    })
    const answer = await send('/token', { ...MACHINE, client_id: client.clientId }, undefined, headers)
    assert.deepEqual([answer.status, answer.body.error], [401, 'invalid_client'])
  })

  it('is announced in the metadata, and browsers without certificates come in all the same (§3.3)', async () => {
    const { status, body } = await send('/.well-known/openid-configuration', undefined)
    assert.equal(status, 200)
    assert.equal(body.tls_client_certificate_bound_access_tokens, true)
    const methods = body.token_endpoint_auth_methods_supported as readonly string[]
    assert.ok(methods.includes('tls_client_auth') && methods.includes('self_signed_tls_client_auth'))
  })
})

describe('client certificates behind a proxy (RFC 9440)', () => {
  let app: RunningApp
  let certificate: TestCertificate
  let client: Client

  const start = (environment: Fields) =>
    startApp({ environment: { SALLYPORT_PROXIES_CLIENT_CERTIFICATE_HEADER: 'Client-Cert', ...environment } })

  const registerIn = async (house: RunningApp): Promise<Client> =>
    (
      await house.register({
        grantTypes: ['client_credentials'],
        secrets: [],
        tokenEndpointAuthMethods: ['tls_client_auth'],
        tlsClientAuthSubjectDn: 'CN=app',
        tlsClientCertificateBoundAccessTokens: true,
      })
    ).client

  const ask = (house: RunningApp, { clientId }: Client, headers: Fields): Promise<Response> =>
    fetch(`${house.issuer}/token`, {
      method: 'POST',
      headers,
      body: new URLSearchParams({ ...MACHINE, client_id: clientId }),
    })

  before(async () => {
    certificate = await certificateFor({ name: 'CN=app' })
    app = await start({
      SALLYPORT_PROXIES_TRUSTED: '127.0.0.1',
      SALLYPORT_PROXIES_CLIENT_CERTIFICATES_VERIFIED: 'true',
    })
    client = await registerIn(app)
  })
  after(async () => {
    await app.close()
    assert.deepEqual(app.failures, [])
  })

  it('come in the header of a trusted proxy: RFC 9440, URL-encoded PEM, Envoy', async () => {
    const pem = encodeURIComponent(certificate.pem)
    for (const value of [
      `:${certificate.der.toString('base64')}:`,
      pem,
      `By=spiffe://a;Hash=0f;Cert="${pem}";Subject="CN=app;x,y";URI=`,
      `Hash=1;Cert="forged", Hash=2;Cert="${pem}"`,
    ]) {
      assert.equal((await ask(app, client, { 'client-cert': value })).status, 200, value.slice(0, 20))
    }
  })

  it('are nothing when the header is odd, is named twice, or is another one', async () => {
    const item = `:${certificate.der.toString('base64')}:`
    const pem = encodeURIComponent(certificate.pem)
    const forged = `Cert="${pem}", Hash=2`
    for (const headers of [
      {},
      { 'client-cert': '' },
      { 'client-cert': ':AAAA:' },
      { 'client-cert': `${item}, ${item}` },
      { 'client-cert': `${pem}, ${pem}` },
      { 'client-cert': item.slice(1) },
      { 'client-cert': '%E0%A4%A' },
      { 'client-cert': forged },
      { 'x-client-cert': item },
    ]) {
      await assertRefused(await ask(app, client, headers), 401, 'invalid_client')
    }
  })

  it('bind the tokens of a person, whose information then opens with the certificate alone (RFC 8705 §3)', async () => {
    const by = await app.register({ tlsClientCertificateBoundAccessTokens: true })
    const browser = await app.browser(await app.enrol())
    const [redirect_uri = ''] = by.client.redirectUris
    const fields = { grant_type: 'authorization_code', code: await codeFor(browser, by.client), redirect_uri }
    const headers = { 'client-cert': `:${certificate.der.toString('base64')}:` }
    const { status, access_token } = await answered(postAs(app, by, '/token', fields, headers))
    assert.equal(status, 200)
    const read = (more: Fields): Promise<Response> =>
      fetch(`${app.issuer}/userinfo`, { headers: { authorization: `Bearer ${access_token}`, ...more } })
    assert.equal((await read(headers)).status, 200)
    const other = await certificateFor({ name: 'CN=app' })
    const stolen = await read({ 'client-cert': `:${other.der.toString('base64')}:` })
    assert.equal(stolen.status, 401)
    assert.match(stolen.headers.get('www-authenticate') ?? '', /error="invalid_token"/)
    assert.equal((await userinfo(app, access_token)).status, 401)
  })

  it('are ignored from everybody who is no trusted proxy', async t => {
    const open = await start({ SALLYPORT_PROXIES_CLIENT_CERTIFICATES_VERIFIED: 'true' })
    t.after(() => open.close())
    const headers = { 'client-cert': `:${certificate.der.toString('base64')}:` }
    await assertRefused(await ask(open, await registerIn(open), headers), 401, 'invalid_client')
  })

  it('do not prove a name when the proxy does not verify them (RFC 8705 §2.1)', async t => {
    const lax = await start({ SALLYPORT_PROXIES_TRUSTED: '127.0.0.1' })
    t.after(() => lax.close())
    const headers = { 'client-cert': `:${certificate.der.toString('base64')}:` }
    await assertRefused(await ask(lax, await registerIn(lax), headers), 401, 'invalid_client')
    const metadata = (await (await fetch(`${lax.issuer}/.well-known/openid-configuration`)).json()) as Fields
    assert.ok(!metadata.token_endpoint_auth_methods_supported?.includes('tls_client_auth'))
    assert.ok(metadata.token_endpoint_auth_methods_supported?.includes('self_signed_tls_client_auth'))
  })
})

describe('mutual TLS without an authority (RFC 8705 §2.2)', () => {
  it('takes self-signed certificates by their keys, and nobody by a name', async t => {
    const folder = mkdtempSync(join(tmpdir(), 'sallyport-mtls-own-'))
    t.after(() => rmSync(folder, { recursive: true, force: true }))
    const server = await certificateFor({ name: 'CN=localhost' })
    writeFileSync(join(folder, 'server.pem'), server.pem)
    writeFileSync(join(folder, 'server.key'), server.keyPem)
    const port = await freePort()
    const app = await startApp({
      environment: {
        SALLYPORT_ISSUER: `https://127.0.0.1:${port}`,
        SALLYPORT_TLS_CERTIFICATE_FILE: join(folder, 'server.pem'),
        SALLYPORT_TLS_KEY_FILE: join(folder, 'server.key'),
        SALLYPORT_TLS_CLIENT_CERTIFICATES: 'request',
      },
      port,
    })
    t.after(() => app.close())
    const own = await certificateFor({ name: 'CN=app' })
    const register = async (changes: Partial<Client>) =>
      (await app.register({ grantTypes: ['client_credentials'], secrets: [], ...changes })).client
    const byKey = await register({
      tokenEndpointAuthMethods: ['self_signed_tls_client_auth'],
      jwks: { keys: [publicJwk(own)] },
    })
    const byName = await register({ tokenEndpointAuthMethods: ['tls_client_auth'], tlsClientAuthSubjectDn: 'CN=app' })
    const ask = ({ clientId }: Client) => sendTo(app.issuer, '/token', { ...MACHINE, client_id: clientId }, own)
    assert.equal((await ask(byKey)).status, 200)
    assert.equal((await ask(byName)).status, 401)
  })
})

describe('docs/guide/mutual-tls.md', () => {
  it('does what it says: its command and its program', async t => {
    const folder = mkdtempSync(join(tmpdir(), 'sallyport-mtls-guide-'))
    t.after(() => rmSync(folder, { recursive: true, force: true }))
    const authority = await certificateFor({ name: 'CN=Authority', isAuthority: true })
    const server = await certificateFor({ name: 'CN=localhost', alternatives: [{ type: 'dns', value: 'localhost' }] })
    const billing = await certificateFor({ name: 'C=DE, O=Example, CN=billing', issuer: authority })
    const files: Fields = {
      'server.pem': server.pem,
      'server.key': server.keyPem,
      'authority.pem': authority.pem,
      'billing.pem': billing.pem,
      'billing.key': billing.keyPem,
    }
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
    const port = await freePort()
    const issuer = `https://localhost:${port}`
    const installation = await createInstallation({ port, issuer, certificate: server.pem })
    t.after(() => installation.remove())
    const page = readFileSync('docs/guide/mutual-tls.md', 'utf8')
    const [settings = ''] = blocksOf(page, '')
    writeFileSync(join(installation.folder, 'sallyport.yaml'), inFolder(settings, folder))
    await installation.start()
    for (const command of blocksOf(page, 'sh')) {
      const words = [...command.matchAll(/'([^']*)'|([^\s']+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '')
      await installation.command(words.slice(1))
    }
    for (const program of blocksOf(page, 'js')) {
      const here = inFolder(program.replaceAll('https://id.example.com', issuer), folder)
      const file = join(folder, 'billing.mjs')
      writeFileSync(file, `import assert from 'node:assert/strict'\n${here}`)
      await import(pathToFileURL(file).href)
    }
  })
})

function blocksOf(page: string, language: string): readonly string[] {
  return [...page.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)]
    .filter(([, name]) => name === language)
    .map(([, , text = '']) => text)
}

/** The files that a page names, where they are. */
function inFolder(text: string, folder: string): string {
  return text.replace(/\b(?:server|authority|billing)\.(?:pem|key)\b/g, name => join(folder, name))
}

function publicJwk(certificate: TestCertificate): Record<string, unknown> {
  return { ...new X509Certificate(certificate.der).publicKey.export({ format: 'jwk' }) }
}
