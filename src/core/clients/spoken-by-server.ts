/** What this server speaks, for the rules of clients: from the same lists that discovery and the endpoints are made of. */

import { TOKEN_ENDPOINT_AUTH_METHODS } from '../../spec/client-credentials.ts'
import { GRANT_TYPES_SPOKEN } from '../../spec/grant-types.ts'
import { SIGNING_ALGORITHMS } from '../../spec/jws.ts'
import { RESPONSE_MODES, RESPONSE_TYPES } from '../../spec/response-types.ts'
import { SCOPES } from '../../spec/scope.ts'
import type { SupportedByServer } from './client-settings.ts'

export const SPOKEN_BY_SERVER: SupportedByServer = {
  responseTypes: RESPONSE_TYPES,
  responseModes: RESPONSE_MODES,
  grantTypes: GRANT_TYPES_SPOKEN,
  scopes: SCOPES,
  idTokenAlgorithms: SIGNING_ALGORITHMS,
  authenticationMethods: TOKEN_ENDPOINT_AUTH_METHODS,
}

/** What of a resource server (RFC 8707) clients may be registered for. */
interface Resource {
  readonly uri: string
  /** Absent: any. */
  readonly scopes?: readonly string[]
}

/** What settings add: resource servers, and types of authorization details (RFC 9396). */
export interface ConfiguredParts {
  readonly resources: readonly Resource[]
  readonly authorizationDetailsTypes: readonly string[]
}

export function spokenWith({ resources, authorizationDetailsTypes }: ConfiguredParts): SupportedByServer {
  return {
    ...SPOKEN_BY_SERVER,
    authorizationDetailsTypes,
    resources: resources.map(({ uri }) => uri),
    resourceScopes: [...new Set(resources.flatMap(({ scopes = [] }) => scopes))],
    takesAnyScope: resources.some(({ scopes }) => scopes === undefined),
  }
}
