/** An `id_token_hint` (OIDC Core §3.1.2.1, RP-Initiated Logout §2): an ID token that we issued once, expired or not. */

import { compactVerify, decodeJwt, decodeProtectedHeader } from 'jose'
import type { Clock } from '../../lib/clock.ts'
import { isAsymmetric } from '../../spec/jws.ts'
import { isRefusal, type Refusal, refuse } from '../../spec/refusal.ts'
import type { JsonObject } from '../clients/client.ts'
import type { ClientKeys } from '../clients/client-keys.ts'
import type { ClientRepository } from '../clients/client-repository.ts'
import type { KeyRing } from './key-ring.ts'

export interface IdTokenHint {
  readonly subject: string
  readonly clientId: string
  readonly sessionId?: string
}

export interface HintPorts {
  readonly issuer: string
  readonly keys: Pick<KeyRing, 'findPublicKey' | 'decrypt'>
  readonly clientKeys: Pick<ClientKeys, 'verify'>
  readonly repositories: { readonly clients: Pick<ClientRepository, 'findByClientId'> }
  readonly clock: Clock
}

const RULE = 'OIDC Core §3.1.2.1 id_token_hint was issued by us'

export async function verifyIdTokenHint(hint: string, ports: HintPorts): Promise<IdTokenHint | Refusal> {
  const claims = await verifiedClaims(await opened(hint, ports), ports)
  if (claims === undefined) return refuse('invalid_request', 'id_token_hint is not valid', RULE)
  const { iss, sub, azp, sid } = claims
  if (iss !== ports.issuer) return refuse('invalid_request', 'id_token_hint was issued by somebody else', RULE)
  if (typeof sub !== 'string' || typeof azp !== 'string')
    return refuse('invalid_request', 'id_token_hint is not an ID token', RULE)
  return { subject: sub, clientId: azp, ...(typeof sid === 'string' ? { sessionId: sid } : {}) }
}

/** OIDC Core §3.1.2.1: a client that got its ID token encrypted may encrypt it again, to a key of ours. */
async function opened(hint: string, { keys }: HintPorts): Promise<string> {
  const decrypted = await keys.decrypt(hint)
  return decrypted === undefined ? hint : decrypted.plaintext.toString('utf8')
}

async function verifiedClaims(jws: string, ports: HintPorts): Promise<JsonObject | undefined> {
  try {
    const { alg, typ } = decodeProtectedHeader(jws)
    // RFC 8725 §3.11: what else we sign says that it is something else.
    if (typ !== undefined && typ !== 'JWT') return undefined
    return alg?.startsWith('HS') === true ? await verifiedBySecret(jws, ports) : await verifiedByOurKey(jws, ports)
  } catch {
    return undefined
  }
}

async function verifiedByOurKey(jws: string, { keys }: HintPorts): Promise<JsonObject> {
  const { payload } = await compactVerify(jws, async ({ kid, alg }) => {
    const known = kid === undefined ? undefined : await keys.findPublicKey(kid)
    // The key decides the algorithm, never the token: `none` finds no key here.
    if (known === undefined || known.alg !== alg) throw new Error('no key of ours')
    return known.key
  })
  return JSON.parse(Buffer.from(payload).toString('utf8')) as JsonObject
}

/** OIDC Core §10.1: only for a client whose ID tokens are signed with its secret, and then it could have made this one itself. */
async function verifiedBySecret(
  jws: string,
  { clientKeys, repositories, clock }: HintPorts,
): Promise<JsonObject | undefined> {
  const { azp } = decodeJwt(jws)
  const client = typeof azp === 'string' ? await repositories.clients.findByClientId(azp) : undefined
  if (client === undefined || isAsymmetric(client.idTokenSignedResponseAlg)) return undefined
  const algs = [client.idTokenSignedResponseAlg]
  const verified = await clientKeys.verify(client, jws, { algs, now: clock.now() })
  return isRefusal(verified) ? undefined : verified.payload
}
