/** What registrations and their changes begin with. */

import { supportedNow } from '../../../core/attributes/custom-claims.ts'
import type { JsonObject } from '../../../core/clients/client.ts'
import { parseMetadata } from '../../../core/registration/metadata-text.ts'
import type { RegistrationPorts, RegistrationRules } from '../../../core/registration/register-client.ts'
import type { HttpRequest } from '../../../http/endpoint.ts'
import { type Refusal, refuse } from '../../../spec/refusal.ts'
import type { ProviderPorts } from '../ports.ts'

export function parseBody(request: HttpRequest, rule: string): JsonObject | Refusal {
  if (request.contentType === 'application/json') return parseMetadata(request.body, rule)
  const facts = { content_type: request.contentType.slice(0, 60) }
  return refuse('invalid_client_metadata', 'the body must be application/json', rule, facts)
}

/** With the scopes that attributes of this house have added by now. */
export async function rulesNow({ registration, repositories }: ProviderPorts): Promise<RegistrationRules> {
  return { ...registration, supported: await supportedNow({ supported: registration.supported, repositories }) }
}

export function makingPorts(ports: ProviderPorts, now: Date): RegistrationPorts {
  const { issuer, random, clientDocuments, clientKeys, keys } = ports
  return { issuer, random, now, fetch: clientDocuments, clientKeys, sealer: async () => keys.sealer }
}
