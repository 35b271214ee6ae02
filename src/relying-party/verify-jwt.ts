/** A JWT of an upstream (RFC 7519 §7.2): decrypted where it is encrypted, its algorithm one of those agreed on, its signature by the upstream. */

import { decodeProtectedHeader } from 'jose'
import type { JsonObject } from '../core/clients/client.ts'
import type { Upstream } from '../core/upstreams/upstream.ts'
import { decryptJwe, keyManagementOf, readJweHeader, secretEncryptionKey } from '../spec/jwe.ts'
import type { SigningAlgorithm } from '../spec/jws.ts'
import { jsonText, printable } from '../spec/params.ts'
import { isRefusal, type Refusal, refuse } from '../spec/refusal.ts'
import { clientSecretOf } from './client-secret.ts'
import { jsonObject } from './normalise-answer.ts'
import type { RelyingPartyRoom } from './room.ts'
import { algorithmNamed } from './signing-algorithms.ts'
import type { ReadyUpstream } from './upstream-metadata.ts'
import { verifySignature } from './verify-signature.ts'

export interface JwtWishes {
  /** `ID token`, for people. */
  readonly what: string
  readonly algs: readonly SigningAlgorithm[]
  /** It came by an open door, so that no setting spares it a check. */
  readonly fromAnybody?: boolean
  readonly mustBeEncrypted?: boolean
}

export interface OpenedJwt {
  readonly header: JsonObject
  readonly claims: JsonObject
  readonly alg: SigningAlgorithm | undefined
  readonly encrypted: boolean
  /** Nothing of it was checked (`disable_jwt_validation`). */
  readonly unchecked: boolean
}

/** What an upstream may send at most; the fetch is limited besides. */
const MAX_LENGTH = 200_000
const SHAPE = 'RFC 7519 §7.2 JWT of the upstream'

export async function openJwt(
  ready: ReadyUpstream,
  jwt: string,
  wishes: JwtWishes,
  room: RelyingPartyRoom,
): Promise<OpenedJwt | Refusal> {
  const { upstream } = ready
  const { what, fromAnybody = false, mustBeEncrypted = false } = wishes
  const encrypted = jwt.split('.', 6).length === 5
  const unchecked = upstream.disableJwtValidation && !fromAnybody
  if (mustBeEncrypted && !encrypted && !unchecked)
    return refuse(
      'server_error',
      `the ${what} of the upstream is not encrypted`,
      'require_encrypted_id_token of the upstream',
    )
  const jws = encrypted ? await decrypted(upstream, jwt, what, room) : jwt
  if (isRefusal(jws)) return jws
  const parts = readParts(jws)
  if (parts === undefined) return refuse('server_error', `the ${what} of the upstream is no JWT`, SHAPE, { what })
  if (unchecked) {
    room.warnOnce(upstream.alias, 'JWTs of this upstream are NOT validated: anybody can pretend to be anybody')
    return { ...parts, alg: undefined, encrypted, unchecked }
  }
  const refusal = await checkSignature(ready, jws, parts.header, wishes, room)
  if (isRefusal(refusal)) return refusal
  return { ...parts, alg: algorithmNamed(parts.header.alg), encrypted, unchecked }
}

/** The claims of a JWT that was sent to us, decrypted where it has to be, without any check. */
export async function readJwt(
  { upstream }: ReadyUpstream,
  jwt: string,
  what: string,
  room: RelyingPartyRoom,
): Promise<JsonObject | undefined> {
  const jws = jwt.split('.', 6).length === 5 ? await decrypted(upstream, jwt, what, room) : jwt
  return isRefusal(jws) ? undefined : readParts(jws)?.claims
}

/** The claims of a JWT without any check. */
export function readParts(jws: string): { readonly header: JsonObject; readonly claims: JsonObject } | undefined {
  const parts = jws.split('.', 4)
  if (jws.length > MAX_LENGTH || parts.length !== 3) return undefined
  const claims = jsonObject(Buffer.from(parts[1] ?? '', 'base64url').toString('utf8'))
  if (claims === undefined) return undefined
  try {
    return { header: decodeProtectedHeader(jws) as JsonObject, claims }
  } catch {
    return undefined
  }
}

async function decrypted(
  upstream: Upstream,
  jwe: string,
  what: string,
  room: RelyingPartyRoom,
): Promise<string | Refusal> {
  const byOurKey = await room.keys.decrypt(jwe)
  if (byOurKey !== undefined) return byOurKey.plaintext.toString('utf8')
  const header = readJweHeader(jwe)
  // OIDC Core §10.2: with the secret that both share.
  if (header !== undefined && keyManagementOf(header.alg) === 'secret' && upstream.clientSecret !== undefined) {
    const secret = clientSecretOf(upstream, room)
    if (isRefusal(secret)) return secret
    const bySecret = await decryptJwe(jwe, secretEncryptionKey(secret, header.alg, header.enc))
    if (bySecret !== undefined) return bySecret.plaintext.toString('utf8')
  }
  return refuse(
    'server_error',
    `the ${what} of the upstream cannot be decrypted`,
    'RFC 7516 §5.2 JWE is encrypted to a key of ours',
    { what, ...(header === undefined ? {} : { alg: header.alg, enc: header.enc }) },
  )
}

async function checkSignature(
  ready: ReadyUpstream,
  jws: string,
  header: JsonObject,
  { what, algs, fromAnybody = false }: JwtWishes,
  room: RelyingPartyRoom,
): Promise<Refusal | undefined> {
  const alg = algorithmNamed(header.alg)
  const checksSignature = ready.upstream.validateSignatures || fromAnybody
  const named = printable(jsonText(header.alg), 30)
  const kid = typeof header.kid === 'string' ? header.kid : undefined
  // RFC 7515 §4.1.11: no extension is understood here, that of RFC 7797 (`b64`) among them.
  if (header.crit !== undefined || header.b64 !== undefined)
    return refuse(
      'server_error',
      `the ${what} of the upstream has a critical header`,
      'RFC 7515 §4.1.11 crit of the upstream',
      { what },
    )
  // RFC 8725 §3.1: `none` is never a signature, and the token does not choose what is one.
  if (alg === undefined || (checksSignature && !algs.includes(alg)))
    return refuse(
      'server_error',
      `the ${what} of the upstream is signed with an algorithm that is not allowed`,
      'RFC 8725 §3.1 what the upstream may sign with',
      { what, alg: named, allowed: algs },
    )
  if (!checksSignature) return undefined
  const verified = await verifySignature(ready, jws, { alg, kid }, room)
  if (isRefusal(verified)) return verified
  if (verified === true) return undefined
  return refuse(
    'server_error',
    `the signature of the ${what} is not by a key of the upstream`,
    'RFC 7515 §5.2 signature by a key of the upstream',
    {
      what,
      alg,
      ...(kid === undefined ? {} : { kid: printable(kid, 100) }),
      ...(typeof verified === 'string' ? { problem: verified } : {}),
    },
  )
}
