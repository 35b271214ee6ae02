/** `openid-client` for examples that run against plain http on this machine; it insists on https otherwise. */

import * as oidc from 'openid-client'

// biome-ignore lint/performance/noBarrelFile: an example imports what it needs
export * from 'openid-client'

export const discovery: typeof oidc.discovery = (server, clientId, metadata, authentication, options) =>
  oidc.discovery(server, clientId, metadata, authentication, {
    ...options,
    execute: [oidc.allowInsecureRequests, ...(options?.execute ?? [])],
  })

export const dynamicClientRegistration: typeof oidc.dynamicClientRegistration = (
  server,
  metadata,
  authentication,
  options,
) =>
  oidc.dynamicClientRegistration(server, metadata, authentication, {
    ...options,
    execute: [oidc.allowInsecureRequests, ...(options?.execute ?? [])],
  })
