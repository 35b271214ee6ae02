/** Response types and modes (OAuth 2.0 Multiple Response Type Encoding Practices, Form Post Response Mode, JARM). */

export type ResponseType =
  | 'code'
  | 'id_token'
  | 'id_token token'
  | 'code token'
  | 'code id_token'
  | 'code id_token token'
  | 'none'

/** In the order of discovery, under their registered names. */
export const RESPONSE_TYPES: readonly ResponseType[] = [
  'code',
  'id_token',
  'id_token token',
  'code token',
  'code id_token',
  'code id_token token',
  'none',
]

/** How the parameters of an authorization response travel; `.jwt`: as one JWT (JARM §2.3). */
export type PlainResponseMode = 'query' | 'fragment' | 'form_post' | 'web_message'
export type ResponseMode = PlainResponseMode | `${PlainResponseMode}.jwt`

const PLAIN_MODES: readonly PlainResponseMode[] = ['query', 'fragment', 'form_post', 'web_message']

/** In the order of discovery. */
export const RESPONSE_MODES: readonly ResponseMode[] = [
  ...PLAIN_MODES,
  ...PLAIN_MODES.map(mode => `${mode}.jwt` as const),
]

/** Multiple Response Types §3: the order of the words does not matter. Nothing when there is no such type. */
export function responseTypeOf(text: string): ResponseType | undefined {
  const words = wordsOf(text)
  return RESPONSE_TYPES.find(type => wordsOf(type) === words)
}

function wordsOf(text: string): string {
  return text.split(' ').filter(Boolean).sort().join(' ')
}

export function yieldsCode(type: ResponseType): boolean {
  return type.split(' ').includes('code')
}

export function yieldsIdToken(type: ResponseType): boolean {
  return type.split(' ').includes('id_token')
}

export function yieldsAccessToken(type: ResponseType): boolean {
  return type.split(' ').includes('token')
}

/** Multiple Response Types §2.1, §5: whatever carries a token goes into the fragment, unless the request says otherwise. */
export function defaultResponseMode(type: ResponseType): 'query' | 'fragment' {
  return type === 'code' || type === 'none' ? 'query' : 'fragment'
}

/** What `response_mode` means for a type; `jwt` is the default of the type as a JWT (JARM §2.3.4). Nothing when there is no such mode. */
export function responseModeOf(text: string | undefined, type: ResponseType): ResponseMode | undefined {
  if (text === undefined) return defaultResponseMode(type)
  if (text === 'jwt') return `${defaultResponseMode(type)}.jwt`
  return RESPONSE_MODES.find(mode => mode === text)
}

/** The way itself, with or without a JWT around what goes it. */
export function plainMode(mode: ResponseMode): PlainResponseMode {
  return mode.replace(/\.jwt$/, '') as PlainResponseMode
}

export function isJwtMode(mode: ResponseMode): boolean {
  return mode.endsWith('.jwt')
}
