/** The client information response (RFC 7591 §3.2.1, RFC 7592 §3): everything that is registered, defaults included. */

import { secondsOf } from '../../lib/clock.ts'
import type { Client, JsonObject } from '../clients/client.ts'
import { registrationMetadataOf } from '../clients/registration-metadata.ts'
import type { Handles } from '../handles/handles.ts'
import { isChoosable } from './register-client.ts'
import { sealRegistrationToken } from './registration-handles.ts'

/** What an answer says and a request must not (RFC 7592 §2.2). */
export const NOT_IN_REQUESTS = [
  'registration_access_token',
  'registration_client_uri',
  'client_secret_expires_at',
  'client_id_issued_at',
] as const

export interface ClientInformationPorts {
  readonly issuer: string
  readonly handles: Handles
}

/** `secret`: in plain text, where it is known. */
export function clientInformation(
  client: Client,
  secret: string | undefined,
  { issuer, handles }: ClientInformationPorts,
): JsonObject {
  const metadata = Object.entries(registrationMetadataOf(client)).filter(([name]) => isChoosable(name))
  return {
    client_id: client.clientId,
    client_id_issued_at: secondsOf(client.createdAt),
    ...(secret === undefined ? {} : { client_secret: secret, client_secret_expires_at: expiryOf(client) }),
    registration_access_token: sealRegistrationToken(handles, client),
    registration_client_uri: `${issuer}/register?client_id=${encodeURIComponent(client.clientId)}`,
    application_type: 'web',
    subject_type: 'public',
    ...Object.fromEntries(metadata),
    // RFC 7591 §3.2.1: a software statement MUST be returned unmodified.
    ...(client.softwareStatement === undefined ? {} : { software_statement: client.softwareStatement }),
  }
}

/** RFC 7591 §3.2.1: 0 when it does not expire. */
function expiryOf({ secrets }: Client): number {
  const [newest] = secrets
  return newest?.expiresAt === undefined ? 0 : secondsOf(newest.expiresAt)
}
