/** The token endpoint of an upstream that rotates refresh tokens (RFC 9700 §4.14.2): one that comes twice ends everything. */

import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

export interface TokenEndpoint {
  readonly url: string
  /** The refresh tokens that came, in order. */
  readonly asked: string[]
  /** What it answers instead, from now on. */
  instead: { readonly status: number; readonly body: unknown } | undefined
  /** What the next answer waits for. */
  gate: Promise<void>
  /** Somebody asks. */
  onAsked: () => void
  close(): Promise<void>
}

/** Takes `rt-1` first, and answers with `at-2` and `rt-2`, then `at-3` … */
export async function startTokenEndpoint(): Promise<TokenEndpoint> {
  const server = createServer(async (request, response) => {
    const form = new URLSearchParams(await text(request))
    const token = form.get('refresh_token') ?? ''
    const isReplay = endpoint.asked.includes(token)
    endpoint.asked.push(token)
    endpoint.onAsked()
    const count = Number(token.slice('rt-'.length))
    const fresh = {
      access_token: `at-${count + 1}`,
      refresh_token: `rt-${count + 1}`,
      token_type: 'Bearer',
      expires_in: 300,
    }
    await endpoint.gate
    const { status, body } =
      endpoint.instead ?? (isReplay ? { status: 400, body: { error: 'invalid_grant' } } : { status: 200, body: fresh })
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const endpoint: TokenEndpoint = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/token`,
    asked: [],
    instead: undefined,
    gate: Promise.resolve(),
    onAsked: () => {},
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
  return endpoint
}
