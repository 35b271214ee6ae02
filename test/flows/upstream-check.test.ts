/** What `sallyport upstream test` finds out without signing anybody in. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { CheckLine } from '../../src/core/upstreams/relying-party.ts'
import type { Upstream } from '../../src/core/upstreams/upstream.ts'
import { oddRoom } from '../support/upstreams/odd-room.ts'
import { relyingPartyOf } from '../support/upstreams/upstream-room.ts'

describe('the check of an upstream', () => {
  const room = oddRoom()

  async function linesOf(what: string, changes: Partial<Upstream> = {}): Promise<readonly CheckLine[]> {
    return (await room.party.check({ ...room.upstream, ...changes })).filter(line => line.what === what)
  }

  async function lineOf(what: string, changes: Partial<Upstream> = {}): Promise<CheckLine> {
    return (await linesOf(what, changes))[0] ?? assert.fail(`nothing is said about ${what}`)
  }

  it('says of each step in a sentence how it went', async () => {
    const lines = await room.party.check(room.upstream)
    assert.deepEqual(
      lines.map(({ what, outcome }) => [what, outcome]),
      [
        ['discovery', 'good'],
        ['issuer', 'good'],
        // It is on loopback.
        ...Array(5).fill(['endpoints', 'warning']),
        ['keys', 'good'],
        ['client authentication', 'good'],
        ['user info', 'good'],
      ],
    )
    for (const { detail } of lines) assert.match(detail, /^\S.*\.$/)
    assert.equal((await lineOf('keys')).detail, 'There are keys for RS256, ES256.')
    assert.equal(room.odd.asked('/authorize'), 0)
  })

  it('stops where nothing can be asked any more', async () => {
    room.odd.behave({ discovery: { issuer: 'https://elsewhere.example' } })
    const lines = await room.party.check(room.upstream)
    assert.deepEqual(
      lines.map(({ what, outcome }) => [what, outcome]),
      [['discovery', 'bad']],
    )
    assert.match(lines[0]?.detail ?? '', /names another issuer \(.*issuer: https:\/\/elsewhere\.example/)
    const { discoveryUri: _, ...nowhere } = room.upstream
    assert.equal((await room.party.check(nowhere)).at(-1)?.what, 'endpoints')
  })

  it('knows bad credentials from a bad code (RFC 6749 §5.2)', async () => {
    const answers: readonly [body: string, outcome: CheckLine['outcome']][] = [
      ['{"error":"invalid_grant"}', 'good'],
      ['{"error":"invalid_client"}', 'bad'],
      ['{"error":"invalid_request"}', 'warning'],
      ['{"access_token":"a"}', 'bad'],
      ['<h1>Hello</h1>', 'bad'],
    ]
    for (const [body, outcome] of answers) {
      room.odd.behave({ answers: { '/token': () => ({ status: body.includes('error') ? 400 : 200, body }) } })
      assert.equal((await lineOf('client authentication')).outcome, outcome, body)
    }
  })

  it('sees keys that cannot be used', async () => {
    room.odd.behave({ keys: ([first]) => [{ ...first, use: 'enc' }] })
    assert.equal((await lineOf('keys')).outcome, 'bad')
    room.odd.behave({ answers: { '/jwks': () => ({ status: 404 }) } })
    // Keys that were fetched are kept: another one, that has none yet.
    const [keys] = (await relyingPartyOf(room.app).check(room.upstream)).filter(({ what }) => what === 'keys')
    assert.match(keys?.detail ?? '', /status 404/)
    assert.equal((await lineOf('keys', { useJwksUri: false, publicKey: 'nonsense' })).outcome, 'bad')
  })

  it('sees a user info endpoint that is not there, or answers anybody', async () => {
    room.odd.behave({ answers: { '/userinfo': () => ({ status: 404 }) } })
    assert.equal((await lineOf('user info')).outcome, 'bad')
    room.odd.behave({ answers: { '/userinfo': () => ({ status: 200, body: '{"sub":"ada"}' }) } })
    assert.equal((await lineOf('user info')).outcome, 'warning')
    assert.deepEqual(await linesOf('user info', { disableUserinfo: true }), [])
  })

  it('warns of settings that take a protection away, and of what the upstream does not list', async () => {
    const risky = { disableJwtValidation: true, validateSignatures: false, validateIssuer: false, nonce: false }
    assert.equal((await linesOf('settings', { ...risky, pkceMethod: 'off' })).length, 5)
    assert.deepEqual(await linesOf('settings'), [])
    assert.match((await lineOf('scopes', { scopes: ['openid', 'unheard'] })).detail, /unheard/)
    room.odd.behave({
      discovery: {
        token_endpoint_auth_methods_supported: ['client_secret_post'],
        code_challenge_methods_supported: ['plain'],
      },
    })
    assert.equal((await lineOf('client authentication')).outcome, 'warning')
    assert.match((await lineOf('pkce')).detail, /S256/)
  })
})
