/** Proofs of possession as requests carry them (RFC 9449, RFC 8705 §3): the DPoP header, and the certificate of the connection. */

import type { Client } from '../core/clients/client.ts'
import {
  certificateThumbprint,
  decideConfirmation,
  isSameConfirmation,
} from '../core/proof-of-possession/confirmation.ts'
import type { CheckedProof, DpopProofs } from '../core/proof-of-possession/dpop-proofs.ts'
import { type SingleUse, useUp } from '../core/single-use/single-use.ts'
import type { Commit } from '../core/unit-of-work.ts'
import { isDpopScheme } from '../spec/bearer-token.ts'
import type { Confirmation } from '../spec/confirmation.ts'
import { isRefusal, type Refusal, refuse } from '../spec/refusal.ts'
import type { HttpRequest } from './endpoint.ts'

export interface ProofPorts {
  readonly issuer: string
  readonly dpop: DpopProofs
  readonly repositories: { readonly commit: Commit }
}

/** What a request for tokens proves to hold, and so what its tokens are bound to. */
export interface ShownPossession {
  readonly cnf?: Confirmation
  /** RFC 9449 §6.1: the thumbprint of the DPoP key. */
  readonly dpopJkt?: string
  /** What counts once, and has to be used up before the answer is given. */
  readonly uses: readonly SingleUse[]
}

/** For an endpoint that uses up the proof in the unit of its own writes. */
export function showPossession(
  request: HttpRequest,
  client: Client,
  ports: Pick<ProofPorts, 'dpop' | 'issuer'>,
  now: Date,
): ShownPossession | Refusal {
  const proof = readProof(request, ports, now)
  if (isRefusal(proof)) return proof
  const cnf = decideConfirmation(client, { jkt: proof?.jkt, certificate: request.clientCertificate })
  if (isRefusal(cnf)) return cnf
  return {
    ...(cnf === undefined ? {} : { cnf }),
    ...(proof === undefined ? {} : { dpopJkt: proof.jkt }),
    uses: proof === undefined ? [] : [proof.use],
  }
}

/** The verified DPoP proof of a request, if it has one; not yet used up. */
export function readProof(
  request: HttpRequest,
  { dpop, issuer }: Pick<ProofPorts, 'dpop' | 'issuer'>,
  now: Date,
  accessToken?: string,
): CheckedProof | undefined | Refusal {
  const header = request.header('dpop')
  if (header === undefined) return undefined
  const { method, path } = request
  return dpop.check({
    header,
    method,
    url: `${issuer}${path}`,
    now,
    ...(accessToken === undefined ? {} : { accessToken }),
  })
}

/** Where a token is used: whoever sends it holds the key it is bound to. Refusals are those of RFC 6750 §3.1 and RFC 9449 §7.1. */
export function checkPossession(
  request: HttpRequest,
  cnf: Confirmation | undefined,
  ports: ProofPorts,
  now: Date,
  accessToken: string,
): Refusal | undefined | Promise<Refusal | undefined> {
  const isDpop = isDpopScheme(request.authorization)
  if (cnf !== undefined && 'jkt' in cnf) {
    // RFC 9449 §7.2: a bound token is no bearer token, or whoever stole it could use it as one.
    if (!isDpop) return invalidToken('the access token is bound to a DPoP key', 'RFC 9449 §7.2 no bearer token')
    return checkDpopPossession(request, cnf, ports, now, accessToken)
  }
  if (isDpop) return invalidToken('the access token is not bound to a DPoP key', 'RFC 9449 §7.1 a token bound by DPoP')
  if (cnf === undefined) return undefined
  const { clientCertificate: der } = request
  const shown = der === undefined ? undefined : { 'x5t#S256': certificateThumbprint(der) }
  if (isSameConfirmation(cnf, shown)) return undefined
  // RFC 8705 §3: 401 and invalid_token.
  return invalidToken('the access token is bound to another certificate', 'RFC 8705 §3 the same certificate')
}

async function checkDpopPossession(
  request: HttpRequest,
  cnf: Confirmation,
  ports: ProofPorts,
  now: Date,
  accessToken: string,
): Promise<Refusal | undefined> {
  const proof = readProof(request, ports, now, accessToken)
  if (isRefusal(proof)) return proof
  if (proof === undefined)
    return refuse('invalid_dpop_proof', 'a DPoP proof is required', 'RFC 9449 §7.1 a proof comes with the token')
  if (!isSameConfirmation(cnf, { jkt: proof.jkt }))
    return invalidToken('the access token is bound to another DPoP key', 'RFC 9449 §7.1 the key of the token')
  return useUp([proof.use], ports.repositories.commit)
}

function invalidToken(description: string, rule: string): Refusal {
  return refuse('invalid_token', description, rule)
}
