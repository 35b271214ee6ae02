/** No parsed input makes an exception: whatever is sent, a parser answers with what it read or with a refusal. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { parseAuthorizationDetails } from './authorization-details.ts'
import { parsePrompt } from './authorization-parameters.ts'
import { parseBackchannelRequest } from './backchannel-request.ts'
import { parseAccessToken, parseBearerToken } from './bearer-token.ts'
import { parseClaimsRequest } from './claims-request.ts'
import { checkClientAssertion } from './client-assertion.ts'
import { checkClientAttestation } from './client-attestation.ts'
import { parseClientCredentials } from './client-credentials.ts'
import { parseClientIdUrl } from './client-id-url.ts'
import { parseCompactJws } from './compact-jws.ts'
import { parseDistinguishedName } from './distinguished-name.ts'
import { checkDpopClaims, parseDpopProof } from './dpop.ts'
import { checkGrantAssertion } from './grant-assertion.ts'
import { readJweHeader } from './jwe.ts'
import { encodeParams, type Params, parseParams } from './params.ts'
import { isRefusal } from './refusal.ts'
import { checkRequestObject, parseRequestObject, requestObjectParams } from './request-object.ts'
import { parseResources } from './resource.ts'
import { responseTypeOf } from './response-types.ts'
import { parseScope } from './scope.ts'
import { parseTokenExchange } from './token-exchange.ts'
import { parseUserCode } from './user-code.ts'
import { readCertificateSubject } from './x509.ts'

const NOW = 1_800_000_000
const ISSUER = 'https://id.example.org'

/** Members that mean something to protocols, and some that mean something to JavaScript. */
const names = fc.constantFrom(
  ...[
    'iss',
    'sub',
    'aud',
    'exp',
    'nbf',
    'iat',
    'jti',
    'cnf',
    'jwk',
    'client_id',
    'typ',
    'alg',
    'kid',
    'jku',
    'crit',
    'zip',
  ],
  ...[
    'htm',
    'htu',
    'ath',
    'nonce',
    'scope',
    'claims',
    'userinfo',
    'id_token',
    'type',
    'locations',
    'resource',
    'kty',
    'crv',
  ],
  ...['toString', 'valueOf', 'constructor', '__proto__', 'length', 'then', 'toJSON'],
)
const text = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  names,
  fc.constantFrom(ISSUER, 'none', 'ES256', 'client'),
)
/** Objects that cannot be made into text: `String()` of one throws. */
const mute = { toString: 1, valueOf: 1 }
const { value: json } = fc.letrec<{ value: unknown; object: Record<string, unknown> }>(tie => ({
  value: fc.oneof(
    { maxDepth: 3 },
    text,
    fc.double(),
    fc.integer(),
    fc.constantFrom(null, true, NOW, mute, [mute], { jwk: mute }, [[mute]]),
    fc.array(tie('value'), { maxLength: 4 }),
    tie('object'),
  ),
  object: fc.dictionary(fc.oneof(names, fc.string()), tie('value'), { maxKeys: 6 }),
}))
// As it arrives: through JSON, so that `__proto__` is a member like any other.
const jsonObject = fc
  .dictionary(fc.oneof({ weight: 5, arbitrary: names }, fc.string()), json, { maxKeys: 8 })
  .map(value => JSON.parse(JSON.stringify(value)) as Record<string, unknown>)
const base64url = jsonObject.map(value => Buffer.from(JSON.stringify(value)).toString('base64url'))
const jwt = fc.tuple(base64url, base64url, fc.oneof(fc.constant(''), fc.base64String())).map(parts => parts.join('.'))
const anyText = fc.oneof(
  text,
  jwt,
  json.map(value => JSON.stringify(value) ?? ''),
  fc.base64String(),
)
const parameterNames = fc.constantFrom(
  ...[
    'scope',
    'request',
    'login_hint',
    'id_token_hint',
    'login_hint_token',
    'binding_message',
    'requested_expiry',
    'user_code',
  ],
  ...[
    'client_notification_token',
    'acr_values',
    'grant_type',
    'subject_token',
    'subject_token_type',
    'actor_token',
    'resource',
  ],
  ...['audience', 'requested_token_type', 'client_id', 'client_secret', 'client_assertion', 'client_assertion_type'],
)
const params = fc.array(fc.tuple(parameterNames, anyText), { maxLength: 12 }).map((entries): Params => {
  const wellFormed = entries.map(([name, value]): [string, string] => [name, value.toWellFormed()])
  const parsed = parseParams(encodeParams(wellFormed))
  return isRefusal(parsed) ? (parseParams('') as Params) : parsed
})

const RUNS = { numRuns: 1000 }

describe('no parsed input makes an exception', () => {
  const ofText: Readonly<Record<string, (input: string) => unknown>> = {
    'forms (RFC 6749 Appendix B)': parseParams,
    'scopes (RFC 6749 §3.3)': parseScope,
    'prompts (OIDC Core §3.1.2.1)': parsePrompt,
    'response types (Multiple Response Types §3)': responseTypeOf,
    'claims (OIDC Core §5.5)': input => parseClaimsRequest(input, () => true),
    'authorization details (RFC 9396 §2)': input => parseAuthorizationDetails(input, ['type']),
    'resources (RFC 8707 §2)': input => parseResources([input]),
    'compact JWS (RFC 7515 §7.1)': parseCompactJws,
    'compact JWE (RFC 7516 §7.1)': readJweHeader,
    'request objects (RFC 9101 §4)': parseRequestObject,
    'DPoP proofs (RFC 9449 §4.3)': parseDpopProof,
    'bearer tokens (RFC 6750 §2.1)': input => parseBearerToken(input, undefined),
    'access tokens (RFC 9449 §7.1)': input => parseAccessToken(input, undefined),
    'client_id URLs (Client ID Metadata Document §3)': parseClientIdUrl,
    'names of certificates (RFC 8705 §2.1.2)': parseDistinguishedName,
    'user codes (RFC 8628 §6.1)': parseUserCode,
    'Basic credentials (RFC 6749 §2.3.1)': input => parseClientCredentials(input, parseParams('') as Params),
  }
  for (const [what, parse] of Object.entries(ofText)) {
    it(what, () =>
      fc.assert(
        fc.property(anyText, input => void parse(input)),
        RUNS,
      ),
    )
  }

  const ofClaims: Readonly<Record<string, (claims: Record<string, unknown>) => unknown>> = {
    'client assertions (RFC 7523 §3)': claims =>
      checkClientAssertion(claims, { clientId: 'client', audiences: [ISSUER], isIssuerOnly: false, now: NOW }),
    'assertions about people (RFC 7523 §3)': claims =>
      checkGrantAssertion(claims, { audiences: [ISSUER], maxLifetimeSeconds: 300, now: NOW }),
    'the claims of request objects (RFC 9101 §4)': claims => {
      checkRequestObject(
        { claims, alg: 'ES256', typ: claims.typ },
        { issuer: ISSUER, clientId: 'client', isStrict: true, now: new Date(NOW * 1000) },
      )
      return requestObjectParams(claims)
    },
  }
  for (const [what, check] of Object.entries(ofClaims)) {
    it(what, () =>
      fc.assert(
        fc.property(jsonObject, claims => void check({ ...claims })),
        RUNS,
      ),
    )
    it(`${what}, nearly right`, () => {
      const right = {
        iss: 'client',
        sub: 'client',
        aud: ISSUER,
        exp: NOW + 60,
        iat: NOW,
        jti: 'j',
        client_id: 'client',
      }
      fc.assert(
        fc.property(
          fc.constantFrom(...Object.keys(right), 'nbf', 'typ', 'auth_time', 'scope'),
          json,
          (name, value) => void check({ ...right, [name]: JSON.parse(JSON.stringify(value)) }),
        ),
        RUNS,
      )
    })
  }

  it('attestations (Attestation-Based Client Authentication §7)', () => {
    const expected = { attesters: [], issuer: ISSUER, now: NOW, challenges: 'none' as const }
    fc.assert(
      fc.property(jwt, jwt, (first, second) => {
        const [attestation, proof] = [parseCompactJws(first), parseCompactJws(second)]
        if (attestation !== undefined && proof !== undefined) checkClientAttestation({ attestation, proof }, expected)
      }),
      RUNS,
    )
  })

  it('the claims of DPoP proofs (RFC 9449 §4.3)', () => {
    fc.assert(
      fc.property(jsonObject, claims => {
        const jws = { header: {}, payload: claims, input: '', signature: Buffer.alloc(0) } as never
        const request = { method: 'POST', url: `${ISSUER}/token`, now: NOW } as never
        checkDpopClaims({ jws } as never, request)
      }),
      RUNS,
    )
  })

  it('backchannel requests (CIBA Core §7.1), token exchanges (RFC 8693 §2.1), credentials (RFC 6749 §2.3)', () => {
    fc.assert(
      fc.property(params, anyText, anyText, (form, attestation, proof) => {
        parseBackchannelRequest(form, 'ping')
        parseTokenExchange(form)
        parseClientCredentials(undefined, form, { attestation, proof })
      }),
      RUNS,
    )
  })

  it('certificates (RFC 5280 §4.1)', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), bytes => void readCertificateSubject(Buffer.from(bytes))),
      RUNS,
    )
    assert.equal(readCertificateSubject(Buffer.alloc(0)), undefined)
  })
})
