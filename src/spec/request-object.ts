/** Request objects (RFC 9101, OIDC Core §6): authorization requests as JWTs. What stands in one, and which rules hold for it. */

import { SIGNING_ALGORITHMS } from './jws.ts'
import { encodeParams, jsonText, type Params, parseParams, printable } from './params.ts'
import { firstRefusal, isRefusal, type Refusal, refuse } from './refusal.ts'
import { responseTypeOf } from './response-types.ts'

/** In the order of discovery. OIDC Core §6.1: `none` is for clients that are not held to signing. */
export const REQUEST_OBJECT_ALGORITHMS: readonly string[] = [...SIGNING_ALGORITHMS, 'none']

/** Longer than any honest one: a signed and encrypted object with a chain of certificates has about 8 kB. */
export const MAX_REQUEST_OBJECT_BYTES = 32 * 1024

/** RFC 7519 §4.1.4: a small leeway, because no two clocks show the same time. */
const LEEWAY_SECONDS = 30

export type RequestObjectClaims = Readonly<Record<string, unknown>>

/** An opened request object: decrypted, and its signature verified where it has one. */
export interface OpenedRequestObject {
  readonly claims: RequestObjectClaims
  /** `none` when it was not signed. */
  readonly alg: string
  readonly typ?: unknown
}

export type RequestObjectForm =
  | { readonly kind: 'encrypted' }
  | { readonly kind: 'signed'; readonly alg: string }
  | { readonly kind: 'unsigned'; readonly claims: RequestObjectClaims; readonly typ?: unknown }

/** What the text is, by its parts (RFC 7515 §7.1, RFC 7516 §7.1) and its `alg`. Nothing in it is believed yet. */
export function parseRequestObject(text: string): RequestObjectForm | Refusal {
  if (Buffer.byteLength(text) > MAX_REQUEST_OBJECT_BYTES)
    return invalid('the request object is too large', `a request object has at most ${MAX_REQUEST_OBJECT_BYTES} bytes`)
  const parts = text.split('.')
  if (!/^[\w.-]+$/.test(text)) return notJwt()
  if (parts.length === 5) return { kind: 'encrypted' }
  const [head, payload, signature] = parts
  const header = parseObject(head)
  if (parts.length !== 3 || header === undefined || typeof header.alg !== 'string') return notJwt()
  const { alg, typ } = header as { alg: string; typ?: unknown }
  if (alg !== 'none') return { kind: 'signed', alg }
  // RFC 7518 §3.6: the signature of an unsecured JWS is the empty string. RFC 7515 §4.1.11: nobody here understands an extension.
  if (signature !== '' || 'crit' in header) return notJwt()
  const claims = parseObject(payload)
  return claims === undefined ? notJwt() : { kind: 'unsigned', claims, typ }
}

/** RFC 7516 §4.1.12: claims that were encrypted without a signature, not a JWT in a JWT. */
export function parseClaims(json: string): RequestObjectClaims | undefined {
  try {
    const value: unknown = JSON.parse(json)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as RequestObjectClaims)
      : undefined
  } catch {
    return undefined
  }
}

function parseObject(base64url: string | undefined): RequestObjectClaims | undefined {
  return parseClaims(Buffer.from(base64url ?? '', 'base64url').toString('utf8'))
}

export interface RequestObjectExpectations {
  readonly issuer: string
  readonly clientId: string
  /** Only the object counts (RFC 9101 §6.3), so it has to say whose it is. */
  readonly isStrict: boolean
  readonly now: Date
}

export function checkRequestObject(
  { claims, alg, typ }: OpenedRequestObject,
  { issuer, clientId, isStrict, now }: RequestObjectExpectations,
): Refusal | undefined {
  return firstRefusal(
    checkType(typ),
    checkSubject(claims, clientId),
    checkIssuer(claims, clientId),
    checkAudience(claims, issuer),
    checkTimes(claims, Math.floor(now.getTime() / 1000)),
    checkClientId(claims, clientId, isStrict && alg !== 'none'),
    checkNotNested(claims),
  )
}

/** RFC 9101 §10.8, RFC 8725 §3.11: a JWT that says it is something else is something else: an ID token, a proof, an assertion. */
function checkType(typ: unknown): Refusal | undefined {
  if (typ === undefined) return undefined
  const name = typeof typ === 'string' ? typ.toLowerCase().replace(/^application\//, '') : ''
  return ['jwt', 'oauth-authz-req+jwt'].includes(name)
    ? undefined
    : invalid('the JWT is of another type', 'RFC 9101 §10.8 typ is oauth-authz-req+jwt, JWT or absent', {
        typ: printable(jsonText(typ)),
      })
}

/** RFC 9101 §10.8: a client's assertion (RFC 7523 §3) has the client as its subject; a request object never does. */
function checkSubject({ sub }: RequestObjectClaims, clientId: string): Refusal | undefined {
  return sub === clientId
    ? invalid('sub is the client: this is no request object', 'RFC 9101 §10.8 sub is not the client_id')
    : undefined
}

/** RFC 9101 §4, OIDC Core §6.1: iss SHOULD be there when the object is signed; where it is, it is the client. */
function checkIssuer({ iss }: RequestObjectClaims, clientId: string): Refusal | undefined {
  return iss === undefined || iss === clientId
    ? undefined
    : invalid('iss is not the client_id', 'RFC 9101 §4 iss is the client_id', { iss: printable(jsonText(iss), 100) })
}

/** RFC 9101 §4, OIDC Core §6.1: aud SHOULD be or include our issuer; an object for another server is not for us. */
function checkAudience({ aud }: RequestObjectClaims, issuer: string): Refusal | undefined {
  if (aud === undefined) return undefined
  const audiences: readonly unknown[] = Array.isArray(aud) ? aud : [aud]
  return audiences.includes(issuer)
    ? undefined
    : invalid('aud does not include the issuer', 'RFC 9101 §4 aud is the issuer', {
        aud: audiences.slice(0, 5).map(value => printable(jsonText(value), 100)),
        issuer,
      })
}

/** RFC 7519 §4.1.4 to §4.1.6. */
function checkTimes({ exp, nbf, iat }: RequestObjectClaims, now: number): Refusal | undefined {
  const notNumber = Object.entries({ exp, nbf, iat }).find(
    ([, time]) => time !== undefined && !(typeof time === 'number' && Number.isFinite(time)),
  )
  if (notNumber !== undefined)
    return invalid(`${notNumber[0]} is not a number`, `RFC 7519 §2 ${notNumber[0]} is a NumericDate`)
  if (typeof exp === 'number' && exp <= now - LEEWAY_SECONDS)
    return invalid('the request object has expired', 'RFC 7519 §4.1.4 exp has not passed', { exp, now })
  if (typeof nbf === 'number' && nbf > now + LEEWAY_SECONDS)
    return invalid('the request object is not valid yet', 'RFC 7519 §4.1.5 nbf has come', { nbf, now })
  if (typeof iat === 'number' && iat > now + LEEWAY_SECONDS)
    return invalid('the request object is from the future', 'RFC 7519 §4.1.6 iat is not in the future', { iat, now })
  return undefined
}

/** RFC 9101 §6.3: client_id inside and outside MUST be identical. OIDC Core §6.1 lets it stand outside alone. */
function checkClientId(
  { client_id: inside }: RequestObjectClaims,
  clientId: string,
  isRequired: boolean,
): Refusal | undefined {
  if (inside === clientId || (inside === undefined && !isRequired)) return undefined
  return invalid(
    inside === undefined
      ? 'the request object has no client_id'
      : 'client_id in the request object is another than outside',
    'RFC 9101 §6.3 client_id is the same inside and outside',
  )
}

/** RFC 9101 §4: request and request_uri MUST NOT be included in request objects. */
function checkNotNested(claims: RequestObjectClaims): Refusal | undefined {
  const found = REFERENCES.find(name => claims[name] !== undefined)
  return found === undefined
    ? undefined
    : invalid(`${found} stands in the request object`, 'RFC 9101 §4 request objects are not nested')
}

/** RFC 7519 §4.1: about the JWT, not about what is asked. */
const JWT_CLAIMS: ReadonlySet<string> = new Set(['iss', 'sub', 'aud', 'exp', 'nbf', 'iat', 'jti'])

/** RFC 9101 §4: members are parameters under the same names; numbers as JSON numbers, structures as JSON. */
export function requestObjectParams(claims: RequestObjectClaims): Params | Refusal {
  const entries = Object.entries(claims)
    .filter(([name, value]) => !JWT_CLAIMS.has(name) && value !== null && value !== undefined)
    .flatMap(([name, value]) => textsOf(name, value).map((text): [string, string] => [name, text]))
  if (entries.some(entry => entry.some(text => !text.isWellFormed())))
    return invalid('a value in the request object is not Unicode', 'RFC 8259 §8.2 strings are Unicode')
  const params = parseParams(encodeParams(entries))
  return isRefusal(params) ? invalid(params.description, params.rule, params.facts) : params
}

function textsOf(name: string, value: unknown): readonly string[] {
  // RFC 8707 §2: several resources are several parameters; in a JWT they are one array.
  if (name === 'resource' && Array.isArray(value)) return value.filter(item => typeof item === 'string')
  return [typeof value === 'string' ? value : JSON.stringify(value)]
}

/**
 * OIDC Core §6.1: what is inside supersedes what is outside, and what is only outside counts, too.
 * response_type and client_id MUST stand outside and match, so that the request is a valid OAuth 2.0 request.
 */
export function assembleParams(inside: Params, outside: Params): Params | Refusal {
  const [within, without] = [inside.get('response_type'), outside.get('response_type')]
  if (within !== undefined && without !== undefined && canonical(within) !== canonical(without)) {
    return refuse(
      'invalid_request',
      'response_type in the request object is another than outside',
      'OIDC Core §6.1 response_type is the same inside and outside',
      { inside: printable(within), outside: printable(without) },
    )
  }
  const left = outside.names().filter(name => inside.get(name) === undefined && !REFERENCES.includes(name))
  return parseParams(encodeParams([...entriesOf(inside, inside.names()), ...entriesOf(outside, left)]))
}

const REFERENCES: readonly string[] = ['request', 'request_uri']

function entriesOf(params: Params, names: readonly string[]): readonly (readonly [string, string])[] {
  return names.flatMap(name => params.getAll(name).map((value): [string, string] => [name, value]))
}

function canonical(responseType: string): string {
  return responseTypeOf(responseType) ?? responseType
}

function notJwt(): Refusal {
  return invalid('the request object is not a JWT', 'RFC 9101 §4 a request object is a JWT')
}

function invalid(description: string, rule: string, facts: Refusal['facts'] = {}): Refusal {
  return refuse('invalid_request_object', description, rule, facts)
}
