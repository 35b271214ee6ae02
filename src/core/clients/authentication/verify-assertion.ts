/** client_secret_jwt and private_key_jwt (OIDC Core §9, RFC 7523): is the assertion the client's, for us, and new? */

import { secondsOf } from '../../../lib/clock.ts'
import { assertionUsedBefore, checkClientAssertion } from '../../../spec/client-assertion.ts'
import type { PresentedCredentials } from '../../../spec/client-credentials.ts'
import { ASYMMETRIC_SIGNING_ALGORITHMS, type SigningAlgorithm } from '../../../spec/jws.ts'
import { jsonText, printable } from '../../../spec/params.ts'
import { isRefusal, type Refusal, refuse } from '../../../spec/refusal.ts'
import type { SingleUse } from '../../single-use/single-use.ts'
import type { UsedOnceRepository } from '../../single-use/used-once.ts'
import type { Client } from '../client.ts'
import type { ClientKeys } from '../client-keys.ts'
import type { SecretUses } from '../secret-uses.ts'

export type PresentedAssertion = Extract<PresentedCredentials, { assertion: string }>

export interface AssertionPorts {
  readonly clientKeys: Pick<ClientKeys, 'verify'>
  readonly usedOnce: UsedOnceRepository
  readonly secretUses: SecretUses
}

export interface AssertionShowing {
  readonly now: Date
  /** Names of ours that may stand in `aud`, the issuer first. */
  readonly audiences: readonly string[]
}

const ALGORITHMS: Readonly<Record<PresentedAssertion['method'], readonly SigningAlgorithm[]>> = {
  client_secret_jwt: ['HS256', 'HS384', 'HS512'],
  private_key_jwt: ASYMMETRIC_SIGNING_ALGORITHMS,
}

export async function verifyAssertion(
  client: Client,
  { method, assertion, jws }: PresentedAssertion,
  { now, audiences }: AssertionShowing,
  { clientKeys, usedOnce, secretUses }: AssertionPorts,
): Promise<SingleUse | Refusal> {
  const algs = allowedAlgorithms(client, method)
  const facts = { client_id: client.clientId, method }
  if (!algs.some(alg => alg === jws.header.alg)) {
    return refuse('invalid_client', 'client authentication failed', 'OIDC Core §9 token_endpoint_auth_signing_alg', {
      ...facts,
      alg: printable(jsonText(jws.header.alg)),
      allowed: algs,
    })
  }
  // The claims first: they cost nothing, and a signature may cost a request to the client's server.
  const checked = checkClientAssertion(jws.payload, {
    clientId: client.clientId,
    audiences,
    isIssuerOnly: client.profile === 'fapi2',
    now: secondsOf(now),
  })
  if (isRefusal(checked)) return asInvalidClient(checked, facts)
  const verified = await clientKeys.verify(client, assertion, { algs, now })
  if (isRefusal(verified)) return asInvalidClient(verified, facts)
  if (verified.secretId !== undefined) secretUses.note(client.uid, verified.secretId, now)
  const write = usedOnce.use(`assertion:${client.uid}:${checked.jti}`, new Date(checked.usableUntil * 1000))
  return { write, refusal: assertionUsedBefore(client.clientId) }
}

/** OIDC Registration §2 token_endpoint_auth_signing_alg: that one alone; otherwise any that fits the method. */
function allowedAlgorithms(client: Client, method: PresentedAssertion['method']): readonly SigningAlgorithm[] {
  const registered = client.tokenEndpointAuthSigningAlg
  return registered === undefined ? ALGORITHMS[method] : ALGORITHMS[method].filter(alg => alg === registered)
}

/** RFC 6749 §5.2: whatever was wrong, the answer is the same. */
function asInvalidClient({ rule, facts: own }: Refusal, facts: Refusal['facts']): Refusal {
  return refuse('invalid_client', 'client authentication failed', rule, { ...own, ...facts })
}
