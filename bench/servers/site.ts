/** A server under test as its visitors see it. */

import type { Person } from '../load/browser.ts'

export type ServerName = 'sallyport' | 'peer-memory' | 'peer-durable'

/** Never called: codes are read off the redirect. */
export const REDIRECT_URI = 'http://127.0.0.1:9/cb'

export type ClientRole = 'es256' | 'rs256' | 'machine' | 'assertion' | 'jwt'

/** What each client is registered for, the same on every server. All but `assertion` (private_key_jwt) use client_secret_basic. */
export const CLIENT_GRANTS: Readonly<Record<ClientRole, readonly string[]>> = {
  es256: ['authorization_code', 'refresh_token'],
  rs256: ['authorization_code', 'refresh_token'],
  machine: ['client_credentials'],
  assertion: ['client_credentials'],
  jwt: ['client_credentials'],
}

export interface BenchClient {
  readonly clientId: string
  /** The value of the Authorization header. */
  readonly authorization: string
}

/** Path and query of each endpoint, read from the discovery document. */
export interface Endpoints {
  readonly authorize: string
  readonly par: string
  readonly token: string
  readonly userinfo: string
  readonly introspect: string
  readonly jwks: string
}

export interface Site {
  readonly name: ServerName
  readonly issuer: string
  readonly port: number
  /** The Host header. */
  readonly authority: string
  readonly endpoints: Endpoints
  readonly clients: Readonly<Record<ClientRole, BenchClient>>
  readonly people: readonly Person[]
}

export interface RunningServer {
  readonly site: Site
  readonly pid: number
  /** Milliseconds from the start of the process until it was ready, and until it had issued a token. */
  readonly readyMs: number
  readonly firstTokenMs: number
  /** Resident after the first token. */
  readonly idleMegabytes: number
  stop(): Promise<void>
}
