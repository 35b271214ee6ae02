/** An app under a server that may die at any moment: each request is answered whole, or its answer is lost and nobody knows what happened. */

import { basic, type Fields, query, requestOf } from './hand-app.ts'
import type { Registered } from './seeding.ts'

/** The connection broke: the server may have done it or not. */
export const LOST = Symbol('the answer was lost')
export type Lost = typeof LOST

export interface Answer {
  readonly status: number
  readonly location: URL | undefined
  readonly cookies: readonly string[]
  readonly text: string
}

export interface TokensOf {
  readonly access_token: string
  readonly refresh_token: string
}

export interface CrashClient {
  readonly acknowledged: number
  readonly lost: number
  send(path: string, init?: RequestInit): Promise<Answer | Lost>
  /** Straight to the code of somebody who is signed in. */
  authorize(cookie: string, changes?: Fields): Promise<Answer | Lost>
  exchange(code: string): Promise<Answer | Lost>
  refresh(refreshToken: string): Promise<Answer | Lost>
  revoke(token: string): Promise<Answer | Lost>
  userinfo(accessToken: string): Promise<Answer | Lost>
}

export function createCrashClient(issuer: string, { client, secret }: Registered): CrashClient {
  let acknowledged = 0
  let lost = 0
  const authorization = basic(client.clientId, secret)
  const [redirect_uri = ''] = client.redirectUris

  const send: CrashClient['send'] = async (path, init = {}) => {
    try {
      const response = await fetch(`${issuer}${path}`, { ...init, redirect: 'manual' })
      const text = await response.text()
      const location = response.headers.get('location')
      acknowledged++
      return {
        status: response.status,
        location: location === null ? undefined : new URL(location, issuer),
        cookies: response.headers.getSetCookie(),
        text,
      }
    } catch {
      lost++
      return LOST
    }
  }
  const post = (path: string, fields: Fields) =>
    send(path, { method: 'POST', headers: { authorization }, body: new URLSearchParams(fields) })

  return {
    get acknowledged() {
      return acknowledged
    },
    get lost() {
      return lost
    },
    send,
    authorize: (cookie, changes = {}) =>
      send(`/authorize?${query({ ...requestOf(client), scope: 'openid offline_access', ...changes })}`, {
        headers: { cookie: `sallyport-session=${cookie}` },
      }),
    exchange: code => post('/token', { grant_type: 'authorization_code', code, redirect_uri }),
    refresh: refresh_token => post('/token', { grant_type: 'refresh_token', refresh_token }),
    revoke: token => post('/revoke', { token }),
    userinfo: accessToken => send('/userinfo', { headers: { authorization: `Bearer ${accessToken}` } }),
  }
}

export function tokensOf({ text }: Answer): TokensOf {
  return JSON.parse(text) as TokensOf
}

export function codeOf({ location }: Answer): string | undefined {
  return location?.searchParams.get('code') ?? undefined
}
