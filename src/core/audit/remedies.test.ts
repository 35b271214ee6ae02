/** Tests of the remedies: they are about rules that exist, and their commands may be pasted into a shell. */

import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { findRemedy, REMEDIES } from './remedies.ts'
import { shellWord } from './remedy-row.ts'

const AT = '2026-01-01T12:00:00.000Z'
const REGISTERED = 'RFC 9700 §2.1 redirect_uri is registered, exactly'

describe('remedies', () => {
  it('are about rules that the source still names', () => {
    const source = rulesSource()
    assert.deepEqual(
      REMEDIES.filter(({ rule }) => !source.includes(rule)).map(({ rule }) => rule),
      [],
    )
  })

  it('have one row for each rule', () => {
    const rules = REMEDIES.map(({ rule }) => rule)
    for (const rule of rules)
      assert.deepEqual(
        rules.filter(other => rule.startsWith(other)),
        [rule],
      )
  })

  it('know every rule that is not a matter of a protocol alone', () => {
    const rules = [...rulesSource().matchAll(/refuse\(\s*'\w+',\s*(?:'[^']*'|\w+),\s*'([^']+)'/g)].map(
      ([, rule = '']) => rule,
    )
    assert.ok(rules.length > 30)
    const unknown = rules.filter(rule => findRemedy({ rule, facts: {}, at: AT }) === undefined)
    assert.deepEqual(unknown, ['at most 100 parameters', 'at most 8000 characters, form-urlencoded'])
  })

  it('name the account and the moment it was disabled', () => {
    const facts = { username: 'ada', disabled_at: AT }
    assert.deepEqual(findRemedy({ rule: 'the account is enabled', facts, at: AT }), {
      why: `The account ada was disabled at ${AT}.`,
      advice: 'Enable it, if it may sign in again.',
      commands: ['sallyport account enable ada'],
    })
  })

  const commands: readonly [what: string, rule: string, facts: Record<string, string | string[]>, command: string][] = [
    [
      'an unregistered redirect URI',
      REGISTERED,
      { requested: 'https://a.example/cb?x=1&y=2', registered: [] },
      "sallyport client edit wiki --add-redirect-uri 'https://a.example/cb?x=1&y=2'",
    ],
    [
      'one that would break out of its quotes',
      REGISTERED,
      { requested: "https://a.example/';reboot;'" },
      "sallyport client edit wiki --add-redirect-uri 'https://a.example/'\\'';reboot;'\\'''",
    ],
    [
      'one with a line break',
      REGISTERED,
      { requested: 'https://a.example/\nreboot' },
      'sallyport client edit wiki --add-redirect-uri URI',
    ],
    [
      'one that was cut',
      REGISTERED,
      { requested: `https://a.example/${'x'.repeat(182)}` },
      'sallyport client edit wiki --add-redirect-uri URI',
    ],
    [
      'a client_id that looks like an option',
      REGISTERED,
      { requested: 'https://a.example/', client_id: '--all' },
      'sallyport client edit --add-redirect-uri https://a.example/ -- --all',
    ],
    [
      'a scope, in a list that keeps what is allowed',
      "RFC 6749 §3.3 scope is among the client's scopes",
      { scope: 'groups', allowed: ['openid', 'email'] },
      'sallyport client edit wiki --scope openid --scope email --scope groups',
    ],
    [
      'a type of authorization details, beside those of the app',
      'RFC 9396 §5 the type is known and the client may use it (authorization_details.types)',
      { type: 'account', allowed: ['payment'] },
      'sallyport client edit wiki --set authorization_details_types=payment,account',
    ],
    [
      'a request_uri with a comma',
      'OIDC Registration §2 request_uris holds it, exactly',
      { request_uri: 'https://a.example/r?a,b', registered: [] },
      `sallyport client edit wiki --set 'request_uris=["https://a.example/r?a,b"]'`,
    ],
    ['a wrong secret', 'RFC 6749 §2.3.1 client secret matches', {}, 'sallyport client rotate-secret wiki'],
    [
      'a secret from an app that has a key',
      'OIDC Core §9 token_endpoint_auth_method',
      { method: 'client_secret_post', allowed: ['private_key_jwt'] },
      'sallyport client show wiki',
    ],
    ['plain PKCE', 'RFC 7636 §4.4.1 allow_plain_pkce', {}, 'sallyport client edit wiki --allow-plain-pkce'],
    ['an unknown client', 'RFC 6749 §4.1.2.1 the client is known', {}, 'sallyport client list'],
  ]
  for (const [what, rule, facts, command] of commands) {
    it(`give a command that is safe in a shell for ${what}`, () => {
      assert.deepEqual(findRemedy({ rule, facts, at: AT, clientId: 'wiki' })?.commands, [command])
    })
  }

  it('say of the brake how much is allowed, and when the next attempt counts', () => {
    const facts = { bucket: 'address', level: 20.2, allowed: 20, retry_after_seconds: 7 }
    const rule = 'throttling per address (throttling.trusted_addresses)'
    const remedy = findRemedy({ rule, facts, at: AT })
    assert.equal(
      remedy?.why,
      '20.2 failures of 20 allowed were counted for this address; the next attempt counts after 7 s, from 2026-01-01T12:00:07.000Z.',
    )
    assert.equal(remedy?.setting, 'throttling.trusted_addresses')
  })

  it('speak of access tokens only where it was one that is no JWT (RFC 7519 §7.2)', () => {
    const commandsFor = (what: string) =>
      findRemedy({ rule: 'RFC 7519 §7.2 JWT of the upstream', facts: { upstream: 'corp', what }, at: AT })?.commands
    assert.deepEqual(commandsFor('access token'), ['sallyport upstream edit corp --set access_token_is_jwt=false'])
    assert.deepEqual(commandsFor('logout token'), [])
  })

  it('name a setting only where it has to do with the refusal', () => {
    const rule = 'the endpoint of the upstream answers'
    const settingFor = (reason: string) => findRemedy({ rule, facts: { upstream: 'corp', reason }, at: AT })?.setting
    assert.equal(settingFor('private-address'), 'outbound.allow_private')
    assert.equal(settingFor('unreachable'), undefined)
  })

  it('say which two issuers are not the same, and how to let the document have its way (OIDC Discovery §4.3)', () => {
    const rule = 'OIDC Discovery §4.3 issuer of the upstream'
    const about = { upstream: 'corp', issuer: 'https://idp.example' }
    const typed = findRemedy({ rule, facts: { ...about, typed: 'https://idp.example/' }, at: AT })
    assert.match(
      typed?.why ?? '',
      /names the issuer https:\/\/idp\.example, and the setting issuer is https:\/\/idp\.example\/\./,
    )
    assert.deepEqual(typed?.commands, ['sallyport upstream edit corp --unset issuer'])
    const byUrl = findRemedy({ rule, facts: about, at: AT })
    assert.deepEqual(byUrl?.commands, ['sallyport upstream edit corp --set issuer=ISSUER'])
  })

  it('tell settings of the server from those of the client and of the upstream', () => {
    const ownerOf = (rule: string) => findRemedy({ rule, facts: {}, at: AT })?.settingOf
    assert.equal(ownerOf('RFC 8707 §2 resource is configured (resources)'), 'server')
    assert.equal(ownerOf('RFC 8707 §2 resources of the client'), 'client')
    assert.equal(ownerOf('RFC 9449 §4.3 htu is the URL'), 'server')
    assert.equal(ownerOf('RFC 8628 §3.5 the person decides in time (device.lifetime)'), 'server')
    assert.equal(ownerOf('link_only'), 'upstream')
    assert.equal(ownerOf('RP-Initiated Logout §2 the upstream is told of a sign-out while it matters'), 'upstream')
  })

  it('send a malformed request back to whoever looks after the app', () => {
    const remedy = findRemedy({ rule: 'RFC 6749 §3.1 parameters are not repeated', facts: {}, at: AT })
    assert.match(remedy?.advice ?? '', /^No setting changes this/)
    assert.equal(findRemedy({ rule: 'something of ours', facts: {}, at: AT }), undefined)
  })

  it('leave words alone that a shell leaves alone', () => {
    for (const word of ['ada@example.org', '--scope', 'reports:read']) assert.equal(shellWord(word), word)
    for (const word of ['', 'a b', '$HOME', '`id`', '~', '*']) assert.equal(shellWord(word), `'${word}'`)
  })
})

/** What the rooms that refuse say, without the remedies and the tests. */
function rulesSource(): string {
  const src = new URL('../../', import.meta.url)
  return ['spec/', 'core/', 'relying-party/', 'doors/']
    .flatMap(room => {
      const folder = new URL(room, src)
      return readdirSync(folder, { recursive: true, encoding: 'utf8' })
        .filter(name => name.endsWith('.ts') && !name.endsWith('.test.ts') && !name.includes('remed'))
        .map(name => readFileSync(new URL(name, folder), 'utf8'))
    })
    .join('\n')
}
