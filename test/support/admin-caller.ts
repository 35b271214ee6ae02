/** Requests to the admin API as apps and browsers send them, and tokens and sessions that open it. */

import assert from 'node:assert/strict'
import type { Account, Role } from '../../src/core/accounts/account.ts'
import { adminResource } from '../../src/core/administration/admin-scopes.ts'
import { answered, type Fields, postAs } from './hand-app.ts'
import { type RunningApp, SESSION_COOKIE } from './running-app.ts'
import type { Registered } from './seeding.ts'

export interface AdminRequest {
  readonly method?: string
  /** Below `/api/admin/v1`. */
  readonly path: string
  readonly headers?: Fields
  /** A value is sent as JSON; text and bytes as they are. */
  readonly body?: unknown
}

export interface AdminReply {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** The members of a JSON object; none when it is something else. */
  readonly json: Readonly<Record<string, unknown>>
}

export async function callAdmin(
  { issuer }: Pick<RunningApp, 'issuer'>,
  { method = 'GET', path, headers = {}, body }: AdminRequest,
): Promise<AdminReply> {
  const isRaw = body === undefined || typeof body === 'string' || body instanceof Uint8Array
  const response = await fetch(`${issuer}/api/admin/v1${path}`, {
    method,
    redirect: 'manual',
    headers: { ...(isRaw ? {} : { 'content-type': 'application/json' }), ...headers },
    ...(body === undefined ? {} : { body: isRaw ? (body as string | Uint8Array<ArrayBuffer>) : JSON.stringify(body) }),
  })
  const text = await response.text()
  return { status: response.status, headers: response.headers, text, json: jsonOf(text) }
}

function jsonOf(text: string): AdminReply['json'] {
  try {
    return JSON.parse(text) as AdminReply['json']
  } catch {
    return {}
  }
}

export function bearer(token: string): Fields {
  return { authorization: `Bearer ${token}` }
}

/** As a page of ours sends it. */
export async function sessionOf(app: RunningApp, account: Account): Promise<Fields> {
  const { cookie } = await app.beginSession(account)
  return { ...cookieOnly(cookie), ...FROM_OUR_PAGE, origin: app.issuer }
}

export const FROM_OUR_PAGE: Fields = { 'sec-fetch-site': 'same-origin', 'x-requested-with': 'test' }

export function cookieOnly(cookie: string): Fields {
  return { cookie: `${SESSION_COOKIE}=${cookie}` }
}

/** An app that may have a token of its own with each of the scopes, and one in a person's name. */
export function registerManager(app: RunningApp, changes: Parameters<RunningApp['register']>[0] = {}) {
  return app.register({
    scopes: ['openid', 'offline_access', 'admin.viewer', 'admin.operator', 'admin.administrator'],
    grantTypes: ['client_credentials', 'authorization_code', 'refresh_token'],
    ...changes,
  })
}

/** An app's own token. */
export async function ownToken(app: RunningApp, by: Registered, role: Role, changes: Fields = {}): Promise<string> {
  const fields = { grant_type: 'client_credentials', scope: `admin.${role}`, resource: adminResource(app.issuer) }
  const token = await answered(postAs(app, by, '/token', { ...fields, ...changes }))
  assert.equal(token.status, 200, token.error_description ?? '')
  return token.access_token
}
