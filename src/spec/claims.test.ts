/** Tests of the claims of each scope, and of the ID token. */

import assert from 'node:assert/strict'
import { hash } from 'node:crypto'
import { describe, it } from 'node:test'
import { type ClaimSource, type ClaimsWanted, claimsOf } from './claims.ts'
import { idTokenClaims } from './id-token.ts'

const ADA: ClaimSource = {
  subject: '248289761001',
  username: 'ada',
  email: 'ada@example.org',
  emailVerified: true,
  groups: ['admins', 'staff'],
  updatedAt: new Date('2026-03-01T12:00:00.900Z'),
  attributes: {
    name: 'Ada Lovelace',
    given_name: 'Ada',
    birthdate: '1815-12-10',
    zoneinfo: 'Europe/London',
    address: { locality: 'London', country: 'GB' },
    phone_number: '+44 20 7946 0000',
  },
}

describe('claims by scope (OIDC Core §5.4)', () => {
  const rows: [string[], Record<string, unknown>][] = [
    [['openid'], {}],
    [
      ['openid', 'profile'],
      {
        name: 'Ada Lovelace',
        given_name: 'Ada',
        birthdate: '1815-12-10',
        zoneinfo: 'Europe/London',
        preferred_username: 'ada',
        updated_at: 1772366400,
      },
    ],
    [['openid', 'email'], { email: 'ada@example.org', email_verified: true }],
    [['openid', 'groups'], { groups: ['admins', 'staff'] }],
    [['openid', 'address'], { address: { locality: 'London', country: 'GB' } }],
    [['openid', 'phone'], { phone_number: '+44 20 7946 0000', phone_number_verified: false }],
    [['openid', 'offline_access'], {}],
  ]
  for (const [scopes, claims] of rows) {
    it(`${scopes.join(' ')} yields sub and ${Object.keys(claims).join(', ') || 'nothing else'}`, () => {
      assert.deepEqual(claimsOf(ADA, scopes), { sub: '248289761001', ...claims })
    })
  }

  it('leave out what has no value (§5.3.2)', () => {
    const { email: _, ...nobody } = ADA
    const claims = claimsOf({ ...nobody, attributes: {} }, ['openid', 'profile', 'email', 'address', 'phone'])
    assert.deepEqual(Object.keys(claims), ['sub', 'name', 'preferred_username', 'updated_at'])
    assert.equal(claims.name, 'ada')
  })
})

describe('single claims (OIDC Core §5.5)', () => {
  const wishing = (wishes: NonNullable<ClaimsWanted['wishes']>, scopes = ['openid']) => {
    const { sub: _, ...claims } = claimsOf(ADA, scopes, { wishes })
    return claims
  }

  it('stand beside those of the scopes, essential or not', () => {
    assert.deepEqual(wishing({ email: {}, given_name: { essential: true } }), {
      email: 'ada@example.org',
      given_name: 'Ada',
    })
    assert.deepEqual(wishing({ email_verified: {} }, ['email']), { email: 'ada@example.org', email_verified: true })
  })

  it('are told only when they have a value that is asked for, and nothing tells what it is otherwise (§5.5.1)', () => {
    assert.deepEqual(wishing({ given_name: { value: 'Ada' }, zoneinfo: { values: ['a', 'Europe/London'] } }), {
      given_name: 'Ada',
      zoneinfo: 'Europe/London',
    })
    assert.deepEqual(wishing({ given_name: { value: 'Eve' }, address: { value: { country: 'US' } } }), {})
    assert.deepEqual(wishing({ address: { value: { country: 'GB', locality: 'London' } } }), {
      address: { locality: 'London', country: 'GB' },
    })
  })

  it('are claims about the person, and nothing else that an object has', () => {
    const hostile = JSON.parse('{ "iss": {}, "__proto__": {}, "constructor": {}, "passwordHash": {}, "id": {} }')
    assert.deepEqual(wishing(hostile), {})
  })

  it('are known by their language tags (§5.2)', () => {
    const person = { ...ADA, attributes: { name: 'Ada', 'name#de': 'Gräfin' } }
    const { sub: _, ...tagged } = claimsOf(person, ['openid'], { wishes: { 'name#de': {} } })
    assert.deepEqual(tagged, { 'name#de': 'Gräfin' })
    assert.equal(claimsOf(person, ['profile'], { locales: ['fr', 'de'] })['name#de'], 'Gräfin')
  })

  it('has groups as text where the app wants that', () => {
    assert.equal(claimsOf(ADA, ['groups'], { groupsShape: 'string' }).groups, 'admins,staff')
  })
})

describe('the ID token (OIDC Core §2, §3.1.3.6)', () => {
  const facts = {
    issuer: 'https://id.example.org',
    subject: 's',
    clientId: 'app',
    issuedAt: 100,
    expiresAt: 3700,
    authTime: 50,
    requestedAt: 90,
    tokenId: 'jti',
    nonce: 'n',
    sessionId: 'sid',
    amr: ['pwd'],
    scopes: ['openid', 'email'],
    accessToken: 'token',
    alg: 'ES256',
  } as const

  it("has the claims of Authelia's table and those of OIDC, and none about the person", () => {
    assert.deepEqual(idTokenClaims(facts), {
      iss: 'https://id.example.org',
      sub: 's',
      aud: ['app'],
      azp: 'app',
      exp: 3700,
      iat: 100,
      auth_time: 50,
      rat: 90,
      jti: 'jti',
      sid: 'sid',
      amr: ['pwd'],
      scope: 'openid email',
      scp: ['openid', 'email'],
      nonce: 'n',
      at_hash: hash('sha256', 'token', 'buffer').subarray(0, 16).toString('base64url'),
    })
  })

  it('has no nonce when none was sent', () => {
    assert.ok(!('nonce' in idTokenClaims({ ...facts, nonce: undefined })))
  })

  it('says which class of sign-in was reached, who acts, and hashes what goes through the browser (§3.3.2.11)', () => {
    const claims = idTokenClaims({ ...facts, acr: 'urn:a', actor: { sub: 'b' }, code: 'code', state: 'state' })
    const half = (text: string) => hash('sha256', text, 'buffer').subarray(0, 16).toString('base64url')
    assert.deepEqual([claims.acr, claims.act, claims.c_hash], ['urn:a', { sub: 'b' }, half('code')])
    assert.equal(claims.s_hash, half('state'), 'FAPI 1.0 Part 2 §5.1.1')
  })

  it('has the shape that an app expects, when that is another one', () => {
    const shaped = idTokenClaims({ ...facts, shape: { scp: 'string', withRequestedAt: false } })
    assert.deepEqual([shaped.scp, 'rat' in shaped], ['openid email', false])
    assert.ok(!('scp' in idTokenClaims({ ...facts, shape: { scp: 'none' } })))
    assert.ok(!('sid' in idTokenClaims({ ...facts, sessionId: undefined })))
  })

  it('hashes the access token with SHA-512 for EdDSA', () => {
    const expected = hash('sha512', 'token', 'buffer').subarray(0, 32).toString('base64url')
    assert.equal(idTokenClaims({ ...facts, alg: 'EdDSA' }).at_hash, expected)
  })
})
