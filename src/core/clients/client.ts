/** A client: an app that signs people in through us (relying party, RFC 6749 §2). */

import type { Id } from '../../lib/id.ts'
import type { TOKEN_ENDPOINT_AUTH_METHODS } from '../../spec/client-credentials.ts'
import type { EncryptionAlgorithm, EncryptionEnc } from '../../spec/jwe.ts'
import type { SigningAlgorithm } from '../../spec/jws.ts'
import type { ResponseMode, ResponseType } from '../../spec/response-types.ts'
import type { Role } from '../accounts/account.ts'

/** Our own key of a client. A client that is deleted and created again under the same `client_id` has another one. */
export type ClientUid = Id<'client'>

export type ClientType = 'public' | 'confidential'
export type TokenEndpointAuthMethod = (typeof TOKEN_ENDPOINT_AUTH_METHODS)[number]
export type SubjectType = 'public' | 'pairwise'
/** What a client is held to, as a set of named rules (`profiles.ts`). */
export type ProfileName = 'default' | 'oauth2.1' | 'fapi1-advanced' | 'fapi2'
export type AccessTokenFormat = 'opaque' | 'jwt'
/** Whose doing the client is: an operator's, its own (RFC 7591), or that of a document it keeps (client id metadata document). */
export type ClientOrigin = 'operator' | 'registration' | 'metadata-document'

/** `always` asks every time, `remember` asks once per set of scopes, `never` trusts the client. */
export type ConsentMode = 'always' | 'remember' | 'never'

export interface ClientSecret {
  readonly id: Id<'client-secret'>
  /** `sha256:<base64url>` for secrets that we generated (256 bits), a PHC string (argon2id) for those a person chose, or a digest as it came. */
  readonly hash: string
  /**
   * The secret itself, sealed under the master key (base64url). Only for clients that need it in the clear: HS* signatures,
   * client_secret_jwt, symmetric encryption (OIDC Core §10.1, §10.2).
   */
  readonly sealed?: string
  /** Its first characters, so that people can tell one from another; only of secrets that were made here. */
  readonly prefix?: string
  readonly createdAt: Date
  /** Set on the old secrets by a rotation with overlap. */
  readonly expiresAt?: Date
  /** The role of who made it, where that was no administrator: it goes when the client becomes one for administrators. */
  readonly byRole?: Role
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
  readonly responseTypes: readonly ResponseType[]
  /** Absent: all that go with its response types. */
  readonly responseModes?: readonly ResponseMode[]
  readonly grantTypes: readonly string[]
  /** Scopes it may ask for. */
  readonly scopes: readonly string[]
  readonly idTokenSignedResponseAlg: SigningAlgorithm
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
  /** Of the logo that was uploaded (`client-logo.ts`), which is shown in place of `logoUrl`. */
  readonly logoDigest?: string
  readonly contactEmail?: string
  readonly owner?: string
  /** What people have to prove to get to it: a built-in policy or one of ours (`core/policies`); absent: `one_factor`. */
  readonly authorizationPolicy?: string
  /** Absent: `default`. */
  readonly profile?: ProfileName
  /** Absent: `operator`. */
  readonly origin?: ClientOrigin
  /** OIDC Registration §2; absent: `web`. */
  readonly applicationType?: 'web' | 'native'
  readonly contacts?: readonly string[]
  readonly softwareId?: string
  readonly softwareVersion?: string
  /** Texts and links in other languages, by their registered names: `client_name#de` (OIDC Registration §2.1). */
  readonly localized?: Readonly<Record<string, string>>

  // Keys. RFC 7591 §2: one of the two.
  readonly jwks?: { readonly keys: readonly JsonObject[] }
  readonly jwksUri?: string

  // How it proves who it is (OIDC Core §9, RFC 8705 §2.1.2).
  readonly tokenEndpointAuthSigningAlg?: SigningAlgorithm
  readonly tlsClientAuthSubjectDn?: string
  readonly tlsClientAuthSanDns?: string
  readonly tlsClientAuthSanUri?: string
  readonly tlsClientAuthSanIp?: string
  readonly tlsClientAuthSanEmail?: string

  // Who the person is to it (OIDC Core §8). `sectorIdentifier`: the host that was worked out when the client was made.
  readonly subjectType?: SubjectType
  readonly sectorIdentifierUri?: string
  readonly sectorIdentifier?: string

  // What it may ask and how (RFC 9101, RFC 9126, RFC 9396, OIDC Registration §2).
  readonly requestUris?: readonly string[]
  readonly requestObjectSigningAlg?: SigningAlgorithm | 'none'
  readonly requestObjectEncryptionAlg?: EncryptionAlgorithm
  readonly requestObjectEncryptionEnc?: EncryptionEnc
  readonly requireSignedRequestObject?: boolean
  readonly requirePushedAuthorizationRequests?: boolean
  readonly authorizationDetailsTypes?: readonly string[]
  /** Resource servers it may ask tokens for (RFC 8707); absent: all that are configured. */
  readonly resources?: readonly string[]
  readonly defaultAcrValues?: readonly string[]
  readonly requireAuthTime?: boolean
  readonly initiateLoginUri?: string

  // What it gets and how it is protected.
  readonly idTokenEncryptedResponseAlg?: EncryptionAlgorithm
  readonly idTokenEncryptedResponseEnc?: EncryptionEnc
  readonly userinfoSignedResponseAlg?: SigningAlgorithm
  readonly userinfoEncryptedResponseAlg?: EncryptionAlgorithm
  readonly userinfoEncryptedResponseEnc?: EncryptionEnc
  /** RFC 9701 §6. */
  readonly introspectionSignedResponseAlg?: SigningAlgorithm
  readonly introspectionEncryptedResponseAlg?: EncryptionAlgorithm
  readonly introspectionEncryptedResponseEnc?: EncryptionEnc
  /** JARM §3. */
  readonly authorizationSignedResponseAlg?: SigningAlgorithm
  readonly authorizationEncryptedResponseAlg?: EncryptionAlgorithm
  readonly authorizationEncryptedResponseEnc?: EncryptionEnc
  /** Absent: `opaque`. */
  readonly accessTokenFormat?: AccessTokenFormat
  readonly accessTokenSigningAlg?: SigningAlgorithm
  /** RFC 9449 §5.2. */
  readonly dpopBoundAccessTokens?: boolean
  /** RFC 8705 §3.4. */
  readonly tlsClientCertificateBoundAccessTokens?: boolean

  // Lifetimes; absent: those of the settings (`tokens`).
  readonly authorizationCodeSeconds?: number
  readonly accessTokenSeconds?: number
  readonly idTokenSeconds?: number
  readonly refreshTokenSeconds?: number
  readonly refreshTokenMaxSeconds?: number

  // The shape of what it reads.
  /** Claims of the scopes stand in the ID token, too; absent: only in user info (OIDC Core §5.4). */
  readonly claimsInIdToken?: boolean
  /** Absent: a list. */
  readonly groupsShape?: 'list' | 'string'
  /** Absent: a list. */
  readonly scpShape?: 'list' | 'string' | 'none'
  /** Absent: it is there. */
  readonly withRequestedAt?: boolean

  // CIBA Core §4.
  readonly backchannelTokenDeliveryMode?: 'poll' | 'ping' | 'push'
  readonly backchannelClientNotificationEndpoint?: string
  readonly backchannelAuthenticationRequestSigningAlg?: SigningAlgorithm
  readonly backchannelUserCodeParameter?: boolean

  /** RFC 8693: whose tokens it may exchange, by `client_id`; `*`: anybody's. Absent: only tokens that were issued to it. */
  readonly tokenExchangeSubjects?: readonly string[]
  /** RFC 7592: which registration access token counts; it grows when the token is renewed. */
  readonly registrationGeneration?: number
  /** RFC 7591 §1.2: the initial access token it was registered with; what that fixes stays fixed. */
  readonly registeredWith?: { readonly label: string; readonly fixedMetadata: JsonObject }
  /** RFC 7591 §2.3: as it was sent, for the answers about the client. */
  readonly softwareStatement?: string
  /** Client id metadata document: when it was last fetched, and until when it counts. */
  readonly fetchedAt?: Date
  readonly freshUntil?: Date

  readonly createdAt: Date
  readonly updatedAt: Date
  /** Who made it and who changed it last, for people; absent: not known. */
  readonly createdBy?: string
  readonly updatedBy?: string
  readonly disabledAt?: Date
}

/** JSON as it was received, its members not yet looked at. */
export type JsonObject = Readonly<Record<string, unknown>>
