/** The `claims` parameter (OIDC Core §5.5): single claims asked for by name, and where they are wanted. */

/** OIDC Core §5.5.1. */
export interface ClaimWish {
  readonly essential?: boolean
  readonly value?: unknown
  readonly values?: readonly unknown[]
}

export interface ClaimsRequest {
  readonly userinfo?: Readonly<Record<string, ClaimWish>>
  readonly idToken?: Readonly<Record<string, ClaimWish>>
}
