/** Token requests and the checks of their answers. */

import { createPublicKey, verify } from 'node:crypto'
import { type Answer, jsonText } from '../load/answer.ts'
import { Connection } from '../load/connection.ts'
import { formPost } from '../load/request.ts'
import { type BenchClient, REDIRECT_URI, type Site } from '../servers/site.ts'
import type { Visit } from './scenario.ts'
import { fetchCodes } from './sessions.ts'

export interface GrantedTokens {
  readonly accessToken: string
  readonly refreshToken: string
  readonly idToken: string
}

export function tokenPost(site: Site, client: BenchClient): (body: string) => string {
  return formPost(site.authority, site.endpoints.token, { authorization: client.authorization })
}

/** RFC 6749 §4.1.3. Codes and the redirect URI need no further encoding than this. */
export function codeBody(code: string): string {
  return `grant_type=authorization_code&code=${code}&redirect_uri=${encodeURIComponent(REDIRECT_URI)}`
}

export function refreshBody(refreshToken: string): string {
  return `grant_type=refresh_token&refresh_token=${refreshToken}`
}

/** The three tokens of an answer, or what is wrong with it. */
export function readTokens(answer: Answer): GrantedTokens | string {
  if (answer.status !== 200) return 'status is not 200'
  const accessToken = jsonText(answer.body, 'access_token')
  const refreshToken = jsonText(answer.body, 'refresh_token')
  const idToken = jsonText(answer.body, 'id_token')
  if (accessToken === undefined || accessToken === '') return 'no access_token'
  if (refreshToken === undefined || refreshToken === '') return 'no refresh_token'
  if (idToken === undefined || !idToken.startsWith('eyJ')) return 'no id_token'
  return { accessToken, refreshToken, idToken }
}

/** One grant per connection, by real code exchanges. */
export async function openGrants(visit: Visit, client: BenchClient): Promise<GrantedTokens[]> {
  const { site } = visit
  const codes = await fetchCodes(site, client, await visit.browsers(), visit.connections)
  const connection = await Connection.open(site.port)
  const post = tokenPost(site, client)
  const grants: GrantedTokens[] = []
  for (const code of codes) {
    const tokens = readTokens(await connection.ask(post(codeBody(code))))
    if (typeof tokens === 'string') throw new Error(`a grant could not be prepared: ${tokens}`)
    grants.push(tokens)
  }
  connection.close()
  return grants
}

/** Signature and claims of an ID token (OIDC Core §3.1.3.7). What is wrong, or nothing. */
export function inspectIdToken(
  idToken: string,
  algorithm: 'ES256' | 'RS256',
  site: Site,
  client: BenchClient,
  keys: readonly Record<string, unknown>[],
): string | undefined {
  const [head = '', body = '', signature = ''] = idToken.split('.')
  const header = decode(head)
  const claims = decode(body)
  const key = keys.find(candidate => candidate.kid === header.kid)
  if (header.alg !== algorithm || key === undefined) return `ID token has alg ${header.alg}, not ${algorithm}`
  const isGenuine = verify(
    'sha256',
    Buffer.from(`${head}.${body}`),
    { key: createPublicKey({ key, format: 'jwk' }), dsaEncoding: 'ieee-p1363' },
    Buffer.from(signature, 'base64url'),
  )
  if (!isGenuine) return 'ID token has a wrong signature'
  if (claims.iss !== site.issuer) return 'ID token has a wrong iss'
  if (claims.aud !== client.clientId && !isDeepOnly(claims.aud, client.clientId)) return 'ID token has a wrong aud'
  if (typeof claims.sub !== 'string' || claims.sub === '') return 'ID token has no sub'
  return Number(claims.exp) * 1000 > Date.now() ? undefined : 'ID token has expired'
}

function isDeepOnly(value: unknown, expected: string): boolean {
  return Array.isArray(value) && value.length === 1 && value[0] === expected
}

function decode(part: string): Record<string, unknown> {
  const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'))
  return value as Record<string, unknown>
}
