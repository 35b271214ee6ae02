/** A rule of a profile: one sentence for people, and the checks that hold it at each station of a request. */

import type { Confirmation } from '../../../spec/confirmation.ts'
import type { Client, ProfileName } from '../client.ts'
import type { KeptByHouse } from '../client-settings.ts'

/** What of a client is decided by settings alone. */
export type ClientProperties = Omit<Client, Exclude<KeptByHouse, 'sectorIdentifier'>>

/** What the rules look at of an authorization request. */
export interface AuthorizationFacts {
  /** It came by way of the pushed authorization request endpoint (RFC 9126). */
  readonly pushed: boolean
  /** Its parameters stood in a request object whose signature was verified (RFC 9101). */
  readonly signed: boolean
  readonly responseType: string
  readonly responseMode: string
  /** Absent: the request had no code challenge. */
  readonly codeChallengeMethod?: string
  readonly scopes: readonly string[]
  readonly redirectUri: string
  readonly hasNonce: boolean
  readonly hasState: boolean
}

/** What the rules look at of an opened request object, beside the issuer it should be for. */
export interface RequestObjectFacts {
  readonly alg: string
  readonly aud?: string | readonly string[]
  readonly exp?: number
  readonly nbf?: number
  readonly issuer: string
  readonly now: Date
}

/** What the rules look at of a request that an authenticated client sends to the token endpoint (or pushes, RFC 9126 §2). */
export interface TokenFacts {
  readonly authMethod: string
  /** Only with an assertion: its `alg`, and its `aud` as it was sent. */
  readonly assertionAlg?: string
  readonly assertionAudience?: unknown
  readonly issuer: string
  /** What the tokens will be bound to. */
  readonly cnf?: Confirmation
  /** `false` for requests that give no tokens, such as pushed ones: they need no binding. */
  readonly givesTokens: boolean
}

/** A member of the registration that breaks the rule, and a sentence about it. */
export interface Broken {
  readonly member: string
  readonly message: string
}

export interface ProfileRule {
  /** `pushed_requests`: by this name refusals and the audit speak of it. */
  readonly name: string
  readonly section: string
  readonly sentence: string
  /** What the client reads behind `profile fapi2 requires`; printable ASCII. */
  readonly demand: string
  /** Ends of the rules that hold the same by a setting of the client; they refuse in the name of the profile. */
  readonly settings?: readonly string[]
  readonly registration?: (client: ClientProperties) => readonly Broken[]
  /** The others answer whether the rule is kept. */
  readonly authorization?: (facts: AuthorizationFacts) => boolean
  readonly requestObject?: (facts: RequestObjectFacts) => boolean
  readonly token?: (facts: TokenFacts) => boolean
}

export interface Profile {
  readonly name: ProfileName
  readonly title: string
  readonly about: string
  readonly rules: readonly ProfileRule[]
  /** Counts where a registration says nothing: what else the profile would refuse. */
  readonly defaults: (settings: ProfileQuestions) => ProfileDefaults
  readonly limits: ProfileLimits
}

/** What of the settings the defaults depend on. */
export interface ProfileQuestions {
  readonly responseTypes?: readonly string[]
  readonly dpopBoundAccessTokens?: boolean
  readonly tlsClientCertificateBoundAccessTokens?: boolean
}

export type ProfileDefaults = Partial<Omit<ClientProperties, 'clientId' | 'type'>>

/** The longest lifetimes that a profile allows, whatever the settings say. */
export interface ProfileLimits {
  readonly authorizationCodeSeconds?: number
  readonly pushedRequestSeconds?: number
}
