/** How a client says who it is (RFC 6749 §2.3, OIDC Core §9): reads the presented credentials, decides nothing about them. */

import { type CompactJws, parseCompactJws } from './compact-jws.ts'
import type { Params } from './params.ts'
import { type Refusal, refuse } from './refusal.ts'

export type PresentedCredentials =
  /** The `client_id` alone: a public client, or one whose certificate came with the connection (RFC 8705 §2). */
  | { readonly method: 'none'; readonly clientId: string }
  | {
      readonly method: 'client_secret_basic' | 'client_secret_post'
      readonly clientId: string
      readonly secret: string
    }
  | {
      readonly method: 'client_secret_jwt' | 'private_key_jwt'
      readonly clientId: string
      readonly assertion: string
      /** Its parts; nothing of them is verified. */
      readonly jws: CompactJws
    }
  | {
      readonly method: 'attest_jwt_client_auth'
      readonly clientId: string
      readonly attestation: CompactJws
      readonly proof: CompactJws
    }

export const TOKEN_ENDPOINT_AUTH_METHODS = [
  'client_secret_basic',
  'client_secret_post',
  'client_secret_jwt',
  'private_key_jwt',
  'tls_client_auth',
  'self_signed_tls_client_auth',
  'attest_jwt_client_auth',
  'none',
] as const

/** RFC 7523 §2.2. */
export const JWT_BEARER_ASSERTION = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

/** Attestation-Based Client Authentication §4, §5.1: what came in `OAuth-Client-Attestation` and `OAuth-Client-Attestation-PoP`. */
export interface AttestationHeaders {
  readonly attestation: string | undefined
  readonly proof: string | undefined
}

const NO_ATTESTATION: AttestationHeaders = { attestation: undefined, proof: undefined }

export function parseClientCredentials(
  authorization: string | undefined,
  params: Params,
  headers: AttestationHeaders = NO_ATTESTATION,
): PresentedCredentials | Refusal {
  const secret = params.get('client_secret')
  const assertion = params.get('client_assertion')
  // RFC 6749 §2.3: a client MUST NOT use more than one authentication method in each request.
  if ([authorization, secret, assertion].filter(value => value !== undefined).length > 1) {
    return refuse(
      'invalid_request',
      'more than one client authentication method was used',
      'RFC 6749 §2.3 one authentication method',
    )
  }
  if (authorization !== undefined) return parseBasicCredentials(authorization, params)
  if (assertion !== undefined) return parseAssertion(assertion, params)
  // Attestation-Based Client Authentication §7.6: beside another way of authenticating it is no more than a signal.
  if (secret === undefined && (headers.attestation !== undefined || headers.proof !== undefined))
    return parseAttestation(headers, params)
  const clientId = params.get('client_id')
  if (clientId === undefined) {
    return refuse('invalid_client', 'client authentication is missing', 'RFC 6749 §3.2.1 client authentication')
  }
  return secret === undefined ? { method: 'none', clientId } : { method: 'client_secret_post', clientId, secret }
}

function parseBasicCredentials(authorization: string, params: Params): PresentedCredentials | Refusal {
  const basic = parseBasic(authorization)
  if (basic === undefined) {
    return refuse(
      'invalid_client',
      'the Authorization header is not valid Basic authentication',
      'RFC 6749 §2.3.1 client_secret_basic',
    )
  }
  const clientId = params.get('client_id')
  if (clientId !== undefined && clientId !== basic.clientId) {
    return refuse('invalid_request', 'client_id differs from the Authorization header', 'RFC 6749 §2.3 one client')
  }
  return { method: 'client_secret_basic', ...basic }
}

/** RFC 7521 §4.2: `client_id` is unnecessary, as the subject of the assertion says who it is; when it is there, it is the same. */
function parseAssertion(assertion: string, params: Params): PresentedCredentials | Refusal {
  const type = params.get('client_assertion_type')
  if (type !== JWT_BEARER_ASSERTION) {
    return refuse(
      'invalid_client',
      'client_assertion_type is not the one for JWTs',
      'RFC 7523 §2.2 client_assertion_type',
      { client_assertion_type: type?.slice(0, 100) ?? null },
    )
  }
  const jws = parseCompactJws(assertion)
  const clientId = jws?.payload.sub
  if (jws === undefined || typeof clientId !== 'string' || clientId === '') {
    return refuse('invalid_client', 'the client assertion is no JWT with a sub', 'RFC 7523 §3 sub is the client_id')
  }
  const foreign = checkClientId(clientId, params, 'RFC 7521 §4.2 client_id identifies the same client')
  if (foreign !== undefined) return foreign
  // OIDC Core §9: which of the two it is, only the algorithm says. It is held against the client's registration.
  const isMac = typeof jws.header.alg === 'string' && jws.header.alg.startsWith('HS')
  return { method: isMac ? 'client_secret_jwt' : 'private_key_jwt', clientId, assertion, jws }
}

/** Attestation-Based Client Authentication §7.5: the `client_id` is the subject of the attestation. */
function parseAttestation(headers: AttestationHeaders, params: Params): PresentedCredentials | Refusal {
  // §7: an attestation without a proof of its own asks for another method, which we do not speak.
  const attestation = parseCompactJws(headers.attestation ?? '')
  const proof = parseCompactJws(headers.proof ?? '')
  const clientId = attestation?.payload.sub
  if (attestation === undefined || proof === undefined || typeof clientId !== 'string' || clientId === '') {
    return refuse(
      'invalid_client',
      'the client attestation is not one JWT with a sub, and one proof',
      'Attestation-Based Client Authentication §7.1 one attestation and one proof',
    )
  }
  const foreign = checkClientId(clientId, params, 'Attestation-Based Client Authentication §7.5 client_id is the sub')
  return foreign ?? { method: 'attest_jwt_client_auth', clientId, attestation, proof }
}

function checkClientId(clientId: string, params: Params, rule: string): Refusal | undefined {
  const sent = params.get('client_id')
  if (sent === undefined || sent === clientId) return undefined
  return refuse('invalid_client', 'client_id is another client', rule, {
    client_id: sent.slice(0, 100),
    sub: clientId.slice(0, 100),
  })
}

/** RFC 6749 §2.3.1: `Basic base64(urlencode(client_id) ":" urlencode(client_secret))`. */
function parseBasic(authorization: string): { readonly clientId: string; readonly secret: string } | undefined {
  const space = authorization.indexOf(' ')
  if (space === -1 || authorization.slice(0, space).toLowerCase() !== 'basic') return undefined
  const pair = Buffer.from(authorization.slice(space + 1).trim(), 'base64').toString('utf8')
  const colon = pair.indexOf(':')
  if (colon < 1) return undefined
  const clientId = formDecode(pair.slice(0, colon))
  const secret = formDecode(pair.slice(colon + 1))
  return clientId === undefined || secret === undefined ? undefined : { clientId, secret }
}

function formDecode(text: string): string | undefined {
  if (!text.includes('%') && !text.includes('+')) return text
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    // Many clients skip the encoding that RFC 6749 §2.3.1 asks for: a stray % is then part of the secret itself.
    return text
  }
}
