/** The provider door: every endpoint of the discovery document. Discovery is computed from the same list that is served. */

import type { Endpoint } from '../../http/endpoint.ts'
import { PROMPTS, RESPONSE_MODES, RESPONSE_TYPES_SPOKEN } from '../../spec/authorization-parameters.ts'
import { PERSON_CLAIMS } from '../../spec/claims.ts'
import { TOKEN_ENDPOINT_AUTH_METHODS } from '../../spec/client-credentials.ts'
import { providerMetadata } from '../../spec/discovery.ts'
import { SIGNING_ALGORITHMS } from '../../spec/jws.ts'
import { SCOPES } from '../../spec/scope.ts'
import { authorizeEndpoint } from './authorize/authorize.ts'
import { endSessionEndpoint } from './end-session/end-session.ts'
import { introspectionEndpoint } from './introspection.ts'
import type { ProviderPorts } from './ports.ts'
import { publishedDocument } from './published-document.ts'
import { revocationEndpoint } from './revocation.ts'
import { GRANT_TYPES } from './token/grant-types.ts'
import { tokenEndpoint } from './token/token.ts'
import { userinfoEndpoint } from './userinfo.ts'

export function providerEndpoints(ports: ProviderPorts): readonly Endpoint[] {
  /** By the member of the metadata that names it (OpenID Connect Discovery §3, RFC 8414 §2). */
  const named: Readonly<Record<string, Endpoint>> = {
    authorization_endpoint: authorizeEndpoint(ports),
    token_endpoint: tokenEndpoint(ports),
    userinfo_endpoint: userinfoEndpoint(ports),
    introspection_endpoint: introspectionEndpoint(ports),
    revocation_endpoint: revocationEndpoint(ports),
    end_session_endpoint: endSessionEndpoint(ports),
    jwks_uri: publishedDocument('jwks', '/jwks', ports.keys.jwks),
  }
  const metadata = providerMetadata({
    issuer: ports.issuer,
    endpoints: Object.fromEntries(Object.entries(named).map(([member, endpoint]) => [member, endpoint.path])),
    scopes: SCOPES,
    claims: [
      ...PERSON_CLAIMS,
      'iss',
      'aud',
      'exp',
      'iat',
      'auth_time',
      'nonce',
      'amr',
      'azp',
      'jti',
      'sid',
      'rat',
      'at_hash',
      'scope',
      'scp',
    ],
    responseTypes: RESPONSE_TYPES_SPOKEN,
    responseModes: RESPONSE_MODES,
    grantTypes: GRANT_TYPES.map(({ name }) => name),
    clientAuthenticationMethods: TOKEN_ENDPOINT_AUTH_METHODS,
    idTokenAlgorithms: SIGNING_ALGORITHMS,
    // `plain` works only where a client's setting allows it, so it is not offered to everybody.
    codeChallengeMethods: ['S256'],
    prompts: PROMPTS,
    uiLocales: ports.uiLocales,
  })
  return [
    ...Object.values(named),
    publishedDocument('discovery', '/.well-known/openid-configuration', metadata),
    ...oauthMetadataPaths(ports.issuer).map(({ path, atRoot }) =>
      publishedDocument('oauth-metadata', path, metadata, atRoot),
    ),
  ]
}

/** RFC 8414 §3.1: the well-known part stands between the host and the issuer's path; many apps append it, as OpenID Connect does. */
function oauthMetadataPaths(issuer: string): readonly { readonly path: string; readonly atRoot: boolean }[] {
  const wellKnown = '/.well-known/oauth-authorization-server'
  const { pathname } = new URL(issuer)
  const appended = { path: wellKnown, atRoot: false }
  return pathname === '/' ? [appended] : [appended, { path: `${wellKnown}${pathname}`, atRoot: true }]
}
