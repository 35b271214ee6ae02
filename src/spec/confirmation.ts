/** Proof-of-possession confirmations (RFC 7800 §3.1) of sender-constrained tokens. */

export type Confirmation =
  /** RFC 9449 §6.1: the SHA-256 JWK thumbprint of the DPoP key. */
  | { readonly jkt: string }
  /** RFC 8705 §3.1: the SHA-256 thumbprint of the client certificate. */
  | { readonly 'x5t#S256': string }
