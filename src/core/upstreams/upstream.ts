/** An upstream: an identity provider that people sign in through; we are its relying party. */

import type { Id } from '../../lib/id.ts'
import type { SigningAlgorithm } from '../../spec/jws.ts'
import type { Mapping, SyncMode } from './mapping/mapping.ts'

export type UpstreamUid = Id<'upstream'>

/** `oauth2`: no ID token; who somebody is stands in the token response or in the user info. */
export type UpstreamKind = 'oidc' | 'oauth2'

/** How we prove to the upstream who we are (OIDC Core §9, RFC 8705 §2). `…_unencoded`: Basic without the form encoding of RFC 6749 §2.3.1. */
export type UpstreamAuthMethod =
  | 'client_secret_basic'
  | 'client_secret_basic_unencoded'
  | 'client_secret_post'
  | 'client_secret_jwt'
  | 'private_key_jwt'
  | 'tls_client_auth'
  | 'none'

/** Names and values that are sent as they are. */
export type StaticValues = Readonly<Record<string, string>>

/** Whose endpoints these are: typed by hand, or found by discovery. */
export interface UpstreamEndpoints {
  readonly issuer?: string
  readonly authorizationEndpoint?: string
  readonly tokenEndpoint?: string
  readonly userinfoEndpoint?: string
  readonly jwksUri?: string
  readonly endSessionEndpoint?: string
  /** RFC 8705 §5: preferred with `tls_client_auth`. */
  readonly mtlsTokenEndpoint?: string
  readonly mtlsUserinfoEndpoint?: string
}

/** Everything that can be set, complete with its defaults. Each member has a row in `settings-table.ts`. */
export interface UpstreamProperties extends UpstreamEndpoints {
  // General
  readonly kind: UpstreamKind
  /** The preset it was made from; data only, nothing depends on it. */
  readonly preset?: string
  readonly displayName?: string
  readonly logoUri?: string
  readonly enabled: boolean
  /** On the sign-in page; smaller comes first. */
  readonly order: number
  readonly hideOnLogin: boolean
  /** Nobody signs in through it: people link it on their account page, for what apps do with its tokens. */
  readonly linkOnly: boolean
  readonly showInAccount: 'always' | 'when_linked' | 'never'
  /** Lower case; people with such an address are sent there. */
  readonly emailDomains: readonly string[]

  // Where it is
  /** The discovery document's own URL; it is read again as long as this is set. */
  readonly discoveryUri?: string

  // Who we are to it
  readonly clientId: string
  readonly clientAuthMethod: UpstreamAuthMethod
  readonly clientAssertionAlg?: SigningAlgorithm
  /** `aud` of our assertions; the token endpoint when absent. */
  readonly clientAssertionAudience?: string
  /** PEM, for `tls_client_auth`. */
  readonly clientCertificate?: string
  readonly redirectUriOverride?: string

  // The authorization request
  readonly scopes: readonly string[]
  readonly prompt?: 'none' | 'consent' | 'login' | 'select_account'
  readonly acceptsPromptNone: boolean
  readonly passLoginHint: boolean
  readonly passMaxAge: boolean
  readonly passUiLocales: boolean
  readonly passAcrValues: boolean
  /** Of the app's own request, further parameters that travel on. */
  readonly forwardParameters: readonly string[]
  /** Of our sign-in URL; `*` for all. */
  readonly persistParameters: readonly string[]
  readonly authorizationParameters: StaticValues
  /** Besides, when the registration URL was used. */
  readonly registrationParameters: StaticValues
  readonly pkceMethod: 'S256' | 'plain' | 'off'
  readonly nonce: boolean
  readonly responseMode?: 'query' | 'form_post'

  // The token request and what it brings
  readonly tokenParameters: StaticValues
  readonly tokenHeaders: StaticValues
  readonly validateSignatures: boolean
  /** Keys come from the JWKS URI; otherwise `publicKey` is the only one. */
  readonly useJwksUri: boolean
  /** SPKI in PEM or in bare base64, or a certificate. */
  readonly publicKey?: string
  readonly publicKeyId?: string
  /** Empty: what discovery lists, without `none` and without secrets; else RS256. */
  readonly idTokenSigningAlgs: readonly string[]
  readonly requireEncryptedIdToken: boolean
  readonly validateIssuer: boolean
  /** Empty: our `client_id`. */
  readonly audience: readonly string[]
  readonly clockSkewSeconds: number
  /** A fresh sign-in that was demanded only counts with an `auth_time`. */
  readonly authTimeRequired: boolean
  /** For testing only: nothing of a JWT is checked. */
  readonly disableJwtValidation: boolean
  readonly accessTokenIsJwt: boolean
  /** RFC 8725 §3.11: by its `typ`, or where that says little by its claims; no ID token in the place of another token. */
  readonly checkTokenType: boolean

  // User info
  readonly disableUserinfo: boolean
  readonly userinfoMethod: 'GET' | 'POST'
  readonly userinfoParameters: StaticValues
  readonly userinfoHeaders: StaticValues
  /** More documents, read with the access token and put into the user info under their names. */
  readonly userinfoDocuments: StaticValues

  // What becomes of it
  readonly mappings: readonly Mapping[]
  /** `ssoid`, `login`, `email` and names come from the claims of OIDC Core §5.1 where no mapping says otherwise. */
  readonly standardMappings: boolean
  readonly syncMode: SyncMode
  readonly trustEmail: boolean
  readonly caseSensitiveUsername: boolean
  /** A claim that must be there, and a regular expression for its whole value. */
  readonly essentialClaim?: string
  readonly essentialClaimValue?: string
  /** Whether unknown people get an account. */
  readonly createAccounts: boolean
  /** Whether somebody may link an existing account at the first sign-in, and how they prove that it is theirs. */
  readonly linkExisting: boolean
  readonly linkProofs: readonly LinkProof[]
  readonly reviewProfile: 'missing' | 'always' | 'never'
  /** What has to be proven to us besides, after every sign-in through it. */
  readonly postLogin: 'none' | 'password'
  /** RFC 8176 methods that a sign-in through it counts as, and whether those that it names itself count, too. */
  readonly amr: readonly string[]
  readonly trustAmr: boolean

  // Its tokens
  readonly storeTokens: boolean
  /** The client_ids of the apps that may read them. */
  readonly storedTokensReadableBy: readonly string[]
  readonly minTokenValiditySeconds: number

  // Sign-out, from us to it
  readonly logoutMode: 'redirect' | 'backchannel' | 'none'
  /** Called for `backchannel`; the end session endpoint when absent. */
  readonly logoutUri?: string
  readonly logoutAuthorization: 'basic' | 'bearer' | 'none'
  readonly logoutTokenMethod: 'form' | 'json' | 'none'
  readonly logoutTokenParameter: string
  readonly logoutParameters: StaticValues
  readonly logoutPassParameters: boolean
  readonly sendIdTokenHint: boolean
  readonly sendClientIdOnLogout: boolean
  /** The name under which the upstream wants `post_logout_redirect_uri`. */
  readonly postLogoutRedirectParameter: string
  /** Instead of our own. */
  readonly postLogoutRedirectUri?: string

  // Sign-out, from it to us
  readonly backchannelLogout: boolean
  readonly frontchannelLogout: boolean
  /** Origins that may frame the logout URL; empty: none. */
  readonly frontchannelLogoutFrameAncestors: readonly string[]
  /** Where people go who were sent to the logout URL; our own page when absent. */
  readonly frontchannelLogoutRedirectUri?: string
}

export type LinkProof = 'mail' | 'sign_in'

/** A secret as it is kept: sealed, or the name of a place outside. */
export type UpstreamSecret =
  | { readonly kind: 'sealed'; readonly box: string }
  /** `${vault.NAME}`, `${env.NAME}` or `${file:PATH}`, read whenever it is needed. */
  | { readonly kind: 'reference'; readonly text: string }

/** What discovery said last (OIDC Discovery §3). */
export interface DiscoveredMetadata extends UpstreamEndpoints {
  readonly fetchedAt: Date
  /** The members that are lists, as far as we look at them. */
  readonly idTokenSigningAlgs?: readonly string[]
  readonly tokenEndpointAuthMethods?: readonly string[]
  readonly scopes?: readonly string[]
  readonly promptValues?: readonly string[]
  readonly codeChallengeMethods?: readonly string[]
  /** RFC 9207 §3: answers always carry `iss`. */
  readonly sendsIssuer?: boolean
}

export interface Upstream extends UpstreamProperties {
  readonly uid: UpstreamUid
  /** In our URLs and in `idp_hint`; never changes. */
  readonly alias: string
  readonly clientSecret?: UpstreamSecret
  /** The private key of `clientCertificate`, PEM. */
  readonly clientCertificateKey?: UpstreamSecret
  readonly discovered?: DiscoveredMetadata
  /** Keys that were fetched before count no more. */
  readonly keysClearedAt?: Date
  readonly createdAt: Date
  readonly updatedAt: Date
  /** Who made it and who changed it last, for people; absent: not known. */
  readonly createdBy?: string
  readonly updatedBy?: string
}

/** Typed by hand wins over discovered, one by one. */
export function endpointsOf(upstream: Upstream): UpstreamEndpoints {
  const { discovered = {} } = upstream
  const typed = {
    issuer: upstream.issuer,
    authorizationEndpoint: upstream.authorizationEndpoint,
    tokenEndpoint: upstream.tokenEndpoint,
    userinfoEndpoint: upstream.userinfoEndpoint,
    jwksUri: upstream.jwksUri,
    endSessionEndpoint: upstream.endSessionEndpoint,
    mtlsTokenEndpoint: upstream.mtlsTokenEndpoint,
    mtlsUserinfoEndpoint: upstream.mtlsUserinfoEndpoint,
  }
  const said = Object.entries(typed).filter(([, value]) => value !== undefined)
  return { ...discovered, ...Object.fromEntries(said) } as UpstreamEndpoints
}

/** What people read on its button. */
export function upstreamName({ displayName, alias }: Pick<Upstream, 'displayName' | 'alias'>): string {
  return displayName ?? alias
}
