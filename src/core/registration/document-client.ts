/** A client from the document at its client_id (draft-ietf-oauth-client-id-metadata-document §4), by the same rules as a registration. */

import { isLoopbackHost } from '../../lib/loopback-host.ts'
import { isRefusal, type Refusal, refuse } from '../../spec/refusal.ts'
import type { Client, JsonObject } from '../clients/client.ts'
import { isObject, parseMetadata } from './metadata-text.ts'
import { makeClient, type RegistrationPorts, type RegistrationRules, refuseMistakes } from './register-client.ts'

export interface DocumentRules extends RegistrationRules {
  /** §8.1: redirect URIs at the origin of the client_id, or on the machine of the person. */
  readonly sameOrigin: boolean
}

const RULE = 'CIMD §4 client metadata document'
const SHARED_SECRETS = ['client_secret_basic', 'client_secret_post', 'client_secret_jwt']

/** `existing`: as the client was when the document was read before. */
export async function clientFromDocument(
  clientId: string,
  text: string,
  existing: Client | undefined,
  rules: DocumentRules,
  ports: RegistrationPorts,
): Promise<Client | Refusal> {
  const document = parseMetadata(text, RULE)
  if (isRefusal(document)) return document
  const refusal = checkDocument(document, clientId)
  if (refusal !== undefined) return refusal
  const making = {
    origin: 'metadata-document',
    usualMethods: ['none'],
    clientId,
    ...(existing && { existing }),
  } as const
  const made = await makeClient(document, making, rules, ports)
  if (isRefusal(made)) return made
  // §4.1: there is no way to agree on a secret; HS* signatures and symmetric encryption need one.
  if (made.secret !== undefined) return fail('asks for what needs a client secret', 'CIMD §4.1 no shared secret')
  const elsewhere = rules.sameOrigin ? made.client.redirectUris.filter(uri => !isAtHome(uri, clientId)) : []
  if (elsewhere.length > 0) {
    const rule = 'client_id_metadata_documents.same_origin'
    return refuseMistakes(elsewhere.map(uri => ({ member: 'redirect_uris', rule, message: `${uri} is elsewhere` })))
  }
  const client = withOwnLogo(made.client)
  return existing === undefined ? client : keepIdentity(client, existing)
}

function checkDocument(document: JsonObject, clientId: string): Refusal | undefined {
  // §4: simple string comparison (RFC 3986 §6.2.1).
  if (document.client_id !== clientId)
    return fail('does not have the client_id that it was fetched by', 'CIMD §4 client_id')
  if ('client_secret' in document || 'client_secret_expires_at' in document)
    return fail('has a client_secret, which everybody can read', 'CIMD §4.1 no client_secret')
  const { token_endpoint_auth_method: method, jwks } = document
  if (typeof method === 'string' && SHARED_SECRETS.includes(method))
    return fail('names an authentication method that needs a client secret', 'CIMD §4.1 no shared secret')
  // §4.1: private key material MUST NOT be included.
  if (isObject(jwks) && Array.isArray(jwks.keys) && jwks.keys.some(key => isObject(key) && ('d' in key || 'k' in key)))
    return fail('has a private key, which everybody can read', 'CIMD §4.1 public keys only')
  return undefined
}

function fail(problem: string, rule: string): Refusal {
  return refuse('invalid_client_metadata', `the document ${problem}`, rule)
}

function isAtHome(uri: string, clientId: string): boolean {
  const { origin, protocol, hostname } = new URL(uri)
  return origin === new URL(clientId).origin || (protocol === 'http:' && isLoopbackHost(hostname))
}

/** §8.8: a logo from elsewhere would tell others who is asked for consent, so only one from the app's own server is shown. */
function withOwnLogo({ logoUrl, localized, ...client }: Client): Client {
  const isOwn = (url: string | undefined): boolean => URL.parse(url ?? '')?.origin === new URL(client.clientId).origin
  const texts = Object.entries(localized ?? {}).filter(([name, url]) => !name.startsWith('logo_uri') || isOwn(url))
  return {
    ...client,
    ...(logoUrl !== undefined && isOwn(logoUrl) ? { logoUrl } : {}),
    ...(texts.length > 0 ? { localized: Object.fromEntries(texts) } : {}),
  }
}

/** An operator may have switched it off meanwhile. */
function keepIdentity(
  client: Client,
  { uid, createdAt, createdBy, updatedBy, disabledAt, logoDigest }: Client,
): Client {
  return {
    ...client,
    uid,
    createdAt,
    ...(createdBy && { createdBy }),
    ...(updatedBy && { updatedBy }),
    ...(disabledAt && { disabledAt }),
    ...(logoDigest && { logoDigest }),
  }
}
