/** Every setting of who we are to an upstream, and of where it is: what reaches it, and where? */

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { getCACertificates, setDefaultCACertificates, type TLSSocket } from 'node:tls'
import { createRemoteJWKSet, decodeProtectedHeader, jwtVerify } from 'jose'
import type { JsonObject } from '../../src/core/clients/client.ts'
import { certificateFor } from '../support/certificates.ts'
import { type Fields, query } from '../support/hand-app.ts'
import { sentAway } from '../support/hand-browser.ts'
import { isSignedIn, type Knobs, startKnobs, type Visit } from '../support/knobs.ts'

describe('who we are to an upstream (OIDC Core §9), and where it is', () => {
  let knobs: Knobs
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-vault-'))

  before(async () => {
    writeFileSync(join(folder, 'upstream'), 'a secret of the vault\n')
    knobs = await startKnobs({ SALLYPORT_SECRETS_VAULT: folder, KNOBS_SECRET: 'a secret of the environment' })
  })
  after(async () => {
    await knobs.close()
    rmSync(folder, { recursive: true })
  })

  const formOf = ({ token }: Visit): Fields => Object.fromEntries(new URLSearchParams(token?.body))
  const basicOf = ({ token }: Visit): string =>
    Buffer.from(/^Basic (.*)$/.exec(token?.headers.authorization ?? '')?.[1] ?? '', 'base64').toString()

  const reference = (text: string): string => `\${${text}}`
  const places: readonly (readonly [text: string, secret: string])[] = [
    ['vault.upstream', 'a secret of the vault'],
    ['env.KNOBS_SECRET', 'a secret of the environment'],
    [`file:${join(folder, 'upstream')}`, 'a secret of the vault'],
  ]
  for (const [text, secret] of places) {
    it(`client_secret: is read from ${text.split(/[.:]/, 1)[0]} for the token request`, async () => {
      const visit = await knobs.signIn({ client_secret: reference(text), client_auth_method: 'client_secret_post' })
      isSignedIn(visit)
      assert.equal(formOf(visit).client_secret, secret)
    })
  }

  it('client_secret: is read whenever it is needed, so that a new one counts at once', async () => {
    const place = join(folder, 'rotating')
    const settings = { client_secret: reference('vault.rotating'), client_auth_method: 'client_secret_post' }
    writeFileSync(place, 'old')
    const { upstream, ...first } = await knobs.signIn(settings)
    writeFileSync(place, 'new')
    const second = await knobs.signIn(upstream)
    assert.deepEqual([formOf({ upstream, ...first }).client_secret, formOf(second).client_secret], ['old', 'new'])
  })

  it('client_secret: a place that holds none refuses the sign-in, and nothing is sent', async () => {
    const visit = await knobs.signIn({ client_secret: reference('vault.nothing') })
    assert.equal(await knobs.whyRefused(visit), 'the secret that a reference names can be read')
    assert.equal(visit.token, undefined)
  })

  it('client_auth_method: client_secret_basic encodes as a form does (RFC 6749 §2.3.1), _unencoded does not', async () => {
    const who = { client_id: 'we & they', client_secret: 'p:s+t' }
    const behaviour = { idToken: { claims: { aud: who.client_id } } }
    const seen = async (client_auth_method: string) => {
      const visit = await knobs.signIn({ ...who, client_auth_method }, { behaviour })
      isSignedIn(visit)
      return basicOf(visit)
    }
    assert.equal(await seen('client_secret_basic'), 'we+%26+they:p%3As%2Bt')
    assert.equal(await seen('client_secret_basic_unencoded'), 'we & they:p:s+t')
  })

  it('client_auth_method: client_secret_post puts both into the form', async () => {
    const visit = await knobs.signIn({ client_auth_method: 'client_secret_post' })
    isSignedIn(visit)
    const { client_id, client_secret } = formOf(visit)
    assert.deepEqual([client_id, client_secret], ['sallyport', knobs.odd.secret])
    assert.equal(visit.token?.headers.authorization, undefined)
  })

  it('client_auth_method: none says the client_id and proves nothing but the code verifier', async () => {
    const visit = await knobs.signIn({ client_auth_method: 'none', client_secret: null })
    isSignedIn(visit)
    const { client_id, client_secret, code_verifier } = formOf(visit)
    assert.deepEqual([client_id, client_secret], ['sallyport', undefined])
    assert.match(code_verifier ?? '', /^[\w-]{43,128}$/)
    assert.equal(visit.token?.headers.authorization, undefined)
  })

  it('client_auth_method: client_secret_jwt signs with the secret, private_key_jwt with a key that we publish', async () => {
    const checked = async (settings: JsonObject, key: Uint8Array | 'ours') => {
      const visit = await knobs.signIn(settings)
      isSignedIn(visit)
      const { client_assertion = '', client_secret } = formOf(visit)
      assert.equal(client_secret, undefined)
      const options = { issuer: 'sallyport', subject: 'sallyport' }
      const ours = createRemoteJWKSet(new URL(`${knobs.app.issuer}/jwks`))
      const { payload } =
        key === 'ours'
          ? await jwtVerify(client_assertion, ours, options)
          : await jwtVerify(client_assertion, key, options)
      return [decodeProtectedHeader(client_assertion).alg, payload.aud]
    }
    const secret = Buffer.from(knobs.odd.secret)
    const endpoint = `${knobs.odd.issuer}/token`
    assert.deepEqual(await checked({ client_auth_method: 'client_secret_jwt' }, secret), ['HS256', endpoint])
    const byKey = { client_auth_method: 'private_key_jwt', client_secret: null }
    assert.deepEqual(await checked(byKey, 'ours'), ['RS256', endpoint])
    const told = { client_assertion_alg: 'ES256', client_assertion_audience: 'urn:there' }
    assert.deepEqual(await checked({ ...byKey, ...told }, 'ours'), ['ES256', 'urn:there'])
  })

  const assertionOf = (visit: Visit) => formOf(visit).client_assertion ?? ''
  it('client_assertion_alg: is what assertions are signed with', async () => {
    const settings = { client_auth_method: 'client_secret_jwt', client_assertion_alg: 'HS512' }
    assert.equal(decodeProtectedHeader(assertionOf(await knobs.signIn(settings))).alg, 'HS512')
  })

  it('client_assertion_audience: is the aud of assertions, in the place of the token endpoint', async () => {
    const settings = { client_auth_method: 'client_secret_jwt', client_assertion_audience: 'https://there.example/' }
    const [, payload = ''] = assertionOf(await knobs.signIn(settings)).split('.')
    assert.equal(JSON.parse(Buffer.from(payload, 'base64url').toString()).aud, 'https://there.example/')
  })

  it('client_certificate: is shown with client_certificate_key: by tls_client_auth (RFC 8705 §2)', async t => {
    const authority = await certificateFor({ name: 'CN=Authority of a test', isAuthority: true })
    const ours = await certificateFor({ name: 'CN=sallyport', issuer: authority })
    const theirs = await certificateFor({
      name: 'CN=localhost',
      issuer: authority,
      alternatives: [{ type: 'dns', value: 'localhost' }],
    })
    setDefaultCACertificates([...getCACertificates('default'), authority.pem])
    const shown: (string | undefined)[] = []
    const tls = {
      key: theirs.keyPem,
      cert: theirs.pem,
      ca: authority.pem,
      requestCert: true,
      rejectUnauthorized: false,
    }
    const server = createServer(tls, (request, response) => {
      shown.push((request.socket as TLSSocket).getPeerX509Certificate()?.subject)
      response.writeHead(400, { 'content-type': 'application/json' }).end('{"error":"invalid_client"}')
    })
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    t.after(() => server.close())
    const there = `https://localhost:${(server.address() as AddressInfo).port}`
    const settings = {
      client_auth_method: 'tls_client_auth',
      client_secret: null,
      client_certificate: ours.pem,
      client_certificate_key: ours.keyPem,
      mtls_token_endpoint: `${there}/token`,
    }
    const visit = await knobs.signIn(settings)
    assert.deepEqual(shown, ['CN=sallyport'])
    assert.equal(await knobs.whyRefused(visit), 'RFC 6749 §5.2 token request at the upstream')
  })

  it('redirect_uri_override: is sent in the place of ours, with both requests (RFC 6749 §4.1.3)', async () => {
    const redirect_uri_override = 'https://proxy.example.org/callback'
    const visit = await knobs.signIn({ redirect_uri_override })
    isSignedIn(visit)
    assert.deepEqual(
      [visit.asked.get('redirect_uri'), formOf(visit).redirect_uri],
      [redirect_uri_override, redirect_uri_override],
    )
    const usual = await knobs.signIn({})
    assert.equal(usual.asked.get('redirect_uri'), `${knobs.app.issuer}/broker/${usual.upstream.alias}/endpoint`)
  })

  it('discovery_uri: is read before the first sign-in, from the issuer, too; what is typed in wins over it', async () => {
    const visit = await knobs.signIn({})
    isSignedIn(visit)
    assert.equal(visit.upstream.discoveryUri, `${knobs.odd.issuer}/.well-known/openid-configuration`)
    const paths = visit.requests.map(({ path }) => path)
    assert.deepEqual(paths, ['/.well-known/openid-configuration', '/authorize', '/token', '/jwks', '/userinfo'])
  })

  /** The same endpoints once more, at other paths. */
  const elsewhere = (path: string): string => `${knobs.odd.issuer}/mtls${path}`
  const typed: readonly (readonly [name: string, path: string])[] = [
    ['authorization_endpoint', '/authorize'],
    ['token_endpoint', '/token'],
    ['userinfo_endpoint', '/userinfo'],
    ['jwks_uri', '/jwks'],
  ]
  for (const [name, path] of typed) {
    it(`${name}: wins over what discovery says`, async () => {
      const visit = await knobs.signIn({ [name]: elsewhere(path) })
      isSignedIn(visit)
      const paths = visit.requests.map(request => request.path)
      assert.ok(paths.includes(`/mtls${path}`) && !paths.includes(path), paths.join(' '))
    })
  }

  it('issuer: typed in with the endpoints, and no discovery at all', async () => {
    const { issuer } = knobs.odd
    const endpoints = Object.fromEntries(typed.map(([name, path]) => [name, `${issuer}${path}`]))
    const visit = await knobs.signIn({ discovery_uri: null, issuer, ...endpoints })
    isSignedIn(visit)
    assert.ok(visit.requests.length > 0 && visit.requests.every(({ path }) => !path.includes('well-known')))
    const wrong = await knobs.signIn({ discovery_uri: null, ...endpoints, issuer: 'https://another.example' })
    assert.equal(await knobs.whyRefused(wrong), 'OIDC Core §3.1.3.7 iss of the upstream')
  })

  it('mtls_token_endpoint: takes the place of the other one with tls_client_auth alone (RFC 8705 §5)', async () => {
    const paths = async (settings: JsonObject) => (await byCertificate(settings)).requests.map(({ path }) => path)
    const set = { mtls_token_endpoint: elsewhere('/token') }
    assert.ok((await paths(set)).includes('/mtls/token'))
    assert.ok(!(await knobs.signIn(set)).requests.some(({ path }) => path === '/mtls/token'))
  })

  it('mtls_userinfo_endpoint: takes the place of the other one with tls_client_auth alone (RFC 8705 §5)', async () => {
    const paths = async (settings: JsonObject) => (await byCertificate(settings)).requests.map(({ path }) => path)
    const set = { mtls_userinfo_endpoint: elsewhere('/userinfo') }
    assert.ok((await paths(set)).includes('/mtls/userinfo'))
    assert.ok(!(await knobs.signIn(set)).requests.some(({ path }) => path === '/mtls/userinfo'))
  })

  async function byCertificate(settings: JsonObject): Promise<Visit> {
    const ours = await certificateFor({ name: 'CN=sallyport' })
    const visit = await knobs.signIn({
      client_auth_method: 'tls_client_auth',
      client_secret: null,
      client_certificate: ours.pem,
      client_certificate_key: ours.keyPem,
      ...settings,
    })
    isSignedIn(visit)
    return visit
  }

  it('alias: is in the redirect URI, and what idp_hint names', async () => {
    const upstream = await knobs.add()
    for (const hint of ['idp_hint', 'kc_idp_hint']) {
      const { landing } = await knobs.setOut(upstream, { request: { idp_hint: '', [hint]: upstream.alias } })
      const redirect = sentAway(landing).params.get('redirect_uri')
      assert.equal(redirect, `${knobs.app.issuer}/broker/${upstream.alias}/endpoint`, query({ hint }))
    }
  })
})
