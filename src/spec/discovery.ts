/** Provider metadata (OpenID Connect Discovery §3, RFC 8414 §2), computed from the same lists that serve. */

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
  readonly idTokenAlgorithms: readonly string[]
  readonly codeChallengeMethods: readonly string[]
  readonly prompts: readonly string[]
  readonly uiLocales: readonly string[]
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
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: facts.idTokenAlgorithms,
    token_endpoint_auth_methods_supported: facts.clientAuthenticationMethods,
    revocation_endpoint_auth_methods_supported: facts.clientAuthenticationMethods,
    // RFC 7662 §2.1: introspection always needs an authenticated caller.
    introspection_endpoint_auth_methods_supported: facts.clientAuthenticationMethods.filter(
      method => method !== 'none',
    ),
    code_challenge_methods_supported: facts.codeChallengeMethods,
    prompt_values_supported: facts.prompts,
    claim_types_supported: ['normal'],
    claims_parameter_supported: false,
    request_parameter_supported: false,
    // OpenID Connect Discovery §3: request_uri_parameter_supported counts as true when it is left out.
    request_uri_parameter_supported: false,
    ui_locales_supported: facts.uiLocales,
    authorization_response_iss_parameter_supported: true,
  }
}
