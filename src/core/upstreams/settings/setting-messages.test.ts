/** What a person reads who got a setting wrong: every one names the setting, the rule, and what to write instead. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parseUpstream } from './parse-upstream.ts'
import { SETTINGS } from './settings-table.ts'

describe('the message about a setting that is wrong', () => {
  const long = 'x'.repeat(2_001)
  const url = /is not a URL such as https:/
  const map = /must be an object of names and texts, such as \{/
  const list = /must be a list of texts, such as \[/
  const ownParameter = /"client_id" is set by this server itself: say it with the setting client_id/
  const bad: Readonly<Record<string, readonly (readonly [value: unknown, message: RegExp])[]>> = {
    alias: [
      ['Work', /must be 1 to 63 of a-z, 0-9, "\.", "_" and "-", the first a letter or digit/],
      [null, /is missing: the name of the upstream in our URLs/],
    ],
    preset: [['Google!', /is no name of a preset: a-z, 0-9 and -/]],
    display_name: [
      ['', /is empty: say one, or leave it out/],
      [long, /is longer than 100 characters/],
      ['a\nb', /contains control characters \(line breaks, tabs\)/],
    ],
    logo_uri: [['/logo.png', url]],
    order: [
      ['1', /must be a whole number/],
      [1e7, /must be a whole number, -1000000 to 1000000/],
    ],
    email_domains: [
      ['example.com', list],
      [['@example.com'], /is not a domain such as example\.com, without an @ before it/],
    ],
    discovery_uri: [
      ['sso.example.com', url],
      ['http://sso.example.com', /must be https: plain http counts only where this server is http itself/],
    ],
    issuer: [
      ['sso', url],
      ['https://a.example/?x', /must not have a query \(\?\)/],
      ['https://{tenantid}.example/', /may have \{tenantid\} in its path only/],
    ],
    authorization_endpoint: [
      ['/authorize', url],
      ['https://a.example/?scope=x', /"scope" is set by this server itself: say it with the setting scopes/],
    ],
    token_endpoint: [['https://a.example/#x', /must not have a fragment \(#\)/]],
    userinfo_endpoint: [['https://a:b@a.example/', /must not contain a user name or password/]],
    jwks_uri: [['keys', url]],
    end_session_endpoint: [['out', url]],
    mtls_token_endpoint: [['token', url]],
    mtls_userinfo_endpoint: [['me', url]],
    client_id: [
      ['', /must be 1 to 500 visible ASCII characters/],
      [null, /is missing: what the upstream calls us \(--client-id\)/],
    ],
    client_secret: [
      ['', /^client_secret: is missing: client_secret_basic needs it$/],
      ['a\nb', /must be visible ASCII on one line/],
      ['${vault:x}', /is no reference: write \$\{vault\.NAME\}, \$\{env\.NAME\} or \$\{file:PATH\}/],
    ],
    client_assertion_alg: [
      ['RS256', /means nothing for client_secret_basic: leave it out, or set client_auth_method/],
      ['rs256', /is not possible \(did you mean RS256\?\); choose /],
    ],
    client_assertion_audience: [['', /is empty: say one, or leave it out/]],
    client_certificate: [['x', /is not a certificate in PEM .*; --set client_certificate=@FILE reads one/]],
    client_certificate_key: [['x', /is not a private key in PEM .*; --set client_certificate_key=@FILE reads one/]],
    redirect_uri_override: [['/callback', url]],
    scopes: [
      ['email', /must have openid: the kind is oidc \(oauth2 has no ID token\)/],
      [['openid', 'a b'], /"a b" is no scope: ASCII without blanks, " and \\/],
    ],
    forward_parameters: [
      ['tenant', list],
      [['client_id'], ownParameter],
    ],
    persist_parameters: [
      [['a b'], /"a b" is no name of a parameter: ASCII without blanks/],
      [['request_uri'], /"request_uri" is set by this server itself: leave it out/],
    ],
    authorization_parameters: [
      [['a=b'], map],
      [
        { redirect_uri: 'x' },
        /authorization_parameters\.redirect_uri: .* say it with the setting redirect_uri_override/,
      ],
    ],
    registration_parameters: [[{ client_id: 'x' }, ownParameter]],
    token_parameters: [
      [{ client_id: 'x' }, ownParameter],
      [{ a: long }, /^token_parameters\.a: is longer than 2000 characters$/],
    ],
    token_headers: [
      [{ Authorization: 'x' }, /"Authorization" is set by this server itself: leave it out/],
      [{ 'a b': 'x' }, /"a b" is no name of a header: letters, digits and -/],
      [{ a: 'ü' }, /must be ASCII on one line/],
    ],
    public_key: [['x', /is not a public key or a certificate in PEM .*; --set public_key=@FILE reads one/]],
    public_key_id: [['', /is empty: say one, or leave it out/]],
    id_token_signing_algs: [[['none'], /"none" is not possible; choose RS256, /]],
    audience: [
      ['us', list],
      [[''], /is empty: say one, or leave it out/],
    ],
    clock_skew: [
      ['5m', /must be a whole number of seconds, such as 300/],
      [601, /must be a whole number, 0 to 600/],
    ],
    userinfo_parameters: [[{ access_token: 'x' }, /"access_token" is set by this server itself: leave it out/]],
    userinfo_headers: [[{ cookie: 'x' }, /"cookie" is set by this server itself: leave it out/]],
    userinfo_documents: [[{ sub: 'https://a.example/' }, /letters, digits and _, and none of sub, iss, aud/]],
    mappings: [
      [{}, /must be a list of objects, such as \[\{/],
      [[{ kind: 'attribute', attribute: 'emial', claim: 'x' }], /mappings\[0\]\.attribute: .*did you mean email\?/],
    ],
    essential_claim: [['a', /essential_claim_value: is missing: essential_claim needs it \(\.\+ for any value\)/]],
    essential_claim_value: [['a', /essential_claim: is missing: essential_claim_value is the value of which claim\?/]],
    link_proofs: [
      [['otp'], /"otp" is not possible; choose mail, sign_in/],
      [[], /must have mail or sign_in, or link_existing must be false/],
    ],
    amr: [[['a b'], /"a b" must be visible ASCII without blanks/]],
    stored_tokens_readable_by: [[['a b'], /"a b" is no client_id: ASCII without blanks/]],
    min_token_validity: [[-1, /must be a whole number, 0 to 86400/]],
    logout_uri: [['/out', url]],
    logout_token_parameter: [['', /"" is no name of a parameter: ASCII without blanks/]],
    logout_parameters: [[{ id_token_hint: 'x' }, /say it with the setting send_id_token_hint/]],
    post_logout_redirect_parameter: [['state', /"state" is set by this server itself: leave it out/]],
    post_logout_redirect_uri: [['/bye', url]],
    frontchannel_logout_frame_ancestors: [
      [['https://a.example/path'], /is not an origin such as https:\/\/app\.example\.com/],
    ],
    frontchannel_logout_redirect_uri: [['/bye', url]],
  }

  for (const { name, kind, choices } of SETTINGS) {
    if (kind === 'boolean') {
      it(`${name}: has to be true or false`, () =>
        assert.equal(messageOf(name, 'on'), `${name}: must be true or false`))
    } else if (choices !== undefined) {
      it(`${name}: has to be one of its choices, which are told`, () => {
        assert.equal(messageOf(name, true), `${name}: must be one of ${choices.join(', ')}`)
        const told = messageOf(name, 'no such choice')
        assert.ok(told.endsWith(`choose ${choices.join(', ')}`) && told.startsWith(`${name}: "no such choice"`), told)
      })
    } else {
      it(`${name}: says what is wrong, and what to write instead`, () => {
        const rows = bad[name] ?? assert.fail(`${name} has no wrong values here`)
        for (const [value, message] of rows) assert.match(messageOf(name, value), message)
      })
    }
  }
})

function messageOf(name: string, value: unknown): string {
  const minimal = {
    alias: 'work',
    client_id: 'sallyport',
    client_secret: 'x',
    discovery_uri: 'https://sso.example.com',
  }
  const result = parseUpstream({ ...minimal, [name]: value }, { allowHttp: false })
  assert.ok('mistakes' in result, `${name} is taken`)
  return result.mistakes.map(({ member, message }) => `${member}: ${message}`).join('\n')
}
