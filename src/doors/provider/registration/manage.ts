/** Client configuration endpoint (RFC 7592 §2): an app reads, replaces and deletes its registration. */

import { matchesMade } from '../../../core/clients/authentication/check-secret.ts'
import type { Client, JsonObject } from '../../../core/clients/client.ts'
import { changedMembers } from '../../../core/clients/edit-client.ts'
import type { Declaration } from '../../../core/declarations/declaration.ts'
import { clientInformation, NOT_IN_REQUESTS } from '../../../core/registration/client-information.ts'
import { checkDeclaredMembers } from '../../../core/registration/declared-members.ts'
import { replaceClient } from '../../../core/registration/register-client.ts'
import { generationOf, openRegistrationToken } from '../../../core/registration/registration-handles.ts'
import type { HttpRequest, Reply } from '../../../http/endpoint.ts'
import { emptyReply, jsonReply } from '../../../http/replies.ts'
import { parseBearerToken } from '../../../spec/bearer-token.ts'
import { parseParams } from '../../../spec/params.ts'
import { firstRefusal, isRefusal, type Refusal, refuse } from '../../../spec/refusal.ts'
import { bearerErrorReply } from '../error-replies.ts'
import type { ProviderPorts } from '../ports.ts'
import { refusedReply, tokenRefusedReply } from './registration-replies.ts'
import { makingPorts, parseBody, rulesNow } from './registration-request.ts'

/**
 * RFC 7592 §2.1. The registration access token stays the same: an app that loses an answer would lose its registration with it. The
 * secret is only there when it is kept in the clear under the master key.
 */
export async function readRegistration(request: HttpRequest, ports: ProviderPorts): Promise<Reply> {
  const client = await findRegistered(request, ports)
  if (!isClient(client)) return notAllowed(client, request, ports)
  return informationReply(client, undefined, ports)
}

/** RFC 7592 §2.2. */
export async function replaceRegistration(request: HttpRequest, ports: ProviderPorts): Promise<Reply> {
  const now = ports.clock.now()
  const client = await findRegistered(request, ports)
  if (!isClient(client)) return notAllowed(client, request, ports)
  const said = parseBody(request, 'RFC 7592 §2.2 client metadata')
  const refusal = isRefusal(said) ? said : checkReplacement(said, client, now)
  if (isRefusal(said) || refusal !== undefined) return refusedReply(refusal as Refusal, request, ports, client)
  const made = await replaceClient(client, said, await rulesNow(ports), makingPorts(ports, now))
  if (isRefusal(made)) return refusedReply(made, request, ports, client)
  const declared = checkDeclaredMembers(await declarationOf(client, ports), client, made.client)
  if (declared !== undefined) return refusedReply(declared, request, ports, client)
  const outcome = await ports.journal.commit([
    ports.repositories.clients.replace(made.client, client),
    ports.journal.record('client.replaced', {
      ...visitOf(client, request),
      at: now,
      detail: { client_id: client.clientId, by: 'itself', members: changedMembers(client, made.client) },
    }),
  ])
  if (outcome.committed) return informationReply(made.client, made.secret, ports)
  const rule = 'a registration is changed by one request at a time'
  return refusedReply(
    refuse('temporarily_unavailable', 'the client was changed just now', rule),
    request,
    ports,
    client,
  )
}

/** RFC 7592 §2.3: its secret, its tokens and its grants end with it, because all of them ask for their client. */
export async function deleteRegistration(request: HttpRequest, ports: ProviderPorts): Promise<Reply> {
  const client = await findRegistered(request, ports)
  if (!isClient(client)) return notAllowed(client, request, ports)
  const declared = checkDeclaredMembers(await declarationOf(client, ports), client)
  if (declared !== undefined) return refusedReply(declared, request, ports, client)
  const detail = { client_id: client.clientId, by: 'itself' }
  // Losing means that it was deleted a moment ago, which is what was asked for.
  await ports.journal.commit([
    ports.repositories.clients.delete(client.uid),
    ports.journal.record('client.deleted', { ...visitOf(client, request), detail }),
  ])
  return emptyReply(204)
}

function declarationOf({ clientId }: Client, { repositories }: ProviderPorts): Promise<Declaration | undefined> {
  return repositories.declarations.find('clients', clientId)
}

/** Nothing: no token was shown. */
type NotAllowed = Refusal | undefined

function isClient(found: Client | NotAllowed): found is Client {
  return found !== undefined && !isRefusal(found)
}

async function findRegistered(request: HttpRequest, ports: ProviderPorts): Promise<Client | NotAllowed> {
  const text = parseBearerToken(request.authorization, undefined)
  if (text === undefined || isRefusal(text)) return text
  const params = parseParams(request.query)
  const token = openRegistrationToken(ports.keys.handles, text)
  const client = token && (await ports.repositories.clients.find(token.clientUid))
  // RFC 7592 §2.1: 401 when the client does not exist; and one answer for every token that is not this client's.
  const isIts = client !== undefined && token !== undefined && generationOf(client) === token.generation
  if (!isIts || client.origin !== 'registration' || isRefusal(params) || params.get('client_id') !== client.clientId) {
    const rule = 'RFC 7592 §2 the registration access token belongs to the client'
    return refuse('invalid_token', 'the registration access token is not valid', rule, {
      client_exists: client !== undefined,
    })
  }
  // RFC 7592 §2.1: 403 when the client may not see its record.
  return client.disabledAt === undefined
    ? client
    : refuse('access_denied', 'the client is disabled', 'the client is enabled', { client_id: client.clientId })
}

function notAllowed(refusal: NotAllowed, request: HttpRequest, ports: ProviderPorts): Reply {
  if (refusal === undefined) return bearerErrorReply(undefined)
  return refusal.error === 'access_denied'
    ? refusedReply(refusal, request, ports)
    : tokenRefusedReply(refusal, request, ports)
}

export function checkReplacement(said: JsonObject, client: Client, now: Date): Refusal | undefined {
  const says = (name: string): boolean => said[name] !== undefined && said[name] !== null
  const fail = (description: string, rule: string) => refuse('invalid_client_metadata', description, rule)
  const forbidden = NOT_IN_REQUESTS.find(says)
  const secret = says('client_secret') ? said.client_secret : undefined
  return firstRefusal(
    // RFC 7592 §2.2: the request MUST include the client_id, the one that was issued.
    said.client_id === client.clientId
      ? undefined
      : fail('client_id must be there and be that of this client', 'RFC 7592 §2.2 client_id'),
    forbidden === undefined
      ? undefined
      : fail(`${forbidden} must not be in the request`, `RFC 7592 §2.2 no ${forbidden}`),
    // RFC 7592 §2.2: a client_secret MUST match the one that is there; a client chooses none itself.
    secret === undefined || (typeof secret === 'string' && isSecretOf(client, secret, now))
      ? undefined
      : fail('client_secret is not that of this client', 'RFC 7592 §2.2 client_secret matches'),
  )
}

/** Secrets of apps that register themselves are made here, so none needs a slow hash. */
function isSecretOf({ secrets }: Client, text: string, now: Date): boolean {
  return secrets.some(secret => (secret.expiresAt === undefined || secret.expiresAt > now) && matchesMade(secret, text))
}

function informationReply(client: Client, secret: string | undefined, ports: ProviderPorts): Reply {
  const known = secret ?? ports.clientKeys.secretsOf(client, ports.clock.now())[0]
  return jsonReply(200, clientInformation(client, known, { issuer: ports.issuer, handles: ports.keys.handles }))
}

function visitOf(client: Client, { address, requestId }: HttpRequest) {
  return { clientUid: client.uid, address, requestId }
}
