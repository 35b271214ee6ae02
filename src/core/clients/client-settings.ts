/** What an operator says about a client, before any rule was applied. Every way in (CLI, console, API, YAML) ends in this shape. */

export interface ClientSettings {
  readonly clientId: string
  /** Empty: the `client_id` is shown instead. */
  readonly name?: string
  /** `public` or `confidential`. */
  readonly type: string
  readonly description?: string
  readonly redirectUris?: readonly string[]
  readonly postLogoutRedirectUris?: readonly string[]
  readonly responseTypes?: readonly string[]
  readonly grantTypes?: readonly string[]
  readonly tokenEndpointAuthMethods?: readonly string[]
  readonly scopes?: readonly string[]
  readonly idTokenSignedResponseAlg?: string
  readonly requirePkce?: boolean
  readonly allowPlainPkce?: boolean
  readonly consentMode?: string
  readonly consentTtlSeconds?: number
  readonly defaultMaxAgeSeconds?: number
  readonly websiteUrl?: string
  readonly termsUrl?: string
  readonly policyUrl?: string
  readonly logoUrl?: string
  readonly contactEmail?: string
  readonly owner?: string
}

/** What this server speaks, so that a client never waits for something that does not come. */
export interface SupportedByServer {
  readonly responseTypes: readonly string[]
  readonly grantTypes: readonly string[]
  readonly scopes: readonly string[]
  readonly idTokenAlgorithms: readonly string[]
}
