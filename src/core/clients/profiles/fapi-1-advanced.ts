/** FAPI 1.0 Advanced (Financial-grade API Security Profile 1.0, Part 2): signed requests, signed answers, tokens bound to certificates. */

import {
  brokenConfidential,
  brokenMethods,
  brokenRedirects,
  brokenSignatures,
  brokenUnless,
  isEncryptedRedirect,
  isForIssuer,
  isShortLived,
  KEY_METHODS,
} from './common-checks.ts'
import type { Profile } from './profile-rule.ts'

// FAPI 1.0 Advanced §8.6: PS256 or ES256, nothing else.
const ALGORITHMS = ['PS256', 'ES256'] as const

export const FAPI_1_ADVANCED: Profile = {
  name: 'fapi1-advanced',
  title: 'FAPI 1.0 Advanced',
  about:
    'Requests and answers are signed, tokens are bound to the certificate of the app: for open banking of the first generation.',
  rules: [
    {
      name: 'confidential',
      section: 'FAPI 1.0 Advanced §5.2.2-16',
      sentence: 'The client is confidential.',
      demand: 'a confidential client',
      registration: brokenConfidential,
    },
    {
      name: 'client_authentication',
      section: 'FAPI 1.0 Advanced §5.2.2-14',
      sentence: 'The client proves who it is with a key: private_key_jwt or a TLS certificate.',
      demand: 'private_key_jwt or TLS client authentication',
      registration: brokenMethods,
      token: ({ authMethod }) => KEY_METHODS.includes(authMethod),
    },
    {
      name: 'algorithms',
      section: 'FAPI 1.0 Advanced §8.6',
      sentence: 'Everything is signed with PS256 or ES256.',
      demand: 'a signature with PS256 or ES256',
      registration: client => brokenSignatures(client, ALGORITHMS),
      requestObject: ({ alg }) => (ALGORITHMS as readonly string[]).includes(alg),
      token: ({ assertionAlg }) =>
        assertionAlg === undefined || (ALGORITHMS as readonly string[]).includes(assertionAlg),
    },
    {
      name: 'no_rsa1_5',
      section: 'FAPI 1.0 Advanced §8.6.1',
      sentence: 'Nothing is encrypted with RSA1_5: this server does not speak it.',
      demand: 'another encryption than RSA1_5',
    },
    {
      name: 'redirect_uris',
      section: 'FAPI 1.0 Baseline §5.2.2-20',
      sentence: 'Redirect URIs are https.',
      demand: 'an https redirect_uri',
      registration: client => brokenRedirects(client, false),
      authorization: ({ redirectUri }) => isEncryptedRedirect(redirectUri, false),
    },
    {
      name: 'signed_requests',
      section: 'FAPI 1.0 Advanced §5.2.2-1',
      sentence: 'Authorization requests are signed request objects; only what stands inside counts.',
      demand: 'a signed request object',
      settings: ['require_signed_request_object'],
      registration: ({ requireSignedRequestObject }) =>
        brokenUnless(requireSignedRequestObject === true, 'require_signed_request_object', 'must be on'),
      authorization: ({ signed }) => signed,
    },
    {
      name: 'request_lifetime',
      section: 'FAPI 1.0 Advanced §5.2.2-13, §5.2.2-17',
      sentence: 'A request object has nbf and exp, at most 60 minutes apart, and its nbf is at most 60 minutes ago.',
      demand: 'a request object with nbf and exp at most 60 minutes apart',
      requestObject: isShortLived,
    },
    {
      name: 'request_audience',
      section: 'FAPI 1.0 Advanced §5.2.2-15',
      sentence: 'A request object names this server as its audience.',
      demand: 'a request object with the issuer as aud',
      requestObject: isForIssuer,
    },
    {
      name: 'response_types',
      section: 'FAPI 1.0 Advanced §5.2.2-2',
      sentence: 'The response type is code id_token, or code with an answer that is a JWT (JARM).',
      demand: 'response_type code id_token, or code with response_mode jwt',
      settings: ['response_types of the client', 'response_modes of the client'],
      registration: ({ responseTypes }) =>
        brokenUnless(
          responseTypes.every(type => type === 'code' || type === 'code id_token'),
          'response_types',
          'may only be code id_token, and code with a response mode of JARM',
        ),
      authorization: ({ responseType, responseMode }) =>
        responseType === 'code id_token' || (responseType === 'code' && /(?:^|\.)jwt$/.test(responseMode)),
    },
    {
      name: 'nonce_or_state',
      section: 'FAPI 1.0 Baseline §5.2.2.2, §5.2.2.3',
      sentence: 'A request with the scope openid has a nonce, any other one a state.',
      demand: 'a nonce with the scope openid, otherwise a state',
      authorization: ({ scopes, hasNonce, hasState }) => (scopes.includes('openid') ? hasNonce : hasState),
    },
    {
      name: 'pushed_with_pkce',
      section: 'FAPI 1.0 Advanced §5.2.2-18',
      sentence: 'A pushed request has a PKCE challenge with the method S256.',
      demand: 'a code_challenge with the method S256 in a pushed request',
      registration: ({ allowPlainPkce }) => brokenUnless(!allowPlainPkce, 'allow_plain_pkce', 'must be off'),
      authorization: ({ pushed, codeChallengeMethod }) => !pushed || codeChallengeMethod === 'S256',
    },
    {
      name: 'bound_tokens',
      section: 'FAPI 1.0 Advanced §5.2.2-5, §5.2.2-6',
      sentence: 'Access tokens are bound to the TLS certificate of the app.',
      demand: 'tokens that are bound to a TLS client certificate',
      registration: ({ tlsClientCertificateBoundAccessTokens }) =>
        brokenUnless(
          tlsClientCertificateBoundAccessTokens === true,
          'tls_client_certificate_bound_access_tokens',
          'must be on',
        ),
      token: ({ givesTokens, cnf }) => !givesTokens || (cnf !== undefined && 'x5t#S256' in cnf),
    },
  ],
  defaults: ({ responseTypes = ['code'] }) => ({
    tokenEndpointAuthMethods: ['private_key_jwt'],
    requireSignedRequestObject: true,
    tlsClientCertificateBoundAccessTokens: true,
    idTokenSignedResponseAlg: 'ES256',
    authorizationSignedResponseAlg: 'ES256',
    introspectionSignedResponseAlg: 'ES256',
    accessTokenSigningAlg: 'ES256',
    ...(responseTypes.every(type => type === 'code')
      ? { responseModes: ['query.jwt', 'fragment.jwt', 'form_post.jwt'] }
      : {}),
  }),
  limits: {},
}
