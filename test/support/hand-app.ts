/** An app as the protocol sees it: requests written by hand, so that a test can get any part of them wrong. */

import assert from 'node:assert/strict'
import { hash } from 'node:crypto'
import type { Account } from '../../src/core/accounts/account.ts'
import type { Client } from '../../src/core/clients/client.ts'
import { type HandBrowser, type Landing, sentAway } from './hand-browser.ts'
import type { RunningApp } from './running-app.ts'
import { PASSWORD, type Registered } from './seeding.ts'

export type Fields = Readonly<Record<string, string>>

/** RFC 7636 Appendix B. */
export const VERIFIER = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk'
export const CHALLENGE = { code_challenge: hash('sha256', VERIFIER, 'base64url'), code_challenge_method: 'S256' }

/** A complete authorization request; `undefined` leaves a parameter out. */
export function authorizePath(client: Client, changes: Readonly<Record<string, string | undefined>> = {}): string {
  return `/authorize?${query({ ...requestOf(client), ...changes })}`
}

export function requestOf(client: Client): Fields {
  const [redirect_uri = ''] = client.redirectUris
  return { response_type: 'code', client_id: client.clientId, redirect_uri, scope: 'openid', state: 'a state' }
}

export function query(fields: Readonly<Record<string, string | undefined>>): string {
  const entries = Object.entries(fields).filter((entry): entry is [string, string] => entry[1] !== undefined)
  return new URLSearchParams(entries).toString()
}

export function basic(clientId: string, secret: string): string {
  const encode = (text: string): string => new URLSearchParams({ x: text }).toString().slice(2)
  return `Basic ${Buffer.from(`${encode(clientId)}:${encode(secret)}`).toString('base64')}`
}

/** A form posted by an app: with its secret in the header, or as a public client with its client_id. */
export function postAs(
  { issuer }: Pick<RunningApp, 'issuer'>,
  { client, secret }: Registered,
  path: string,
  fields: Fields,
  headers: Fields = {},
): Promise<Response> {
  const isPublic = client.type === 'public'
  return fetch(`${issuer}${path}`, {
    method: 'POST',
    headers: isPublic ? headers : { authorization: basic(client.clientId, secret), ...headers },
    body: new URLSearchParams(isPublic ? { client_id: client.clientId, ...fields } : fields),
  })
}

export interface TokenAnswer {
  readonly status: number
  readonly access_token: string
  readonly refresh_token: string
  readonly id_token: string
  readonly scope: string
  readonly token_type: string
  readonly expires_in: number
  readonly error: string | undefined
  readonly error_description: string | undefined
}

/** The answer of a JSON endpoint with its status beside the members. */
export async function answered(response: Response | Promise<Response>): Promise<TokenAnswer> {
  const whole = await response
  return { ...((await whole.json()) as TokenAnswer), status: whole.status }
}

/** An error as RFC 6749 §5.2 has it: JSON, uncached, with the two members and clean text. */
export async function assertRefused(response: Response, status: number, error: string): Promise<void> {
  const body = (await response.json()) as Readonly<Record<string, string>>
  assert.deepEqual([response.status, body.error], [status, error], body.error_description ?? '')
  assert.match(body.error_description ?? '', /^[\x20\x21\x23-\x5B\x5D-\x7E]+$/)
  assert.match(response.headers.get('content-type') ?? '', /^application\/json\b/)
  assert.equal(response.headers.get('cache-control'), 'no-store')
  assert.deepEqual(Object.keys(body).sort(), ['error', 'error_description'])
}

export function exchange(
  app: RunningApp,
  by: Registered,
  code: string,
  changes: Readonly<Record<string, string>> = {},
): Promise<TokenAnswer> {
  const [redirect_uri = ''] = by.client.redirectUris
  return answered(postAs(app, by, '/token', { grant_type: 'authorization_code', code, redirect_uri, ...changes }))
}

export function refresh(app: RunningApp, by: Registered, refresh_token: string, changes: Fields = {}) {
  return answered(postAs(app, by, '/token', { grant_type: 'refresh_token', refresh_token, ...changes }))
}

/** A code for somebody who is signed in and has nothing to be asked. */
export async function codeFor(
  browser: HandBrowser,
  client: Client,
  changes: Readonly<Record<string, string | undefined>> = {},
): Promise<string> {
  const { params, location } = sentAway(await browser.open(authorizePath(client, changes)))
  const code = params.get('code')
  if (code === null) throw new Error(`no code in ${location}`)
  return code
}

/** The tokens of a whole sign-in. */
export async function tokensFor(
  app: RunningApp,
  browser: HandBrowser,
  by: Registered,
  changes: Readonly<Record<string, string | undefined>> = {},
): Promise<TokenAnswer> {
  const tokens = await exchange(app, by, await codeFor(browser, by.client, changes))
  if (tokens.status !== 200) throw new Error(`no tokens: ${JSON.stringify(tokens)}`)
  return tokens
}

/** Fills in the sign-in page. */
export function signInAt(browser: HandBrowser, page: Landing, account: Account, password = PASSWORD): Promise<Landing> {
  return browser.submit(page, '/login', { username: account.username, password })
}

export function userinfo({ issuer }: Pick<RunningApp, 'issuer'>, token: string): Promise<Response> {
  return fetch(`${issuer}/userinfo`, { headers: { authorization: `Bearer ${token}` } })
}

export async function isActive(app: RunningApp, by: Registered, token: string): Promise<boolean> {
  const response = await postAs(app, by, '/introspect', { token })
  return ((await response.json()) as { readonly active: boolean }).active
}

/** The payload of a JWT, unverified: for tests about what is in it. */
export function payloadOf(jwt: string): Readonly<Record<string, unknown>> {
  return JSON.parse(Buffer.from(jwt.split('.')[1] ?? '', 'base64url').toString('utf8'))
}

export function headerOf(jwt: string): Readonly<Record<string, unknown>> {
  return JSON.parse(Buffer.from(jwt.split('.')[0] ?? '', 'base64url').toString('utf8'))
}

/** What discovery says; most members are lists. */
export async function metadataOf({ issuer }: Pick<RunningApp, 'issuer'>) {
  const response = await fetch(`${issuer}/.well-known/openid-configuration`)
  return (await response.json()) as Readonly<Record<string, readonly string[] | undefined>>
}
