/** What an app asks for when the person decides elsewhere: the same parameters, by the same rules, as at the authorization endpoint. */

import type { Client } from '../../../core/clients/client.ts'
import type { DeferredTerms } from '../../../core/deferred-grants/deferred-grant.ts'
import { findResources } from '../../../core/tokens/resource-servers.ts'
import { parseAuthorizationDetails } from '../../../spec/authorization-details.ts'
import type { Params } from '../../../spec/params.ts'
import { isRefusal, type Refusal, refuse } from '../../../spec/refusal.ts'
import { parseResources } from '../../../spec/resource.ts'
import { allowedScopes, parseScope } from '../../../spec/scope.ts'
import type { ProviderPorts } from '../ports.ts'

export type AskedTerms = Pick<
  DeferredTerms,
  'scopes' | 'resources' | 'authorizationDetails' | 'acrValues' | 'maxAgeSeconds'
>

export function parseDeferredTerms(params: Params, client: Client, ports: ProviderPorts): AskedTerms | Refusal {
  const scopes = parseScopes(params.get('scope'), client)
  if (isRefusal(scopes)) return scopes
  const resources = parseResources(params.getAll('resource'))
  if (isRefusal(resources)) return resources
  const servers = findResources(resources ?? [], client, ports.resources)
  if (isRefusal(servers)) return servers
  const own = client.authorizationDetailsTypes ?? []
  const types = ports.authorizationDetailsTypes.filter(type => own.includes(type))
  const authorizationDetails = parseAuthorizationDetails(params.get('authorization_details'), types)
  if (isRefusal(authorizationDetails)) return authorizationDetails
  const acrValues = params.get('acr_values')?.split(' ').filter(Boolean) ?? client.defaultAcrValues
  return {
    scopes,
    ...(resources === undefined ? {} : { resources }),
    ...(authorizationDetails === undefined ? {} : { authorizationDetails }),
    ...(acrValues === undefined ? {} : { acrValues }),
    ...(client.defaultMaxAgeSeconds === undefined ? {} : { maxAgeSeconds: client.defaultMaxAgeSeconds }),
  }
}

function parseScopes(text: string | undefined, client: Client): readonly string[] | Refusal {
  const requested = parseScope(text)
  if (isRefusal(requested)) return requested
  const allowed = allowedScopes(requested, client.scopes)
  // OIDC Core §11: offline_access means a refresh token; a client that cannot refresh has no use for it.
  return isRefusal(allowed) || client.grantTypes.includes('refresh_token')
    ? allowed
    : allowed.filter(scope => scope !== 'offline_access')
}

/** RFC 6749 §5.2, CIBA Core §13 unauthorized_client. */
export function checkMayUse(client: Client, grantType: string): Refusal | undefined {
  return client.grantTypes.includes(grantType)
    ? undefined
    : refuse(
        'unauthorized_client',
        'grant_type is not allowed for this client',
        'RFC 6749 §5.2 grant_types of the client',
        { grant_type: grantType, allowed: client.grantTypes },
      )
}
