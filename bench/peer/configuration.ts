/** `oidc-provider` as one would run it for the same job: the same clients, keys and features, and nothing that only costs time. */

import type { AdapterFactory, Configuration, KoaContextWithOIDC } from 'oidc-provider'
import type { PeerSettings } from './settings.ts'

const SCOPES = ['openid', 'offline_access', 'profile', 'email']

export function peerConfiguration(settings: PeerSettings, adapter: AdapterFactory): Configuration {
  return {
    adapter,
    clients: settings.clients,
    jwks: settings.jwks,
    cookies: { keys: [settings.cookieKey] },
    scopes: SCOPES,
    claims: { openid: ['sub'], profile: ['name'], email: ['email', 'email_verified'] },
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      introspection: { enabled: true, allowedPolicy: () => true },
      // JWT access tokens are made for resource servers; without `resource` nothing changes.
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: () => ({
          scope: '',
          accessTokenFormat: 'jwt',
          accessTokenTTL: 3600,
          jwt: { sign: { alg: 'ES256' } },
        }),
      },
      revocation: { enabled: true, allowedPolicy: () => true },
    },
    interactions: { url: (_ctx, interaction) => `/interaction/${interaction.uid}` },
    findAccount: (_ctx, sub) => ({ accountId: sub, claims: () => ({ sub }) }),
    loadExistingGrant,
    // Without `prompt=consent` the peer drops offline_access; a client that may refresh gets a refresh token all the same,
    issueRefreshToken: (_ctx, client) => client.grantTypeAllowed('refresh_token'),
    // which then outlives the session, so that no request has to look the session up.
    expiresWithSession: () => false,
    rotateRefreshToken: () => true,
    ttl: {
      AccessToken: 3600,
      AuthorizationCode: 60,
      ClientCredentials: 3600,
      Grant: 14 * 86_400,
      IdToken: 3600,
      Interaction: 3600,
      RefreshToken: 14 * 86_400,
      Session: 14 * 86_400,
    },
    renderError: (ctx, out) => {
      ctx.type = 'text'
      ctx.body = JSON.stringify(out)
    },
  }
}

/** The documented way to leave out the consent page for a trusted client. */
async function loadExistingGrant(ctx: KoaContextWithOIDC) {
  const { client, session, provider } = ctx.oidc
  if (client === undefined || session?.accountId === undefined) return undefined
  const grantId = session.grantIdFor(client.clientId)
  const known = grantId === undefined ? undefined : await provider.Grant.find(grantId)
  if (known !== undefined) return known
  const grant = new provider.Grant({ clientId: client.clientId, accountId: session.accountId })
  grant.addOIDCScope(SCOPES.join(' '))
  await grant.save()
  return grant
}
