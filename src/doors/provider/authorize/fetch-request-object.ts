/** Request objects by reference (RFC 9101 §5.2, OIDC Core §6.2): fetched from where the client said that they are. */

import { hash } from 'node:crypto'
import type { Client } from '../../../core/clients/client.ts'
import { printable } from '../../../spec/params.ts'
import { type Refusal, refuse } from '../../../spec/refusal.ts'
import { MAX_REQUEST_OBJECT_BYTES } from '../../../spec/request-object.ts'
import type { ProviderPorts } from '../ports.ts'

export type FetchRequestObject = (
  requestUri: string,
  client: Client,
  ports: Pick<ProviderPorts, 'clientDocuments'>,
) => Promise<string | Refusal>

const ACCEPTED = 'application/oauth-authz-req+jwt, application/jwt'
/** At most so many objects of 32 kB. */
const MAX_KEPT = 100
/** RFC 9101 §10.4.1: whoever comes makes us ask, and the server that we ask may be slow on purpose. */
const MAX_AT_ONCE = 100

export function createRequestObjectFetch(): FetchRequestObject {
  const kept = new Map<string, string>()
  let underWay = 0
  return async (requestUri, client, { clientDocuments }) => {
    // RFC 9101 §10.4: anybody's address would let anybody send us where they like. OIDC Registration §2: registered ones, whole.
    if (client.requestUris?.includes(requestUri) !== true) return notRegistered(requestUri, client)
    const known = kept.get(requestUri)
    if (known !== undefined) return known
    const [url = '', fragment] = requestUri.split('#', 2)
    if (underWay >= MAX_AT_ONCE) return busy()
    underWay += 1
    // RFC 9110 §7.1: a fragment is never sent.
    const answer = await clientDocuments({ url, headers: { accept: ACCEPTED } }).finally(() => {
      underWay -= 1
    })
    if (answer.kind === 'refused') return unreachable(`${answer.reason}: ${answer.detail}`)
    if (answer.status !== 200) return unreachable(`the answer has status ${answer.status}`)
    if (answer.body.length > MAX_REQUEST_OBJECT_BYTES)
      return unreachable(`the answer has more than ${MAX_REQUEST_OBJECT_BYTES} bytes`)
    // RFC 9101 §5.2.3 names a media type, but static servers send what they know: what counts is that it is a JWT of the client's.
    const text = answer.body.toString('utf8').trim()
    if (isHashOf(fragment, answer.body)) keep(kept, requestUri, text)
    return text
  }
}

/** OIDC Core §6.2: the fragment is the SHA-256 of what is fetched. Such a thing cannot change, so it is fetched once. */
function isHashOf(fragment: string | undefined, body: Buffer): boolean {
  return fragment === hash('sha256', body, 'base64url')
}

function keep(kept: Map<string, string>, requestUri: string, text: string): void {
  const [oldest] = kept.keys()
  if (kept.size >= MAX_KEPT && oldest !== undefined) kept.delete(oldest)
  kept.set(requestUri, text)
}

function busy(): Refusal {
  return refuse(
    'temporarily_unavailable',
    'too many request objects are being fetched',
    'RFC 9101 §10.4.1 at most 100 request objects are fetched at once',
  )
}

function notRegistered(requestUri: string, client: Client): Refusal {
  return refuse(
    'invalid_request_uri',
    'request_uri is not registered for this client',
    'OIDC Registration §2 request_uris holds it, exactly',
    { request_uri: printable(requestUri, 200), registered: client.requestUris ?? [] },
  )
}

/** What was found there stays in the house: it tells who asks what our network looks like. */
function unreachable(problem: string): Refusal {
  return refuse(
    'invalid_request_uri',
    'the request object could not be fetched from request_uri',
    'RFC 9101 §7 request_uri gives a request object',
    { problem: printable(problem, 200) },
  )
}
