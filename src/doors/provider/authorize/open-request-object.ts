/** Opens a request object: decrypts it with our key, and verifies its signature with the client's (RFC 9101 §6.1, §6.2). */

import type { Client } from '../../../core/clients/client.ts'
import { SIGNING_ALGORITHMS } from '../../../spec/jws.ts'
import { printable } from '../../../spec/params.ts'
import { isRefusal, type Refusal, refuse } from '../../../spec/refusal.ts'
import {
  type OpenedRequestObject,
  parseClaims,
  parseRequestObject,
  type RequestObjectClaims,
  type RequestObjectForm,
} from '../../../spec/request-object.ts'
import type { ProviderPorts } from '../ports.ts'

export type RequestObjectPorts = Pick<ProviderPorts, 'keys' | 'clientKeys' | 'requestRules'>

export async function openRequestObject(
  text: string,
  client: Client,
  ports: RequestObjectPorts,
  now: Date,
): Promise<OpenedRequestObject | Refusal> {
  const form = parseRequestObject(text)
  if (isRefusal(form)) return form
  if (form.kind !== 'encrypted') return verified(form, text, client, ports, now)
  // OIDC Registration §2: whatever request_object_encryption_alg says, a client MAY encrypt otherwise, or not at all.
  // OIDC Core §10.2: to a key of ours, or with the client's secret.
  const decrypted = (await ports.keys.decrypt(text)) ?? (await ports.clientKeys.decryptWithSecret(client, text, now))
  if (decrypted === undefined)
    return refuse(
      'invalid_request_object',
      'the request object cannot be decrypted',
      'RFC 9101 §6.1 it is encrypted for us',
    )
  const inner = decrypted.plaintext.toString('utf8')
  const claims = parseClaims(inner)
  if (claims !== undefined) return unsigned(claims, undefined, client, ports)
  const innerForm = parseRequestObject(inner)
  if (isRefusal(innerForm)) return innerForm
  // OIDC Core §6.1: signed and then encrypted, once.
  if (innerForm.kind === 'encrypted')
    return refuse(
      'invalid_request_object',
      'the request object is encrypted twice',
      'OIDC Core §6.1 signed, then encrypted',
    )
  return verified(innerForm, inner, client, ports, now)
}

async function verified(
  form: Exclude<RequestObjectForm, { kind: 'encrypted' }>,
  text: string,
  client: Client,
  ports: RequestObjectPorts,
  now: Date,
): Promise<OpenedRequestObject | Refusal> {
  if (form.kind === 'unsigned') return unsigned(form.claims, form.typ, client, ports)
  const { requestObjectSigningAlg: registered } = client
  const known = SIGNING_ALGORITHMS.find(alg => alg === form.alg)
  if (known === undefined || (registered !== undefined && registered !== known)) return wrongAlgorithm(form.alg, client)
  const checked = await ports.clientKeys.verify(client, text, { algs: [known], now, error: 'invalid_request_object' })
  if (isRefusal(checked)) return checked
  return { claims: checked.payload, alg: known, typ: checked.header.typ }
}

function unsigned(
  claims: RequestObjectClaims,
  typ: unknown,
  client: Client,
  { requestRules }: RequestObjectPorts,
): OpenedRequestObject | Refusal {
  // RFC 9101 §10.5: none is refused where signing is required, so that nobody can take the signature off.
  return (client.requestObjectSigningAlg ?? 'none') === 'none' && !mustSign(client, requestRules)
    ? { claims, alg: 'none', typ }
    : wrongAlgorithm('none', client)
}

/** RFC 9101 §10.5 `require_signed_request_object`, of the server or of the client. */
export function mustSign(client: Client, { requireSigned }: ProviderPorts['requestRules']): boolean {
  return requireSigned || client.requireSignedRequestObject === true
}

function wrongAlgorithm(alg: string, { requestObjectSigningAlg }: Client): Refusal {
  return refuse(
    'invalid_request_object',
    `the request object is signed with ${printable(alg, 20)}, which is not allowed for this client`,
    'OIDC Registration §2 request_object_signing_alg',
    { alg: printable(alg, 20), request_object_signing_alg: requestObjectSigningAlg ?? 'any' },
  )
}
