/** Tests of the settings of an upstream: defaults, and every rule. */

import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { describe, it } from 'node:test'
import type { JsonObject } from '../../clients/client.ts'
import { discoveryDocumentOf, type ParsedUpstream, parseUpstream, type UpstreamRules } from './parse-upstream.ts'
import { standardProperties } from './standard-properties.ts'

const RULES: UpstreamRules = { allowHttp: false }
const MINIMAL: JsonObject = {
  alias: 'work',
  client_id: 'sallyport',
  client_secret: 'secret',
  discovery_uri: 'https://sso.example.com/.well-known/openid-configuration',
}
const VAULT = '${vault.work}'
const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const PUBLIC_PEM = publicKey.export({ type: 'spki', format: 'pem' }).toString()
const PRIVATE_PEM = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
const TYPED = {
  discovery_uri: null,
  issuer: 'https://old.example.com',
  authorization_endpoint: 'https://old.example.com/authorize',
  token_endpoint: 'https://old.example.com/token',
  jwks_uri: 'https://old.example.com/jwks',
}
const GITHUB = { ...TYPED, kind: 'oauth2', issuer: null, jwks_uri: null, scopes: null }

describe('parseUpstream', () => {
  it('fills in the defaults of the kind, and keeps the secret apart', () => {
    const { alias, properties, secrets, warnings } = parsed(MINIMAL)
    assert.equal(alias, 'work')
    assert.deepEqual(properties, {
      ...standardProperties('oidc'),
      clientId: 'sallyport',
      discoveryUri: MINIMAL.discovery_uri,
    })
    assert.deepEqual(secrets, { clientSecret: 'secret' })
    assert.deepEqual(warnings, [])
  })

  it('makes the place of the discovery document from the issuer, and leaves a whole one alone (OIDC Discovery §4)', () => {
    const document = 'https://idp.example/realms/x/.well-known/openid-configuration'
    assert.equal(discoveryDocumentOf('https://idp.example/realms/x'), document)
    assert.equal(discoveryDocumentOf('https://idp.example/realms/x/'), document)
    const server = 'https://idp.example/.well-known/oauth-authorization-server'
    assert.equal(discoveryDocumentOf(server), server)
    assert.equal(
      parsed({ ...MINIMAL, discovery_uri: 'https://idp.example/realms/x' }).properties.discoveryUri,
      document,
    )
  })

  it('takes scopes as a list, with blanks and with commas, each once (RFC 6749 §3.3)', () => {
    for (const scopes of ['openid email', 'openid, email', ['openid', 'email'], 'openid,email openid']) {
      assert.deepEqual(parsed({ ...MINIMAL, scopes }).properties.scopes, ['openid', 'email'])
    }
  })

  it('writes e-mail domains in lower case, as they are compared', () => {
    assert.deepEqual(parsed({ ...MINIMAL, email_domains: ['Example.COM'] }).properties.emailDomains, ['example.com'])
  })

  it('takes back what upstream show prints, without taking what only the server says', () => {
    const said = {
      warnings: ['x'],
      register_there: {},
      discovered: {},
      created_at: 'y',
      updated_at: 'z',
      outcome: 'kept',
    }
    assert.deepEqual(parsed({ ...MINIMAL, ...said }).properties, parsed(MINIMAL).properties)
  })

  it('takes http only where this server is http itself', () => {
    const json = { ...MINIMAL, discovery_uri: 'http://localhost:8080' }
    assert.match(mistakesOf(json), /^discovery_uri: .*must be https/)
    assert.ok('properties' in parseUpstream(json, { allowHttp: true }))
  })

  it('lets a secret that is kept from before do', () => {
    const { client_secret: _, ...json } = MINIMAL
    assert.match(mistakesOf(json), /^client_secret: is missing: client_secret_basic needs it$/)
    assert.ok('properties' in parseUpstream(json, { ...RULES, kept: ['clientSecret'] }))
  })

  it('reports all mistakes at once', () => {
    const { mistakes } = refused({ alias: 'A', order: 'first', scops: 'openid', mappings: [{ kind: 'attribut' }] })
    assert.deepEqual(
      mistakes.map(({ member }) => member),
      ['order', 'scops', 'client_id', 'alias', 'mappings[0].kind'],
    )
  })

  const good: readonly (readonly [rule: string, settings: JsonObject])[] = [
    ['user info by POST (OIDC Core §5.3.1)', { userinfo_method: 'POST' }],
    [
      'an issuer with the tenant in its path (OIDC Core §3.1.3.7)',
      { issuer: 'https://login.example.com/{tenantid}/v2.0' },
    ],
    ['a public key, PEM', { use_jwks_uri: false, public_key: PUBLIC_PEM }],
    [
      'a public key as Keycloak exports it, without its first and last line',
      { use_jwks_uri: false, public_key: PUBLIC_PEM.replaceAll(/-----[^-]+-----|\s/g, '') },
    ],
    ['no key where ID tokens are signed with the secret', { use_jwks_uri: false, id_token_signing_algs: ['HS256'] }],
    ['a public client with PKCE (RFC 9700 §2.1.1)', { client_secret: null, client_auth_method: 'none' }],
    ['our own key', { client_secret: null, client_auth_method: 'private_key_jwt', client_assertion_alg: 'ES256' }],
    [
      'an essential claim',
      { essential_claim: 'https://example\\.com/role', essential_claim_value: '(staff|guest)-\\d+' },
    ],
    ['all parameters of the sign-in URL', { persist_parameters: ['*'] }],
    ['a header of its own', { token_headers: { accept: 'application/json' } }],
    ['prompt=create at the registration URL', { registration_parameters: { prompt: 'create' } }],
    ['a secret in another place', { client_secret: VAULT }],
    ['frame ancestors', { frontchannel_logout: true, frontchannel_logout_frame_ancestors: ['https://a.example:8443'] }],
    ['endpoints typed by hand', TYPED],
    ['who somebody is from the user info', { ...GITHUB, userinfo_endpoint: 'https://api.example.com/user' }],
    [
      'who somebody is from the token response',
      { ...GITHUB, mappings: [{ kind: 'attribute', attribute: 'ssoid', claim: 'user.id', source: 'token_response' }] },
    ],
  ]
  for (const [rule, settings] of good) {
    it(`takes ${rule}`, () => {
      const result = parseUpstream({ ...MINIMAL, ...settings }, RULES)
      assert.deepEqual('mistakes' in result ? result.mistakes : [], [])
    })
  }

  const bad: readonly (readonly [rule: string, settings: JsonObject, mistake: RegExp])[] = [
    [
      'a name that is no setting',
      { trust_mail: true },
      /^trust_mail: is no setting of an upstream \(did you mean trust_email\?\)$/,
    ],
    [
      'a name that Keycloak has for it',
      { loginHint: true, 'config.guiOrder': '1' },
      /^loginHint: is what Keycloak calls it: here it is pass_login_hint\nconfig\.guiOrder: .* here it is order$/,
    ],
    ['a part of a name', { pkce: 'off' }, /^pkce: is no setting of an upstream \(did you mean pkce_method\?\)$/],
    ['a value of another shape', { order: '1' }, /^order: must be a whole number$/],
    [
      'a map whose values are no texts',
      { token_parameters: { a: 1 } },
      /^token_parameters: must be an object of names/,
    ],
    [
      'a choice that there is not',
      { sync_mode: 'legacy' },
      /^sync_mode: "legacy" is not possible; choose import, force$/,
    ],
    ['an alias with a slash', { alias: 'a/b' }, /^alias: "a\/b" must be/],
    ['an alias in capitals', { alias: 'Work' }, /^alias: /],
    ['an alias that begins with a dot', { alias: '..' }, /^alias: /],
    ['an alias of 64 characters', { alias: 'a'.repeat(64) }, /^alias: /],
    ['no client_id', { client_id: null }, /^client_id: is missing: what the upstream calls us \(--client-id\)$/],
    ['an empty name', { display_name: '' }, /^display_name: is empty: say one, or leave it out$/],
    ['a name that turns the writing around', { display_name: 'a\u202eb' }, /^display_name: .*turn the writing around/],
    ['a URI with a fragment', { token_endpoint: 'https://a.example/#x' }, /^token_endpoint: .*fragment/],
    ['a URI with a password', { jwks_uri: 'https://a:b@a.example/' }, /^jwks_uri: .*user name or password/],
    ['a URI that is a script', { logo_uri: 'javascript:alert(1)' }, /^logo_uri: .*is not a URL/],
    ['an issuer with a query (OIDC Discovery §3)', { issuer: 'https://a.example/?x' }, /^issuer: .*query/],
    ['a tenant in the place of the host', { issuer: 'https://{tenantid}.example.com/' }, /^issuer: .*in its path only/],
    ['two tenants', { issuer: 'https://a.example/{tenantid}/{tenantid}' }, /^issuer: .*more than once/],
    ['openid missing from the scopes (OIDC Core §3.1.2.1)', { scopes: 'email' }, /^scopes: must have openid/],
    [
      'a scope with a quote (RFC 6749 §3.3)',
      { scopes: ['openid', 'a"b'] },
      /^scopes: "a"b" is no scope: ASCII without blanks/,
    ],
    [
      'no credentials without PKCE (RFC 9700 §2.1.1)',
      { client_auth_method: 'none', pkce_method: 'off' },
      /^pkce_method: must be S256/,
    ],
    [
      'no credentials with plain PKCE (RFC 9700 §2.1.1)',
      { client_auth_method: 'none', pkce_method: 'plain' },
      /^pkce_method: must be S256/,
    ],
    [
      'an assertion by an unknown algorithm (RFC 7518 §3.1)',
      { client_auth_method: 'private_key_jwt', client_assertion_alg: 'RS25' },
      /^client_assertion_alg: "RS25" is not possible \(did you mean RS256\?\)/,
    ],
    [
      'a key of ours with an algorithm for secrets',
      { client_auth_method: 'private_key_jwt', client_assertion_alg: 'HS256' },
      /^client_assertion_alg: "HS256" does not go with private_key_jwt/,
    ],
    [
      'a secret with an algorithm for keys',
      { client_auth_method: 'client_secret_jwt', client_assertion_alg: 'RS256' },
      /^client_assertion_alg: .*HS256, HS384 or HS512 do/,
    ],
    [
      'an assertion where there is none (OIDC Core §9)',
      { client_assertion_alg: 'RS256' },
      /^client_assertion_alg: means nothing for client_secret_basic: leave it out, or /,
    ],
    [
      'no algorithm at all (RFC 8725 §3.1)',
      { id_token_signing_algs: ['none'] },
      /^id_token_signing_algs: "none" is not possible/,
    ],
    [
      'HS256 without a secret (OIDC Core §10.1)',
      { client_secret: null, client_auth_method: 'none', id_token_signing_algs: ['HS256'] },
      /^client_secret: is missing: HS/,
    ],
    ['a secret of two lines', { client_secret: 'a\nb' }, /^client_secret: must be visible ASCII/],
    [
      'a method that there is not, without asking for what it needs',
      { client_secret: null, client_auth_method: 'client_secret_base' },
      /^client_auth_method: [^\n]*did you mean client_secret_basic\?[^\n]*$/,
    ],
    ['a reference that is none', { client_secret: VAULT.replace('.', ':') }, /^client_secret: is no reference/],
    [
      'tls_client_auth without a certificate (RFC 8705 §2)',
      { client_auth_method: 'tls_client_auth' },
      /^client_certificate: is missing[\s\S]*\nclient_certificate_key: is missing/,
    ],
    ['a certificate that is none', { client_certificate: 'x' }, /^client_certificate: is not a certificate/],
    [
      'a key of a certificate that is none',
      { client_certificate_key: 'x' },
      /^client_certificate_key: is not a private key/,
    ],
    ['a public key that is none', { public_key: 'x', use_jwks_uri: false }, /^public_key: is not a public key/],
    [
      'a private key in the place of a public one',
      { public_key: PRIVATE_PEM, use_jwks_uri: false },
      /^public_key: is a private key/,
    ],
    ['no key at all', { use_jwks_uri: false }, /^public_key: is missing/],
    [
      'state among the static parameters',
      { authorization_parameters: { state: 'x' } },
      /^authorization_parameters\.state: "state" is set by this server itself: leave it out$/,
    ],
    [
      'redirect_uri among the registration parameters',
      { registration_parameters: { redirect_uri: 'x' } },
      /^registration_parameters\.redirect_uri: /,
    ],
    [
      'prompt as a static parameter',
      { authorization_parameters: { prompt: 'login' } },
      /^authorization_parameters\.prompt: .*: say it with the setting prompt$/,
    ],
    ['nonce among the forwarded parameters', { forward_parameters: ['nonce'] }, /^forward_parameters: "nonce" is set/],
    [
      'code_challenge among the persisted parameters',
      { persist_parameters: ['code_challenge'] },
      /^persist_parameters: /,
    ],
    [
      'grant_type among the token parameters',
      { token_parameters: { grant_type: 'password' } },
      /^token_parameters\.grant_type: /,
    ],
    [
      'access_token among the user info parameters',
      { userinfo_parameters: { access_token: 'x' } },
      /^userinfo_parameters\.access_token: /,
    ],
    [
      'id_token_hint among the logout parameters',
      { logout_parameters: { id_token_hint: 'x' } },
      /^logout_parameters\.id_token_hint: /,
    ],
    [
      'an authorization endpoint that sets what we set (RFC 6749 §3.1)',
      { authorization_endpoint: 'https://a.example/?hd=b&state=x' },
      /^authorization_endpoint: "state" is set by this server itself: leave it out$/,
    ],
    [
      'the way back from signing out twice',
      { post_logout_redirect_parameter: 'return', logout_parameters: { return: 'https://a.example/' } },
      /^logout_parameters\.return: has the name/,
    ],
    [
      'the token of the logout call twice',
      { logout_mode: 'backchannel', logout_parameters: { token: 'x' } },
      /^logout_parameters\.token: has the name/,
    ],
    [
      'authorization as a header',
      { token_headers: { Authorization: 'x' } },
      /^token_headers\.Authorization: "Authorization" is set/,
    ],
    ['host as a header', { userinfo_headers: { host: 'x' } }, /^userinfo_headers\.host: /],
    ['content-type as a header', { token_headers: { 'Content-Type': 'x' } }, /^token_headers\.Content-Type: /],
    [
      'a line break in a header (RFC 9110 §5.5)',
      { token_headers: { 'x-a': 'a\r\nx-b: c' } },
      /^token_headers\.x-a: must be ASCII on one line$/,
    ],
    [
      'a header whose name is none (RFC 9110 §5.1)',
      { token_headers: { 'x a': 'b' } },
      /^token_headers\.x a: .*no name of a header: letters, digits and -$/,
    ],
    [
      'a frame ancestor that is no origin (RFC 6454 §7)',
      { frontchannel_logout_frame_ancestors: ['https://a.example/'] },
      /^frontchannel_logout_frame_ancestors: .*is not an origin/,
    ],
    [
      'a frame ancestor with a policy behind it',
      { frontchannel_logout_frame_ancestors: ['https://a.example; script-src *'] },
      /is not an origin/,
    ],
    ['an address for a domain', { email_domains: ['@example.com'] }, /^email_domains: .*is not a domain/],
    ['an essential claim without a value', { essential_claim: 'role' }, /^essential_claim_value: is missing/],
    ['the value of no essential claim', { essential_claim_value: 'x' }, /^essential_claim: is missing/],
    [
      'an expression that does not compile',
      { essential_claim: 'role', essential_claim_value: '(' },
      /^essential_claim_value: /,
    ],
    [
      'an expression that looks around',
      { essential_claim: 'role', essential_claim_value: '(?=a)a' },
      /^essential_claim_value: /,
    ],
    [
      'an expression of more than 1,000 characters',
      { essential_claim: 'role', essential_claim_value: 'a'.repeat(1001) },
      /^essential_claim_value: must have at most 1000/,
    ],
    [
      'an expression that counts to years',
      { essential_claim: 'role', essential_claim_value: '((a{1000}){1000}){1000}' },
      /^essential_claim_value: is too large/,
    ],
    [
      'a claim path that is none',
      { essential_claim: '[0]', essential_claim_value: 'x' },
      /^essential_claim: begins with/,
    ],
    ['linking without a proof', { link_proofs: [] }, /^link_proofs: must have mail or sign_in/],
    ['an unknown proof', { link_proofs: ['email'] }, /^link_proofs: "email" is not possible/],
    ['a clock of another day', { clock_skew: 601 }, /^clock_skew: must be a whole number, 0 to 600$/],
    [
      'a document that takes the place of sub',
      { userinfo_documents: { sub: 'https://a.example/' } },
      /^userinfo_documents\.sub: .*cannot be the name/,
    ],
    [
      'basic sign-out without a secret',
      { client_secret: null, client_auth_method: 'none', logout_mode: 'backchannel', logout_authorization: 'basic' },
      /^client_secret: is missing: basic needs it$/,
    ],
    [
      'a sign-out by a call to nowhere',
      { ...TYPED, logout_mode: 'backchannel' },
      /^logout_uri: is missing: say it, end_session_endpoint or discovery_uri/,
    ],
    [
      'no endpoints and no discovery',
      { discovery_uri: null },
      /^discovery_uri: is missing: say where it is \(--discovery\), or authorization_endpoint, token_endpoint, issuer, jwks_uri$/,
    ],
    [
      'some of the endpoints, and no discovery',
      { discovery_uri: null, token_endpoint: 'https://a.example/token' },
      /^authorization_endpoint: is missing: say it[\s\S]*\nissuer: is missing[\s\S]*\njwks_uri: is missing/,
    ],
    [
      'an oauth2 upstream that never says who somebody is',
      GITHUB,
      /^userinfo_endpoint: is missing: say it, or map ssoid/,
    ],
    [
      'a subject that only the browser brings',
      {
        ...GITHUB,
        mappings: [{ kind: 'attribute', attribute: 'ssoid', claim: 'id', source: 'authorization_response' }],
      },
      /^mappings\[0\]\.source: cannot be authorization_response for ssoid/,
    ],
    ['no subject at all', { standard_mappings: false }, /^mappings: must have one for ssoid/],
  ]
  for (const [rule, settings, mistake] of bad) {
    it(`refuses ${rule}`, () => assert.match(mistakesOf({ ...MINIMAL, ...settings }), mistake))
  }

  const warned: readonly (readonly [rule: string, settings: JsonObject, warning: RegExp])[] = [
    ['a JWT of which nothing is checked', { disable_jwt_validation: true }, /NOTHING OF THE ID TOKEN IS CHECKED/],
    ['signatures that are not checked', { validate_signatures: false }, /^validate_signatures is off/],
    ['an issuer that is not checked', { validate_issuer: false }, /^validate_issuer is off/],
    ['people of every tenant', { issuer: 'https://a.example/{tenantid}' }, /every tenant can sign in/],
    ['codes that can be slipped in (RFC 9700 §2.1.1)', { pkce_method: 'off', nonce: false }, /a stolen code/],
    ['people who may not be asked (OIDC Core §3.1.2.1)', { prompt: 'none' }, /^prompt is none: whoever is not/],
    ['plain PKCE', { pkce_method: 'plain' }, /whoever sees the request/],
    [
      'readers of tokens that are not stored',
      { stored_tokens_readable_by: ['app'] },
      /has no effect: store_tokens is off/,
    ],
    ['frame ancestors of nothing', { frontchannel_logout_frame_ancestors: ['https://a.example'] }, /has no effect/],
    ['a logout URI that is not called', { logout_uri: 'https://a.example/out' }, /logout_mode is not backchannel/],
    ['a key that is not used', { public_key: PUBLIC_PEM }, /^public_key has no effect: use_jwks_uri is on\.$/],
    [
      'the id of a key that is not used',
      { public_key_id: 'first' },
      /^public_key_id has no effect: use_jwks_uri is on\.$/,
    ],
    [
      'domains of an upstream that signs nobody in',
      { link_only: true, email_domains: ['a.example'] },
      /link_only is on/,
    ],
    ['an endpoint for a certificate', { mtls_token_endpoint: 'https://a.example/' }, /is not tls_client_auth/],
    ['an encryption of no ID token', { kind: 'oauth2', require_encrypted_id_token: true }, /kind is oauth2/],
    ['headers of a request that is not made', { disable_userinfo: true, userinfo_headers: { a: 'b' } }, /is on/],
    [
      'a way back of nobody',
      { logout_mode: 'none', post_logout_redirect_uri: 'https://a.example/' },
      /is not redirect/,
    ],
    ['a place after nothing', { frontchannel_logout_redirect_uri: 'https://a.example/' }, /frontchannel_logout is off/],
  ]
  for (const [rule, settings, warning] of warned) {
    it(`warns of ${rule}`, () => assert.match(parsed({ ...MINIMAL, ...settings }).warnings.join('\n'), warning))
  }
})

function parsed(json: JsonObject): ParsedUpstream & { readonly warnings: readonly string[] } {
  const result = parseUpstream(json, RULES)
  if ('mistakes' in result) throw new Error(JSON.stringify(result.mistakes))
  return result
}

function refused(json: JsonObject) {
  const result = parseUpstream(json, RULES)
  if (!('mistakes' in result)) throw new Error('it was taken')
  return result
}

function mistakesOf(json: JsonObject): string {
  return refused(json)
    .mistakes.map(({ member, message }) => `${member}: ${message}`)
    .join('\n')
}
