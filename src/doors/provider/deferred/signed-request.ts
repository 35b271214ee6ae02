/** Signed authentication requests (CIBA Core §7.1.1): all parameters as one JWT, signed with the client's key. */

import { hash } from 'node:crypto'
import type { Client, JsonObject } from '../../../core/clients/client.ts'
import type { Write } from '../../../core/unit-of-work.ts'
import { secondsOf } from '../../../lib/clock.ts'
import { ASYMMETRIC_SIGNING_ALGORITHMS } from '../../../spec/jws.ts'
import type { Params } from '../../../spec/params.ts'
import { jsonText } from '../../../spec/params.ts'
import { firstRefusal, isRefusal, type Refusal, refuse } from '../../../spec/refusal.ts'
import type { ProviderPorts } from '../ports.ts'

export interface ResolvedBackchannelRequest {
  readonly params: Params
  /** Absent when the parameters came by themselves. Times in seconds since the epoch. */
  readonly signed?: { readonly alg: string; readonly notBefore: number; readonly expiresAt: number }
  /** The request counts once: committed together with what it asks for. */
  readonly writes: readonly Write[]
}

/** CIBA Core §7.1.1: client authentication stays outside of the JWT. */
const OUTSIDE: readonly string[] = [
  'request',
  'client_id',
  'client_secret',
  'client_assertion',
  'client_assertion_type',
]
/** RFC 7519 §4.1.4: a little, for clocks that differ. */
const LEEWAY_SECONDS = 30
/** Nobody's request is valid for longer than a day; its `jti` is remembered as long. */
const MAX_LIFETIME_SECONDS = 86_400
const MAX_JTI_LENGTH = 256

export async function resolveBackchannelRequest(
  params: Params,
  client: Client,
  ports: ProviderPorts,
  now: Date,
): Promise<ResolvedBackchannelRequest | Refusal> {
  const jws = params.get('request')
  const registered = client.backchannelAuthenticationRequestSigningAlg
  if (jws === undefined) {
    // CIBA Core §4: whoever registered an algorithm signs; otherwise a thief of the client's secret would simply leave it out.
    if (registered === undefined) return { params, writes: [] }
    return refuse(
      'invalid_request',
      'the authentication request must be signed',
      'CIBA Core §4 backchannel_authentication_request_signing_alg of the client',
      { client_id: client.clientId, alg: registered },
    )
  }
  const outside = params.names().find(name => !OUTSIDE.includes(name))
  if (outside !== undefined)
    return refuse(
      'invalid_request',
      'parameters of a signed request must not stand outside of it',
      'CIBA Core §7.1.1 all parameters are in the JWT',
      { parameter: outside.slice(0, 60) },
    )
  const algs = registered === undefined ? ASYMMETRIC_SIGNING_ALGORITHMS : [registered]
  const verified = await ports.clientKeys.verify(client, jws, { algs, now })
  if (isRefusal(verified))
    return refuse('invalid_request', 'the signed request is not valid', verified.rule, verified.facts)
  const { header, payload } = verified
  const times = checkKind(header, payload) ?? checkClaims(payload, client, ports.issuer, secondsOf(now))
  if (isRefusal(times)) return times
  const key = `backchannel-request:${client.uid}:${hash('sha256', times.jti, 'base64url')}` as const
  const { notBefore, expiresAt } = times
  return {
    params: paramsOf(payload),
    signed: { alg: jsonText(header.alg), notBefore, expiresAt },
    writes: [ports.repositories.usedOnce.use(key, new Date((expiresAt + LEEWAY_SECONDS) * 1000))],
  }
}

/**
 * RFC 8725 §3.11, §3.12: a request object for the authorization endpoint is signed by the same key and passes through browsers. Whoever
 * found one there asks nobody with it here.
 */
function checkKind({ typ }: JsonObject, payload: JsonObject): Refusal | undefined {
  const isOther = typ !== undefined && (typeof typ !== 'string' || !/^(?:application\/)?jwt$/i.test(typ))
  return isOther || payload.response_type !== undefined || payload.redirect_uri !== undefined
    ? refuse('invalid_request', 'the JWT is of another kind', 'RFC 8725 §3.12 a signed authentication request (CIBA)')
    : undefined
}

interface CheckedClaims {
  readonly notBefore: number
  readonly expiresAt: number
  readonly jti: string
}

/** CIBA Core §7.1.1: iss, aud, exp, iat, nbf and jti MUST be there. */
function checkClaims(payload: JsonObject, client: Client, issuer: string, now: number): CheckedClaims | Refusal {
  const { iss, aud, exp, iat, nbf, jti } = payload
  const numbers = { exp, iat, nbf }
  const missing = Object.entries(numbers).find(([, value]) => typeof value !== 'number' || !Number.isFinite(value))?.[0]
  const audiences: readonly unknown[] = Array.isArray(aud) ? aud : [aud]
  const refusal = firstRefusal(
    iss === client.clientId ? undefined : invalid('iss', 'iss must be the client_id'),
    audiences.includes(issuer) ? undefined : invalid('aud', 'aud must be the issuer'),
    typeof jti === 'string' && jti !== '' && jti.length <= MAX_JTI_LENGTH
      ? undefined
      : invalid('jti', `jti must be a string of at most ${MAX_JTI_LENGTH} characters`),
    missing === undefined ? undefined : invalid(missing, `${missing} must be a number`),
  )
  if (refusal !== undefined) return refusal
  const [expiresAt, issuedAt, notBefore] = [Number(exp), Number(iat), Number(nbf)]
  return (
    firstRefusal(
      expiresAt > now - LEEWAY_SECONDS ? undefined : invalid('exp', 'the request has expired', { exp: expiresAt }),
      expiresAt <= now + MAX_LIFETIME_SECONDS ? undefined : invalid('exp', 'exp is more than a day away'),
      notBefore <= now + LEEWAY_SECONDS
        ? undefined
        : invalid('nbf', 'the request is not valid yet', { nbf: notBefore }),
      issuedAt <= now + LEEWAY_SECONDS ? undefined : invalid('iat', 'iat is in the future', { iat: issuedAt }),
    ) ?? { notBefore, expiresAt, jti: jsonText(jti) }
  )
}

function invalid(claim: string, description: string, facts: Refusal['facts'] = {}): Refusal {
  return refuse('invalid_request', description, `CIBA Core §7.1.1 ${claim} of the signed request`, facts)
}

/** The members of the JWT as parameters; what is structured comes as the JSON that it would be outside. */
function paramsOf(payload: JsonObject): Params {
  const get = (name: string): string | undefined => {
    const value = Object.hasOwn(payload, name) ? payload[name] : undefined
    if (value === undefined || value === null || value === '') return undefined
    return typeof value === 'string' ? value : JSON.stringify(value)
  }
  return {
    get,
    getAll(name) {
      const value = payload[name]
      if (Array.isArray(value)) return value.map(jsonText)
      const text = get(name)
      return text === undefined ? [] : [text]
    },
    names: () => Object.keys(payload),
    repeated: [],
  }
}
