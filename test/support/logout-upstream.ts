/** The half of an upstream that is about signing out, by hand: keys, an end session endpoint, and a place that is called. */

import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import type { Upstream } from '../../src/core/upstreams/upstream.ts'

export interface HeardCall {
  readonly method: string | undefined
  /** Path and query. */
  readonly target: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

export interface LogoutUpstream {
  readonly issuer: string
  /** What an upstream here needs to know of it. */
  readonly settings: Partial<Upstream>
  /** The calls to `/logout` so far. */
  readonly calls: readonly HeardCall[]
  /** What the next calls are answered with; 200 when the list is empty. */
  readonly statuses: number[]
  /** A logout token as OIDC Back-Channel Logout §2.4 has it; `undefined` leaves a claim out. */
  logoutToken(claims?: Readonly<Record<string, unknown>>, header?: Readonly<Record<string, unknown>>): Promise<string>
  close(): Promise<void>
}

export const LOGOUT_EVENT = 'http://schemas.openid.net/event/backchannel-logout'
const KID = 'upstream-key'

export async function startLogoutUpstream(): Promise<LogoutUpstream> {
  const { publicKey, privateKey } = await generateKeyPair('RS256')
  const jwks = { keys: [{ ...(await exportJWK(publicKey)), kid: KID, use: 'sig', alg: 'RS256' }] }
  const calls: HeardCall[] = []
  const statuses: number[] = []
  const server = createServer(async (request, response) => {
    const { method, url: target = '', headers } = request
    if (target === '/jwks') {
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(jwks))
      return
    }
    calls.push({ method, target, headers, body: await text(request) })
    response.writeHead(statuses.shift() ?? 200).end()
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const issuer = `http://127.0.0.1:${port}`
  let tokens = 0
  return {
    issuer,
    settings: {
      issuer,
      authorizationEndpoint: `${issuer}/authorize`,
      tokenEndpoint: `${issuer}/token`,
      jwksUri: `${issuer}/jwks`,
      endSessionEndpoint: `${issuer}/end`,
      clientId: 'sallyport',
    },
    calls,
    statuses,
    logoutToken(claims = {}, header = {}) {
      const iat = Math.floor(Date.now() / 1000)
      tokens += 1
      const standard = {
        iss: issuer,
        aud: 'sallyport',
        iat,
        exp: iat + 120,
        jti: `jti-${tokens}`,
        events: { [LOGOUT_EVENT]: {} },
      }
      const payload = Object.entries({ ...standard, ...claims }).filter(([, value]) => value !== undefined)
      return new SignJWT(Object.fromEntries(payload))
        .setProtectedHeader({ alg: 'RS256', kid: KID, typ: 'logout+jwt', ...header })
        .sign(privateKey)
    },
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
