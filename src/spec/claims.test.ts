/** Tests of the claims of each scope, and of the ID token. */

import assert from 'node:assert/strict'
import { hash } from 'node:crypto'
import { describe, it } from 'node:test'
import { type ClaimSource, claimsOf } from './claims.ts'
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

  it('hashes the access token with SHA-512 for EdDSA', () => {
    const expected = hash('sha512', 'token', 'buffer').subarray(0, 32).toString('base64url')
    assert.equal(idTokenClaims({ ...facts, alg: 'EdDSA' }).at_hash, expected)
  })
})
