/** The provider door: every endpoint of the discovery document. Discovery is computed from the same list that is served. */

import type { Endpoint } from '../../http/endpoint.ts'
import { PROMPTS } from '../../spec/authorization-parameters.ts'
import { type CustomClaim, PERSON_CLAIMS } from '../../spec/claims.ts'
import { PROOF_ALGORITHMS } from '../../spec/compact-jws.ts'
import { providerMetadata } from '../../spec/discovery.ts'
import { JWT_BEARER } from '../../spec/grant-types.ts'
import { SIGNING_ALGORITHMS } from '../../spec/jws.ts'
import { RESPONSE_MODES, RESPONSE_TYPES } from '../../spec/response-types.ts'
import { SCOPES } from '../../spec/scope.ts'
import { authorizeEndpoint } from './authorize/authorize.ts'
import { backchannelAuthenticationEndpoint } from './deferred/backchannel-authentication.ts'
import { deviceAuthorizationEndpoint } from './deferred/device-authorization.ts'
import { endSessionEndpoint } from './end-session/end-session.ts'
import { introspectionEndpoint } from './introspection.ts'
import type { ProviderPorts } from './ports.ts'
import { publishedDocument, publishedKeySet } from './published-document.ts'
import { pushedAuthorizationEndpoint } from './pushed-authorization.ts'
import { registrationEndpoint } from './registration/registration.ts'
import { revocationEndpoint } from './revocation.ts'
import { GRANT_TYPES } from './token/grant-types.ts'
import { tokenEndpoint } from './token/token.ts'
import { upstreamTokensEndpoint } from './upstream-tokens.ts'
import { userinfoEndpoint } from './userinfo.ts'

export function providerEndpoints(ports: ProviderPorts): readonly Endpoint[] {
  /** By the member of the metadata that names it (OpenID Connect Discovery §3, RFC 8414 §2). */
  const named: Readonly<Record<string, Endpoint>> = {
    authorization_endpoint: authorizeEndpoint(ports),
    pushed_authorization_request_endpoint: pushedAuthorizationEndpoint(ports),
    token_endpoint: tokenEndpoint(ports),
    userinfo_endpoint: userinfoEndpoint(ports),
    introspection_endpoint: introspectionEndpoint(ports),
    revocation_endpoint: revocationEndpoint(ports),
    device_authorization_endpoint: deviceAuthorizationEndpoint(ports),
    backchannel_authentication_endpoint: backchannelAuthenticationEndpoint(ports),
    end_session_endpoint: endSessionEndpoint(ports),
    ...(ports.registration.policy.mode === 'off' ? {} : { registration_endpoint: registrationEndpoint(ports) }),
    jwks_uri: publishedKeySet('jwks', '/jwks', ports.keys),
  }
  const metadataWith = (custom: readonly CustomClaim[]) =>
    providerMetadata({
      issuer: ports.issuer,
      endpoints: Object.fromEntries(Object.entries(named).map(([member, endpoint]) => [member, endpoint.path])),
      scopes: [...new Set([...SCOPES, ...custom.flatMap(({ scopes }) => scopes)])],
      claims: [
        ...PERSON_CLAIMS,
        ...custom.map(({ claim }) => claim),
        'iss',
        'aud',
        'exp',
        'iat',
        'auth_time',
        'nonce',
        'acr',
        'amr',
        'azp',
        'jti',
        'sid',
        'rat',
        'at_hash',
        'c_hash',
        's_hash',
        'scope',
        'scp',
      ],
      responseTypes: RESPONSE_TYPES,
      // JARM §2.3.4: `jwt` stands for the signed form of whatever the response type would use.
      responseModes: [...RESPONSE_MODES, 'jwt'],
      // OIDC Registration §2: `implicit` is what a token in the redirect is registered as; no endpoint exchanges it.
      grantTypes: [...offeredGrantTypes(ports), 'implicit'],
      clientAuthenticationMethods: ports.clientAuthentication.methods,
      clientAssertionAlgorithms: SIGNING_ALGORITHMS,
      proofAlgorithms: PROOF_ALGORITHMS,
      idTokenAlgorithms: SIGNING_ALGORITHMS,
      // `plain` works only where a client's setting allows it, so it is not offered to everybody.
      codeChallengeMethods: ['S256'],
      prompts: PROMPTS,
      acrValues: ports.acrLevels.map(({ value }) => value),
      authorizationDetailsTypes: ports.authorizationDetailsTypes,
      uiLocales: ports.uiLocales,
      takesClientDocuments: ports.takesClientDocuments,
      requests: ports.requestRules,
    })
  return [
    ...Object.values(named),
    upstreamTokensEndpoint(ports),
    publishedDocument('discovery', '/.well-known/openid-configuration', ports.customClaims, metadataWith),
    ...oauthMetadataPaths(ports.issuer).map(({ path, atRoot }) =>
      publishedDocument('oauth-metadata', path, ports.customClaims, metadataWith, atRoot),
    ),
  ]
}

/** RFC 7523 §2.1: assertions are taken from issuers that an operator trusts, so without any there is nothing to offer. */
function offeredGrantTypes({ assertionIssuers }: ProviderPorts): readonly string[] {
  return GRANT_TYPES.map(({ name }) => name).filter(name => name !== JWT_BEARER || assertionIssuers.count > 0)
}

/** RFC 8414 §3.1: the well-known part stands between the host and the issuer's path; many apps append it, as OpenID Connect does. */
function oauthMetadataPaths(issuer: string): readonly { readonly path: string; readonly atRoot: boolean }[] {
  const wellKnown = '/.well-known/oauth-authorization-server'
  const { pathname } = new URL(issuer)
  const appended = { path: wellKnown, atRoot: false }
  return pathname === '/' ? [appended] : [appended, { path: `${wellKnown}${pathname}`, atRoot: true }]
}
