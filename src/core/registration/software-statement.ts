/** Software statements (RFC 7591 §2.3): metadata about the app, signed by somebody whom the operator trusts. */

import { decodeJwt } from 'jose'
import { secondsOf } from '../../lib/clock.ts'
import { ASYMMETRIC_SIGNING_ALGORITHMS } from '../../spec/jws.ts'
import { isRefusal, type Refusal, refuse } from '../../spec/refusal.ts'
import type { JsonObject } from '../clients/client.ts'
import type { ClientKeys, KeyHolder } from '../clients/client-keys.ts'
import { checkMetadata } from './metadata-text.ts'

export interface StatementIssuer {
  /** What stands in `iss`. */
  readonly issuer: string
  /** One of the two (RFC 7517 §5). */
  readonly jwks?: { readonly keys: readonly JsonObject[] }
  readonly jwksUri?: string
}

export interface StatementPorts {
  /** Our own. */
  readonly issuer: string
  readonly issuers: readonly StatementIssuer[]
  readonly clientKeys: Pick<ClientKeys, 'verify'>
  readonly now: Date
}

export interface SoftwareStatement {
  readonly issuer: string
  /** Its claims without those that are about the statement itself. */
  readonly metadata: JsonObject
}

const RULE = 'RFC 7591 §2.3 software_statement'

/** RFC 7519 §4.1: about the statement. What says who the client is to us is ours to say (RFC 7591 §3.2.1). */
const NOT_METADATA = new Set(['iss', 'sub', 'aud', 'exp', 'nbf', 'iat', 'jti', 'software_statement', 'client_id'])

const CLOCK_SKEW_SECONDS = 30

export async function verifySoftwareStatement(
  statement: string,
  ports: StatementPorts,
): Promise<SoftwareStatement | Refusal> {
  const claimed = issuerOf(statement)
  if (claimed === undefined) return invalid('is no JWT with an iss')
  const trusted = ports.issuers.find(({ issuer }) => issuer === claimed)
  if (trusted === undefined) {
    // RFC 7591 §3.2.2: unapproved_software_statement.
    const facts = { issuer: claimed.slice(0, 200) }
    const rule = 'registration.software_statement_issuers'
    return refuse(
      'unapproved_software_statement',
      'software_statement is by no issuer that is trusted here',
      rule,
      facts,
    )
  }
  const verified = await ports.clientKeys.verify(keyHolder(trusted), statement, {
    // RFC 7591 §2.3: digitally signed or MACed; nobody shares a key with this server, so only signatures count.
    algs: ASYMMETRIC_SIGNING_ALGORITHMS,
    now: ports.now,
    error: 'invalid_software_statement',
  })
  if (isRefusal(verified)) return verified
  const claims = checkMetadata(verified.payload, RULE)
  if (isRefusal(claims)) return invalid('holds what is no metadata', { issuer: claimed })
  return (
    checkAudience(claims, ports.issuer) ??
    checkTimes(claims, ports.now) ?? { issuer: claimed, metadata: metadataIn(claims) }
  )
}

function keyHolder({ issuer, jwks, jwksUri }: StatementIssuer): KeyHolder {
  return {
    clientId: issuer,
    secrets: [],
    ...(jwks === undefined ? {} : { jwks }),
    ...(jwksUri === undefined ? {} : { jwksUri }),
  }
}

function issuerOf(statement: string): string | undefined {
  try {
    const { iss } = decodeJwt(statement)
    return typeof iss === 'string' ? iss : undefined
  } catch {
    return undefined
  }
}

/**
 * RFC 7519 §4.1.3: a JWT that names its audience and not us MUST be rejected. So an ID token of the same issuer, which names its app, is
 * no software statement (RFC 8725 §2.8).
 */
function checkAudience({ aud }: JsonObject, issuer: string): Refusal | undefined {
  if (aud === undefined) return undefined
  const audiences: readonly unknown[] = Array.isArray(aud) ? aud : [aud]
  return [issuer, `${issuer}/register`].some(own => audiences.includes(own))
    ? undefined
    : invalid('is for somebody else (aud)', { issuer })
}

/** RFC 7519 §4.1.4, §4.1.5. */
function checkTimes({ exp, nbf }: JsonObject, now: Date): Refusal | undefined {
  const seconds = secondsOf(now)
  if ((exp !== undefined && typeof exp !== 'number') || (nbf !== undefined && typeof nbf !== 'number'))
    return invalid('has an exp or nbf that is no number')
  if (typeof exp === 'number' && exp + CLOCK_SKEW_SECONDS <= seconds) return invalid('has expired', { exp })
  return typeof nbf === 'number' && nbf - CLOCK_SKEW_SECONDS > seconds
    ? invalid('does not count yet', { nbf })
    : undefined
}

function metadataIn(claims: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(claims).filter(([name]) => !NOT_METADATA.has(name)))
}

function invalid(problem: string, facts = {}): Refusal {
  return refuse('invalid_software_statement', `software_statement ${problem}`, RULE, facts)
}
