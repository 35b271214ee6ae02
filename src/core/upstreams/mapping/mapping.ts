/** A mapping: one rule that makes something of what an upstream says about a person. Plain data, as it stands in the settings. */

import type { JsonObject } from '../../clients/client.ts'

/** `import`: at the first sign-in only. `force`: at every sign-in. */
export type SyncMode = 'import' | 'force'

/** Where claims come from, by name. Everything the upstream said, parsed; no token in it but inside `token_response`. */
export interface ClaimSources {
  /** The parameters of the authorization response; Apple's `user` is parsed. */
  readonly authorization_response?: JsonObject
  readonly token_response?: JsonObject
  readonly id_token?: JsonObject
  /** Only where it is a JWT and the upstream says so. */
  readonly access_token?: JsonObject
  readonly userinfo?: JsonObject
}

export type ClaimSource = keyof ClaimSources

interface MappingBase {
  /** For people: in explanations. */
  readonly name?: string
  /** Where the claims are looked up; absent: access token, ID token, user info, token response, the first that has it. */
  readonly source?: ClaimSource
  /** Absent: as the upstream has it. */
  readonly sync?: SyncMode
}

/** All of these pairs of claim path and wanted value must match (a list of values: all of them). */
export interface ClaimConditions {
  readonly claims: Readonly<Record<string, string | readonly string[]>>
  /** `exact` by default; `contains`: a list or a text has it; `regex`: the whole value. */
  readonly match?: 'exact' | 'contains' | 'regex'
}

export type Mapping = MappingBase &
  (
    | {
        /** The claim's value becomes the attribute: `ssoid`, `login`, `email`, `name`, any of OIDC Core §5.1, `roles.grant`, `roles.remove`. */
        readonly kind: 'attribute'
        readonly attribute: string
        /** A path: `address.locality`, `https://example\.com/claims.groups[0]`, `emails[primary=true].email`. */
        readonly claim: string
      }
    | {
        /** `${ALIAS}.${CLAIM.preferred_username|lowercase}` */
        readonly kind: 'template'
        readonly attribute: string
        readonly template: string
      }
    | { readonly kind: 'hardcoded'; readonly attribute: string; readonly value: string }
    | { readonly kind: 'hardcoded_group'; readonly group: string }
    /** In the group when the conditions hold; with `force`, out of it when they do not. */
    | ({ readonly kind: 'group'; readonly group: string } & ClaimConditions)
    /** The same for the right to manage this server. */
    | ({ readonly kind: 'administrator' } & ClaimConditions)
  )

export type MappingKind = Mapping['kind']
