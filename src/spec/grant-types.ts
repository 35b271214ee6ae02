/** Grant types (RFC 7591 §2 `grant_types`) by their registered names. */

export const AUTHORIZATION_CODE = 'authorization_code'
export const IMPLICIT = 'implicit'
export const REFRESH_TOKEN = 'refresh_token'
export const CLIENT_CREDENTIALS = 'client_credentials'
/** RFC 8628 §3.4. */
export const DEVICE_CODE = 'urn:ietf:params:oauth:grant-type:device_code'
/** CIBA Core §4. */
export const CIBA = 'urn:openid:params:grant-type:ciba'
/** RFC 8693 §2.1. */
export const TOKEN_EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange'
/** RFC 7523 §2.1. */
export const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer'

/** In the order of discovery: what clients may register for. */
export const GRANT_TYPES_SPOKEN: readonly string[] = [
  AUTHORIZATION_CODE,
  IMPLICIT,
  REFRESH_TOKEN,
  CLIENT_CREDENTIALS,
  DEVICE_CODE,
  CIBA,
  TOKEN_EXCHANGE,
  JWT_BEARER,
]

/** RFC 6749 §4.2: the implicit grant ends at the authorization endpoint; the others come to the token endpoint. */
export const TOKEN_ENDPOINT_GRANT_TYPES: readonly string[] = GRANT_TYPES_SPOKEN.filter(name => name !== IMPLICIT)
