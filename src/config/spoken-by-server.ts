/** What this server speaks with its settings: what clients may be registered for. */

import { adminResourceOf } from '../core/administration/admin-scopes.ts'
import type { TokenEndpointAuthMethod } from '../core/clients/client.ts'
import type { SupportedByServer } from '../core/clients/client-settings.ts'
import { spokenWith } from '../core/clients/spoken-by-server.ts'
import { TOKEN_ENDPOINT_AUTH_METHODS } from '../spec/client-credentials.ts'
import type { Config } from './config.ts'

export function spokenBy(config: Config): SupportedByServer {
  const { authorizationDetails } = config
  const resources = [...config.resources, adminResourceOf(config.issuer)]
  const spoken = spokenWith({ resources, authorizationDetailsTypes: authorizationDetails.types })
  return { ...spoken, authenticationMethods: authenticationMethods(config) }
}

/** Without certificates and attesters in the settings, nobody can use the methods that need them. */
export function authenticationMethods({ tls, proxies, attestation }: Config): readonly TokenEndpointAuthMethod[] {
  const isAsked = tls?.requestsClientCertificate === true
  const isHandedOn = proxies.clientCertificateHeader !== undefined
  const hasAuthority = (isAsked && tls.clientCaFile !== undefined) || (isHandedOn && proxies.clientCertificatesVerified)
  const isUsable = (method: TokenEndpointAuthMethod): boolean => {
    if (method === 'tls_client_auth') return hasAuthority
    if (method === 'self_signed_tls_client_auth') return isAsked || isHandedOn
    return method !== 'attest_jwt_client_auth' || attestation.attesters.length > 0
  }
  return TOKEN_ENDPOINT_AUTH_METHODS.filter(isUsable)
}
