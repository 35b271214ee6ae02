/** Provider metadata (OpenID Connect Discovery §3, RFC 8414 §2), computed from the same lists that serve. */

import { DELIVERY_MODES } from './backchannel-request.ts'
import { ENCRYPTION_ALGORITHMS, ENCRYPTION_ENCS } from './jwe.ts'
import { ASYMMETRIC_SIGNING_ALGORITHMS } from './jws.ts'
import { REQUEST_OBJECT_ALGORITHMS } from './request-object.ts'

export interface DiscoveryFacts {
  readonly issuer: string
  /** Metadata member → path below the issuer: `{ token_endpoint: '/token' }`. */
  readonly endpoints: Readonly<Record<string, string>>
  readonly scopes: readonly string[]
  readonly claims: readonly string[]
  readonly responseTypes: readonly string[]
  readonly responseModes: readonly string[]
  readonly grantTypes: readonly string[]
  readonly clientAuthenticationMethods: readonly string[]
  /** For `client_secret_jwt` and `private_key_jwt`. */
  readonly clientAssertionAlgorithms: readonly string[]
  /** For DPoP proofs, and for attestations of clients and their proofs. */
  readonly proofAlgorithms: readonly string[]
  readonly idTokenAlgorithms: readonly string[]
  readonly codeChallengeMethods: readonly string[]
  readonly prompts: readonly string[]
  readonly acrValues: readonly string[]
  readonly authorizationDetailsTypes: readonly string[]
  readonly uiLocales: readonly string[]
  /** A `client_id` may be the URL of a document that describes the client. */
  readonly takesClientDocuments: boolean
  readonly requests: { readonly requirePushed: boolean; readonly requireSigned: boolean }
}

/** What authorization requests may wish for, and how the answer is protected (OpenID Connect Discovery §3, RFC 9396 §10, JARM §4). */
function wishMetadata({ acrValues, authorizationDetailsTypes, idTokenAlgorithms }: DiscoveryFacts) {
  return {
    claims_parameter_supported: true,
    ...(acrValues.length === 0 ? {} : { acr_values_supported: acrValues }),
    ...(authorizationDetailsTypes.length === 0
      ? {}
      : { authorization_details_types_supported: authorizationDetailsTypes }),
    authorization_signing_alg_values_supported: idTokenAlgorithms,
    authorization_encryption_alg_values_supported: ENCRYPTION_ALGORITHMS,
    authorization_encryption_enc_values_supported: ENCRYPTION_ENCS,
  }
}

/** How answers are signed and encrypted for apps that register for it (OpenID Connect Discovery §3, RFC 9701 §7). */
function answerMetadata({ idTokenAlgorithms }: DiscoveryFacts): Record<string, unknown> {
  return {
    id_token_encryption_alg_values_supported: ENCRYPTION_ALGORITHMS,
    id_token_encryption_enc_values_supported: ENCRYPTION_ENCS,
    userinfo_signing_alg_values_supported: idTokenAlgorithms,
    userinfo_encryption_alg_values_supported: ENCRYPTION_ALGORITHMS,
    userinfo_encryption_enc_values_supported: ENCRYPTION_ENCS,
    introspection_signing_alg_values_supported: idTokenAlgorithms,
    introspection_encryption_alg_values_supported: ENCRYPTION_ALGORITHMS,
    introspection_encryption_enc_values_supported: ENCRYPTION_ENCS,
  }
}

/** How authorization requests may come (OpenID Connect Discovery §3, RFC 9101 §10.5, RFC 9126 §5). */
function requestMetadata({ requests }: DiscoveryFacts): Record<string, unknown> {
  return {
    request_parameter_supported: true,
    // OpenID Connect Discovery §3: request_uri_parameter_supported counts as true, require_request_uri_registration as false when left out.
    request_uri_parameter_supported: true,
    require_request_uri_registration: true,
    request_object_signing_alg_values_supported: REQUEST_OBJECT_ALGORITHMS.filter(
      alg => alg !== 'none' || !requests.requireSigned,
    ),
    request_object_encryption_alg_values_supported: ENCRYPTION_ALGORITHMS,
    request_object_encryption_enc_values_supported: ENCRYPTION_ENCS,
    require_signed_request_object: requests.requireSigned,
    require_pushed_authorization_requests: requests.requirePushed,
  }
}

/** How clients prove who they are, and that they hold the key of their tokens. */
function authenticationMetadata(facts: DiscoveryFacts): Record<string, unknown> {
  const { clientAuthenticationMethods: methods, clientAssertionAlgorithms: algorithms, proofAlgorithms } = facts
  const isAttested = methods.includes('attest_jwt_client_auth')
  return {
    token_endpoint_auth_methods_supported: methods,
    token_endpoint_auth_signing_alg_values_supported: algorithms,
    revocation_endpoint_auth_methods_supported: methods,
    revocation_endpoint_auth_signing_alg_values_supported: algorithms,
    // RFC 7662 §2.1: introspection always needs an authenticated caller.
    introspection_endpoint_auth_methods_supported: methods.filter(method => method !== 'none'),
    introspection_endpoint_auth_signing_alg_values_supported: algorithms,
    // RFC 8705 §3.3: certificates come here, or they do not.
    tls_client_certificate_bound_access_tokens: methods.includes('self_signed_tls_client_auth'),
    // RFC 9449 §5.1.
    dpop_signing_alg_values_supported: proofAlgorithms,
    // Attestation-Based Client Authentication §8.
    ...(isAttested ? { client_attestation_signing_alg_values_supported: proofAlgorithms } : {}),
    ...(isAttested ? { client_attestation_pop_signing_alg_values_supported: proofAlgorithms } : {}),
  }
}

export function providerMetadata(facts: DiscoveryFacts): Record<string, unknown> {
  const endpoints = Object.fromEntries(
    Object.entries(facts.endpoints).map(([name, path]) => [name, `${facts.issuer}${path}`]),
  )
  return {
    issuer: facts.issuer,
    ...endpoints,
    scopes_supported: facts.scopes,
    claims_supported: facts.claims,
    response_types_supported: facts.responseTypes,
    response_modes_supported: facts.responseModes,
    grant_types_supported: facts.grantTypes,
    // OIDC Core §8.
    subject_types_supported: ['public', 'pairwise'],
    id_token_signing_alg_values_supported: facts.idTokenAlgorithms,
    ...authenticationMetadata(facts),
    code_challenge_methods_supported: facts.codeChallengeMethods,
    prompt_values_supported: facts.prompts,
    claim_types_supported: ['normal'],
    ...wishMetadata(facts),
    ...answerMetadata(facts),
    ...requestMetadata(facts),
    // CIBA Core §4.
    backchannel_token_delivery_modes_supported: DELIVERY_MODES,
    backchannel_authentication_request_signing_alg_values_supported: ASYMMETRIC_SIGNING_ALGORITHMS,
    backchannel_user_code_parameter_supported: false,
    ui_locales_supported: facts.uiLocales,
    // draft-ietf-oauth-client-id-metadata-document §6.
    ...(facts.takesClientDocuments ? { client_id_metadata_document_supported: true } : {}),
    authorization_response_iss_parameter_supported: true,
  }
}
