/** FAPI 2.0 Security Profile (Final): pushed requests, PKCE, keys instead of secrets, tokens bound to a key. */

import {
  brokenConfidential,
  brokenMethods,
  brokenRedirects,
  brokenSignatures,
  brokenUnless,
  isForIssuer,
  isShortLived,
  KEY_METHODS,
} from './common-checks.ts'
import type { Profile } from './profile-rule.ts'

// FAPI 2.0 §5.4.1: PS256, ES256 or EdDSA (Ed25519), never none.
const ALGORITHMS = ['PS256', 'ES256', 'EdDSA'] as const

export const FAPI_2: Profile = {
  name: 'fapi2',
  title: 'FAPI 2.0 Security Profile',
  about:
    'Requests are pushed, apps prove themselves with keys, tokens are bound to a key: for money, health and government.',
  rules: [
    {
      name: 'confidential',
      section: 'FAPI 2.0 §5.3.2.1-3',
      sentence: 'The client is confidential.',
      demand: 'a confidential client',
      registration: brokenConfidential,
    },
    {
      name: 'client_authentication',
      section: 'FAPI 2.0 §5.3.2.1-6',
      sentence: 'The client proves who it is with a key: private_key_jwt or a TLS certificate.',
      demand: 'private_key_jwt or TLS client authentication',
      registration: brokenMethods,
      token: ({ authMethod }) => KEY_METHODS.includes(authMethod),
    },
    {
      name: 'assertion_audience',
      section: 'FAPI 2.0 §5.3.2.1-8',
      sentence: 'The audience of a client assertion is the issuer, as a single text.',
      demand: 'the issuer as the only aud of a client assertion',
      token: ({ assertionAudience, issuer }) => assertionAudience === undefined || assertionAudience === issuer,
    },
    {
      name: 'algorithms',
      section: 'FAPI 2.0 §5.4.1',
      sentence: 'Everything is signed with PS256, ES256 or EdDSA.',
      demand: 'a signature with PS256, ES256 or EdDSA',
      registration: client => brokenSignatures(client, ALGORITHMS),
      requestObject: ({ alg }) => (ALGORITHMS as readonly string[]).includes(alg),
      token: ({ assertionAlg }) =>
        assertionAlg === undefined || (ALGORITHMS as readonly string[]).includes(assertionAlg),
    },
    {
      name: 'bound_tokens',
      section: 'FAPI 2.0 §5.3.2.1-4, §5.3.2.1-5',
      sentence: 'Tokens are bound to a key: with DPoP, or to the TLS certificate of the app.',
      demand: 'tokens that are bound by DPoP or to a TLS client certificate',
      registration: client =>
        brokenUnless(
          client.dpopBoundAccessTokens === true || client.tlsClientCertificateBoundAccessTokens === true,
          'dpop_bound_access_tokens',
          'or tls_client_certificate_bound_access_tokens must be on',
        ),
      token: ({ givesTokens, cnf }) => !givesTokens || cnf !== undefined,
    },
    {
      name: 'no_password',
      section: 'FAPI 2.0 §5.3.2.1-2',
      sentence: 'There is no grant type where the app sees the password of a person.',
      demand: 'another grant_type than password',
      registration: ({ grantTypes }) =>
        brokenUnless(!grantTypes.includes('password'), 'grant_types', 'must not contain password'),
    },
    {
      name: 'code_lifetime',
      section: 'FAPI 2.0 §5.3.2.1-11',
      sentence: 'An authorization code counts for at most 60 seconds.',
      demand: 'authorization codes of at most 60 seconds',
      registration: ({ authorizationCodeSeconds }) =>
        brokenUnless(
          authorizationCodeSeconds === undefined || authorizationCodeSeconds <= 60,
          'authorization_code_lifetime',
          'must be at most 60 seconds',
        ),
    },
    {
      name: 'code_only',
      section: 'FAPI 2.0 §5.3.2.2-1',
      sentence: 'The response type is code.',
      demand: 'response_type code',
      settings: ['response_types of the client'],
      registration: ({ responseTypes, grantTypes }) => [
        ...brokenUnless(
          responseTypes.every(type => type === 'code'),
          'response_types',
          'may only be code',
        ),
        ...brokenUnless(!grantTypes.includes('implicit'), 'grant_types', 'must not contain implicit'),
      ],
      authorization: ({ responseType }) => responseType === 'code',
    },
    {
      name: 'pushed_requests',
      section: 'FAPI 2.0 §5.3.2.2-3',
      sentence: 'Authorization requests are pushed by the authenticated app (RFC 9126).',
      demand: 'a pushed authorization request',
      settings: ['require_pushed_authorization_requests'],
      registration: ({ requirePushedAuthorizationRequests }) =>
        brokenUnless(
          requirePushedAuthorizationRequests === true,
          'require_pushed_authorization_requests',
          'must be on',
        ),
      authorization: ({ pushed }) => pushed,
    },
    {
      name: 'pushed_lifetime',
      section: 'FAPI 2.0 §5.3.2.2-12',
      sentence: 'A pushed request counts for less than 600 seconds.',
      demand: 'pushed requests of less than 600 seconds',
    },
    {
      name: 'pkce',
      section: 'FAPI 2.0 §5.3.2.2-5',
      sentence: 'Every request carries a PKCE challenge with the method S256.',
      demand: 'a code_challenge with the method S256',
      settings: ['require_pkce', 'allow_plain_pkce'],
      registration: client => [
        ...brokenUnless(client.requirePkce, 'require_pkce', 'must be on'),
        ...brokenUnless(!client.allowPlainPkce, 'allow_plain_pkce', 'must be off'),
      ],
      authorization: ({ codeChallengeMethod }) => codeChallengeMethod === 'S256',
    },
    {
      name: 'issuer_in_answers',
      section: 'FAPI 2.0 §5.3.2.2-7',
      sentence: 'Authorization answers name the issuer (RFC 9207): here all do.',
      demand: 'answers that name the issuer',
    },
    {
      name: 'redirect_uris',
      section: 'FAPI 2.0 §5.3.2.2-8',
      sentence: 'Redirect URIs are https; a native app may use a loopback address.',
      demand: 'an https redirect_uri',
      registration: client => brokenRedirects(client, true),
    },
    {
      name: 'signed_request_claims',
      section: 'FAPI 2.0 Message Signing §5.3.1',
      sentence:
        'A request object, where one is sent, names this server as its audience and has nbf and exp, at most 60 minutes apart.',
      demand: 'a request object with the issuer as aud, and nbf and exp at most 60 minutes apart',
      requestObject: facts => isForIssuer(facts) && isShortLived(facts),
    },
  ],
  defaults: ({ dpopBoundAccessTokens, tlsClientCertificateBoundAccessTokens }) => ({
    tokenEndpointAuthMethods: ['private_key_jwt'],
    requirePkce: true,
    requirePushedAuthorizationRequests: true,
    idTokenSignedResponseAlg: 'ES256',
    authorizationSignedResponseAlg: 'ES256',
    introspectionSignedResponseAlg: 'ES256',
    accessTokenSigningAlg: 'ES256',
    // Nothing was said about the binding: DPoP needs no certificates.
    ...(dpopBoundAccessTokens === undefined && tlsClientCertificateBoundAccessTokens !== true
      ? { dpopBoundAccessTokens: true }
      : {}),
  }),
  limits: { authorizationCodeSeconds: 60, pushedRequestSeconds: 599 },
}
