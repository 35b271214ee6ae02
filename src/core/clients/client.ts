/** A client: an app that signs people in through us (relying party, RFC 6749 §2). */

import type { Id } from '../../lib/id.ts'

/** Our own key of a client. A client that is deleted and created again under the same `client_id` has another one. */
export type ClientUid = Id<'client'>

export type ClientType = 'public' | 'confidential'
export type TokenEndpointAuthMethod = 'none' | 'client_secret_basic' | 'client_secret_post'
export type IdTokenAlgorithm = 'RS256' | 'ES256' | 'EdDSA'

/** `always` asks every time, `remember` asks once per set of scopes, `never` trusts the client. */
export type ConsentMode = 'always' | 'remember' | 'never'

export interface ClientSecret {
  readonly id: Id<'client-secret'>
  /** `sha256:<base64url>` for secrets that we generated (256 bits), a PHC string (argon2id) for those a person chose. */
  readonly hash: string
  readonly createdAt: Date
  /** Set on the old secrets by a rotation with overlap. */
  readonly expiresAt?: Date
}

export interface Client {
  readonly uid: ClientUid
  readonly clientId: string
  readonly name: string
  /** What a person reads about the app on the consent page. */
  readonly description?: string
  readonly type: ClientType
  /** Empty for public clients. Several during a rotation. */
  readonly secrets: readonly ClientSecret[]
  /** Methods the client may use; `['none']` for public clients. */
  readonly tokenEndpointAuthMethods: readonly TokenEndpointAuthMethod[]
  readonly redirectUris: readonly string[]
  readonly postLogoutRedirectUris: readonly string[]
  readonly responseTypes: readonly string[]
  readonly grantTypes: readonly string[]
  /** Scopes it may ask for. */
  readonly scopes: readonly string[]
  readonly idTokenSignedResponseAlg: IdTokenAlgorithm
  readonly requirePkce: boolean
  /** RFC 7636 §4.2 `plain`; off unless an old client needs it. */
  readonly allowPlainPkce: boolean
  readonly consentMode: ConsentMode
  /** How long a remembered consent counts; absent: until it is withdrawn. */
  readonly consentTtlSeconds?: number
  readonly defaultMaxAgeSeconds?: number
  readonly websiteUrl?: string
  readonly termsUrl?: string
  readonly policyUrl?: string
  readonly logoUrl?: string
  readonly contactEmail?: string
  readonly owner?: string
  readonly createdAt: Date
  readonly updatedAt: Date
  readonly disabledAt?: Date
}
