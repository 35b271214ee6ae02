/** Tests of what an access token is for, and of what follows from that. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { aClient } from '../../../test/support/builders.ts'
import { type Params, parseParams } from '../../spec/params.ts'
import { isRefusal } from '../../spec/refusal.ts'
import { createResourceServers, type ResourceServer } from './resource-servers.ts'
import { detailsFor, requestedDetails, requestedResources, targetOf } from './token-target.ts'

const ISSUER = 'https://id.example.org'
const USERINFO = `${ISSUER}/userinfo`
const OPAQUE: ResourceServer = { uri: 'https://a.example.org', name: 'A', scopes: ['a:read'] }
const JWT: ResourceServer = {
  uri: 'https://b.example.org',
  name: 'B',
  accessTokenFormat: 'jwt',
  signingAlg: 'ES256',
  accessTokenSeconds: 60,
}
const SEALED: ResourceServer = {
  uri: 'https://c.example.org',
  name: 'C',
  accessTokenFormat: 'jwt',
  encryption: { alg: 'ECDH-ES', enc: 'A256GCM', jwk: {} },
}
const servers = createResourceServers([OPAQUE, JWT, SEALED], ISSUER)
const client = aClient()

function params(...resources: readonly string[]): Params {
  const parsed = parseParams(resources.map(uri => `resource=${encodeURIComponent(uri)}`).join('&'))
  if (isRefusal(parsed)) throw new Error(parsed.description)
  return parsed
}

describe('the resources of a token request (RFC 8707 §2.2)', () => {
  const ask = (asked: readonly string[], granted?: readonly string[], by = client) =>
    requestedResources(params(...asked), granted, by, servers)

  it('are those of the request, of the grant, or none', () => {
    assert.equal(ask([]), undefined)
    assert.deepEqual(ask([], [OPAQUE.uri]), [OPAQUE.uri])
    assert.deepEqual(ask([OPAQUE.uri], [OPAQUE.uri, JWT.uri]), [OPAQUE.uri])
    assert.deepEqual(ask([OPAQUE.uri, OPAQUE.uri]), [OPAQUE.uri])
  })

  it('always may be user info, in whatever form the other one wants its token', () => {
    assert.deepEqual(ask([USERINFO], [OPAQUE.uri]), [USERINFO])
    assert.deepEqual(ask([JWT.uri, USERINFO], [JWT.uri]), [JWT.uri, USERINFO])
    assert.deepEqual(ask([USERINFO], undefined, aClient({ resources: [] })), [USERINFO])
  })

  const rows: readonly [string, () => unknown][] = [
    ['what nobody configured', () => ask(['https://x.example.org'])],
    ['what is no absolute URI', () => ask(['a.example.org'])],
    ['what has a fragment', () => ask([`${OPAQUE.uri}#x`])],
    ['what the grant does not name', () => ask([JWT.uri], [OPAQUE.uri])],
    ['what the client may not ask for', () => ask([OPAQUE.uri], undefined, aClient({ resources: [JWT.uri] }))],
    ['two that take different tokens', () => ask([OPAQUE.uri, JWT.uri])],
    ['an encrypted one beside another', () => ask([SEALED.uri, USERINFO])],
    ['a grant for two that take different tokens, when none is chosen', () => ask([], [OPAQUE.uri, JWT.uri])],
  ]
  for (const [what, refused] of rows) {
    it(`refuse ${what} with invalid_target`, () => {
      const refusal = refused()
      assert.ok(isRefusal(refusal) && refusal.error === 'invalid_target')
    })
  }
})

describe('what follows from the resources', () => {
  const target = (uris: readonly string[] | undefined, scopes = ['openid', 'a:read', 'b:read'], by = client) =>
    targetOf(uris, scopes, by, servers, 3600)

  it('is all scopes and the form of the client without any', () => {
    assert.deepEqual(target(undefined), {
      scopes: ['openid', 'a:read', 'b:read'],
      format: 'opaque',
      signingAlg: 'RS256',
      seconds: 3600,
    })
  })

  it('is only the scopes that one of them knows', () => {
    assert.deepEqual(target([OPAQUE.uri]).scopes, ['a:read'])
    assert.deepEqual(target([JWT.uri]).scopes, ['a:read', 'b:read'], 'without a list: all but those about people')
    assert.deepEqual(target([OPAQUE.uri, USERINFO]).scopes, ['openid', 'a:read'])
  })

  it('is their form before that of the client, and the shorter life', () => {
    const own = aClient({ accessTokenFormat: 'jwt', accessTokenSigningAlg: 'EdDSA', accessTokenSeconds: 30 })
    const { format, signingAlg, seconds } = target([JWT.uri], [], own)
    assert.deepEqual([format, signingAlg, seconds], ['jwt', 'ES256', 30])
    assert.deepEqual([target([OPAQUE.uri], [], own).format, target([JWT.uri]).seconds], ['jwt', 60])
  })

  it('is no scope at all for one that was taken off the list since', () => {
    const { audience, scopes } = target(['https://gone.example.org'])
    assert.deepEqual([audience, scopes], [['https://gone.example.org'], []])
  })

  it('is never a MAC with the secret of the client, which no API could verify (RFC 9068 §4)', () => {
    assert.equal(target(undefined, [], aClient({ accessTokenSigningAlg: 'HS256' })).signingAlg, 'RS256')
  })
})

describe('authorization details of a token (RFC 9396)', () => {
  const here = { type: 'payment', locations: [OPAQUE.uri] }
  const there = { type: 'payment', locations: [JWT.uri] }
  const anywhere = { type: 'account', actions: ['read'] }

  it('are those that count at its audience (§2.2 locations)', () => {
    assert.deepEqual(detailsFor([OPAQUE.uri], [here, there, anywhere]), [here, anywhere])
    assert.deepEqual(detailsFor(undefined, [here, there]), [here, there])
    assert.equal(detailsFor([OPAQUE.uri], [there]), undefined)
  })

  it('are some of those that were granted, each as it was granted (§6)', () => {
    assert.equal(requestedDetails(undefined, [here]), undefined)
    assert.deepEqual(requestedDetails(JSON.stringify([here]), [there, here]), [here])
    for (const wider of [[{ ...here, amount: 5 }], [anywhere], [here, anywhere]]) {
      const refusal = requestedDetails(JSON.stringify(wider), [here])
      assert.ok(isRefusal(refusal) && refusal.error === 'invalid_authorization_details')
    }
  })
})
