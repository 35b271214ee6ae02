/** Tests of request objects. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { NOON } from '../../test/support/builders.ts'
import { type Params, parseParams } from './params.ts'
import { isRefusal, type Refusal } from './refusal.ts'
import {
  assembleParams,
  checkRequestObject,
  MAX_REQUEST_OBJECT_BYTES,
  type OpenedRequestObject,
  parseRequestObject,
  type RequestObjectClaims,
  requestObjectParams,
} from './request-object.ts'

const ISSUER = 'https://id.example.org'
const CLIENT = 'dashboard'
const NOW = Math.floor(NOON.getTime() / 1000)

function check(
  claims: RequestObjectClaims,
  { typ, alg = 'PS256', isStrict = false }: { typ?: unknown; alg?: string; isStrict?: boolean } = {},
): Refusal | undefined {
  const opened: OpenedRequestObject = { claims, alg, ...(typ === undefined ? {} : { typ }) }
  return checkRequestObject(opened, { issuer: ISSUER, clientId: CLIENT, isStrict, now: NOON })
}

function paramsOf(claims: RequestObjectClaims): Params {
  const params = requestObjectParams(claims)
  assert.ok(!isRefusal(params), String((params as Refusal).description))
  return params
}

function parsed(text: string): Params {
  const params = parseParams(text)
  assert.ok(!isRefusal(params))
  return params
}

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')

describe('what a request object is (RFC 9101 §4)', () => {
  it('tells signed, unsigned and encrypted ones apart by their parts (RFC 7515 §7.1, RFC 7516 §7.1)', () => {
    const payload = encode({ state: 'x' })
    assert.deepEqual(parseRequestObject(`${encode({ alg: 'ES256' })}.${payload}.c2ln`), {
      kind: 'signed',
      alg: 'ES256',
    })
    assert.deepEqual(parseRequestObject(`${encode({ alg: 'none' })}.${payload}.`), {
      kind: 'unsigned',
      claims: { state: 'x' },
      typ: undefined,
    })
    assert.deepEqual(parseRequestObject('a..c.d.e'), { kind: 'encrypted' })
  })

  const notOnes: readonly [string, string][] = [
    ['nothing', ''],
    ['text', 'request'],
    ['two parts', `${encode({ alg: 'ES256' })}.${encode({})}`],
    ['a header without alg', `${encode({})}.${encode({})}.`],
    ['a payload that is no object', `${encode({ alg: 'none' })}.${encode([1])}.`],
    ['alg none with a signature (RFC 7518 §3.6)', `${encode({ alg: 'none' })}.${encode({})}.c2ln`],
    ['alg none with critical extensions (RFC 7515 §4.1.11)', `${encode({ alg: 'none', crit: ['x'] })}.${encode({})}.`],
    ['white space', `${encode({ alg: 'none' })}.${encode({})}. `],
    ['more than 32 kB', `${encode({ alg: 'ES256' })}.${'a'.repeat(MAX_REQUEST_OBJECT_BYTES)}.c2ln`],
  ]
  for (const [what, text] of notOnes) {
    it(`is not ${what}`, () => {
      const refusal = parseRequestObject(text)
      assert.ok(isRefusal(refusal) && refusal.error === 'invalid_request_object')
    })
  }

  it('is looked at without an exception, whatever the text is', () => {
    fc.assert(fc.property(fc.string(), text => void parseRequestObject(text)))
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (header, payload) => {
        parseRequestObject(`${encode(header)}.${encode(payload)}.`)
      }),
    )
  })
})

describe('what has to hold of a request object', () => {
  const good = { iss: CLIENT, aud: ISSUER, client_id: CLIENT, exp: NOW + 60, nbf: NOW, iat: NOW, jti: 'a' }

  it('accepts one that says who it is from and for', () => assert.equal(check(good, { isStrict: true }), undefined))
  it('accepts one that says only what is asked (OIDC Core §6.1: iss and aud SHOULD be there)', () =>
    assert.equal(check({ state: 'x' }), undefined))
  it('accepts an audience in a list (RFC 7519 §4.1.3)', () =>
    assert.equal(check({ ...good, aud: ['https://other.example', ISSUER] }), undefined))
  it('accepts clocks that are half a minute apart (RFC 7519 §4.1.4)', () =>
    assert.equal(check({ ...good, exp: NOW - 29, nbf: NOW + 30, iat: NOW + 30 }), undefined))
  for (const typ of ['JWT', 'jwt', 'oauth-authz-req+jwt', 'application/oauth-authz-req+jwt']) {
    it(`accepts typ ${typ} (RFC 9101 §10.8)`, () => assert.equal(check(good, { typ }), undefined))
  }

  const rows: readonly [string, RequestObjectClaims, string, { typ?: unknown; isStrict?: boolean }?][] = [
    ['another type: a DPoP proof', good, 'RFC 9101 §10.8 typ', { typ: 'dpop+jwt' }],
    ['another type: a logout token', good, 'RFC 9101 §10.8 typ', { typ: 'logout+jwt' }],
    ['a type that is no text', good, 'RFC 9101 §10.8 typ', { typ: ['JWT'] }],
    ["the client's own assertion", { ...good, sub: CLIENT }, 'RFC 9101 §10.8 sub'],
    ['another issuer', { ...good, iss: 'other' }, 'RFC 9101 §4 iss'],
    ['our ID token', { ...good, iss: ISSUER, aud: CLIENT }, 'RFC 9101 §4 iss'],
    ['another audience', { ...good, aud: 'https://other.example' }, 'RFC 9101 §4 aud'],
    ['an audience that only begins like us', { ...good, aud: `${ISSUER}.evil.example` }, 'RFC 9101 §4 aud'],
    ['no audience in the list', { ...good, aud: [] }, 'RFC 9101 §4 aud'],
    ['that has expired', { ...good, exp: NOW - 30 }, 'RFC 7519 §4.1.4'],
    ['that is not valid yet', { ...good, nbf: NOW + 31 }, 'RFC 7519 §4.1.5'],
    ['from the future', { ...good, iat: NOW + 31 }, 'RFC 7519 §4.1.6'],
    ['with a time that is no number', { ...good, exp: '2030-01-01' }, 'RFC 7519 §2 exp'],
    ['of another client', { ...good, client_id: 'other' }, 'RFC 9101 §6.3 client_id'],
    ['without client_id where only it counts', { iss: CLIENT, aud: ISSUER }, 'RFC 9101 §6.3', { isStrict: true }],
    ['with another one in it', { ...good, request: 'a.b.c' }, 'RFC 9101 §4 request objects are not nested'],
    ['with a reference in it', { ...good, request_uri: 'https://x' }, 'RFC 9101 §4 request objects are not nested'],
  ]
  for (const [what, claims, rule, how] of rows) {
    it(`refuses one ${what} (${rule})`, () => {
      const refusal = check(claims, how)
      assert.equal(refusal?.error, 'invalid_request_object')
      assert.ok(refusal?.rule.startsWith(rule), refusal?.rule)
    })
  }
})

describe('the parameters in a request object (RFC 9101 §4)', () => {
  it('are its members: text as it is, numbers and structures as JSON', () => {
    const claims = { userinfo: { email: { essential: true } } }
    const params = paramsOf({
      state: 'ä & b=c',
      max_age: 86400,
      claims,
      authorization_details: [{ type: 'payment' }],
      request_it: true,
    })
    assert.equal(params.get('state'), 'ä & b=c')
    assert.equal(params.get('max_age'), '86400')
    assert.deepEqual(JSON.parse(params.get('claims') ?? ''), claims)
    assert.equal(params.get('authorization_details'), '[{"type":"payment"}]')
    assert.equal(params.get('request_it'), 'true')
  })

  it('are several resources when they are a list (RFC 8707 §2)', () =>
    assert.deepEqual(paramsOf({ resource: ['https://a.example', 'https://b.example'] }).getAll('resource'), [
      'https://a.example',
      'https://b.example',
    ]))

  it('are not the claims about the JWT itself', () => {
    const params = paramsOf({ iss: CLIENT, aud: ISSUER, exp: 1, nbf: 1, iat: 1, jti: 'a', sub: 'b', scope: 'openid' })
    assert.deepEqual(params.names(), ['scope'])
  })

  it('are left out when they are null', () =>
    assert.deepEqual(paramsOf({ state: null, nonce: 'n' }).names(), ['nonce']))

  it('are refused when there are too many, or they are no text', () => {
    const many = Object.fromEntries(Array.from({ length: 101 }, (_, index) => [`p${index}`, 'x']))
    for (const claims of [many, { state: '\ud800' }, { state: 'a\0b' }]) {
      const refusal = requestObjectParams(claims)
      assert.ok(isRefusal(refusal) && refusal.error === 'invalid_request_object')
    }
  })

  it('come out without an exception, whatever is in it', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue()), claims => {
        requestObjectParams(claims)
        check(claims, { isStrict: true })
      }),
    )
  })
})

describe('a request object and the parameters beside it (OIDC Core §6.1)', () => {
  it('supersedes what is outside, and keeps what is only outside', () => {
    const inside = paramsOf({ state: 'inside', nonce: 'n', redirect_uri: 'https://app.example.org/callback' })
    const outside = parsed(
      'client_id=dashboard&response_type=code&scope=openid&state=outside&redirect_uri=https://evil.example&request=a.b.c',
    )
    const params = assembleParams(inside, outside)
    assert.ok(!isRefusal(params))
    assert.deepEqual(Object.fromEntries(params.names().map(name => [name, params.get(name)])), {
      state: 'inside',
      nonce: 'n',
      redirect_uri: 'https://app.example.org/callback',
      client_id: 'dashboard',
      response_type: 'code',
      scope: 'openid',
    })
  })

  it('has to agree about response_type, in any order of its words', () => {
    const outside = parsed('response_type=code+id_token')
    assert.ok(!isRefusal(assembleParams(paramsOf({ response_type: 'id_token code' }), outside)))
    const refusal = assembleParams(paramsOf({ response_type: 'code' }), outside)
    assert.ok(isRefusal(refusal) && refusal.error === 'invalid_request')
  })
})
