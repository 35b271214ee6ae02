/** Apps that register themselves, by hand. */

import assert from 'node:assert/strict'
import type { RunningApp } from './running-app.ts'

export type Registration = Readonly<Record<string, unknown>>

export const REDIRECT_URI = 'https://app.example.com/callback'

/** `said`: metadata, or the body itself. */
export function register(
  { issuer }: Pick<RunningApp, 'issuer'>,
  said: Registration | string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
  return fetch(`${issuer}/register`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof said === 'string' ? said : JSON.stringify(said),
  })
}

/** With one redirect URI where none is said. */
export async function registered(
  app: Pick<RunningApp, 'issuer'>,
  said: Registration,
  headers: Readonly<Record<string, string>> = {},
): Promise<Registration> {
  const response = await register(app, { redirect_uris: [REDIRECT_URI], ...said }, headers)
  const body = (await response.json()) as Registration
  assert.equal(response.status, 201, JSON.stringify(body))
  return body
}

/** 400 with the error and a description that names what is wrong, in the characters that RFC 6749 §5.2 allows. */
export async function refusedWith(response: Response, error: string, names: RegExp): Promise<void> {
  const body = (await response.json()) as Readonly<Record<string, string>>
  assert.deepEqual([response.status, body.error], [400, error], body.error_description ?? '')
  assert.match(body.error_description ?? '', names)
  assert.match(body.error_description ?? '', /^[\x20\x21\x23-\x5B\x5D-\x7E]+$/)
  assert.equal(response.headers.get('cache-control'), 'no-store')
}

/** A request to the client configuration endpoint (RFC 7592 §2). */
export function manage(client: Registration, method: string, body?: Registration | string): Promise<Response> {
  return fetch(String(client.registration_client_uri), {
    method,
    headers: {
      authorization: `Bearer ${client.registration_access_token}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
}
