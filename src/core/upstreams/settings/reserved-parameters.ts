/** Parameters and headers that we set ourselves in what we send to an upstream: no setting and no request of an app may name them. */

/**
 * Whether a name from outside is one of these to any upstream: some do not tell `State` from `state`, and to some `redirect.uri` is
 * `redirect_uri`, and `state[]` is `state`. What is no name (RFC 6749 appendix A: visible ASCII) may be read as any of them.
 */
export function anyOf(names: Iterable<string>): (name: string) => boolean {
  const reserved = new Set(Array.from(names, name => name.toLowerCase().replaceAll('.', '_')))
  return name => !/^[\x21-\x7e]+$/.test(name) || meaningsOf(name).some(meaning => reserved.has(meaning))
}

function meaningsOf(name: string): readonly string[] {
  const lower = name.toLowerCase()
  const [list = ''] = lower.split('[', 1)
  return [lower, list].map(text => text.replace(/[.[]/g, '_'))
}

/** RFC 6749 §4.1.1, OIDC Core §3.1.2.1, RFC 7636 §4.3, RFC 9101 §5. */
export const RESERVED_AUTHORIZATION_PARAMETERS: readonly string[] = [
  'client_id',
  'client_secret',
  'client_assertion',
  'client_assertion_type',
  'response_type',
  'response_mode',
  'redirect_uri',
  'scope',
  'state',
  'nonce',
  'code_challenge',
  'code_challenge_method',
  'id_token_hint',
  'request',
  'request_uri',
  'registration',
  'dpop_jkt',
]

/** RFC 6749 §4.1.3, §6; RFC 7636 §4.5; RFC 7521 §4.2. */
export const RESERVED_TOKEN_PARAMETERS: readonly string[] = [
  'client_id',
  'client_secret',
  'client_assertion',
  'client_assertion_type',
  'grant_type',
  'code',
  'code_verifier',
  'redirect_uri',
  'refresh_token',
]

/** RFC 6750 §2.2, §2.3: the token travels in the header. */
export const RESERVED_USERINFO_PARAMETERS: readonly string[] = ['access_token', 'client_id', 'client_secret']

/** RP-Initiated Logout §2; RFC 7521 §4.2. */
export const RESERVED_LOGOUT_PARAMETERS: readonly string[] = [
  'id_token_hint',
  'logout_hint',
  'client_id',
  'client_secret',
  'client_assertion',
  'client_assertion_type',
  'post_logout_redirect_uri',
  'state',
]

/** In lower case. How the request travels, and who we are. */
export function isReservedHeader(name: string): boolean {
  const lower = name.toLowerCase()
  return RESERVED_HEADERS.includes(lower) || /^(content|proxy|sec)-/.test(lower)
}

const RESERVED_HEADERS: readonly string[] = [
  'authorization',
  'connection',
  'cookie',
  'dpop',
  'expect',
  'host',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]
