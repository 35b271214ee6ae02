/** A reverse proxy as small as they come: one loopback port in front of a server, with the headers that proxies add. */

import { createServer, request as send } from 'node:http'

export interface PathProxy {
  close(): Promise<void>
}

export interface PathProxySettings {
  readonly port: number
  readonly targetPort: number
  /** Whom it adds as the visitor; otherwise it says nothing. */
  readonly forwardedFor?: string
  /** As a browser that keeps no cookies, seen from the server. */
  readonly dropsCookies?: boolean
}

export async function startPathProxy(settings: PathProxySettings): Promise<PathProxy> {
  const { port, targetPort, forwardedFor, dropsCookies = false } = settings
  const server = createServer((incoming, outgoing) => {
    const headers = { ...incoming.headers }
    // What the visitor claims stays in front of what the proxy saw.
    if (forwardedFor !== undefined)
      headers['x-forwarded-for'] = [incoming.headers['x-forwarded-for'] ?? [], forwardedFor].flat().join(', ')
    const target = { host: '127.0.0.1', port: targetPort, method: incoming.method, path: incoming.url, headers }
    const forwarded = send(target, answer => {
      const { 'set-cookie': cookies, ...rest } = answer.headers
      const kept = cookies === undefined || dropsCookies ? rest : { ...rest, 'set-cookie': cookies }
      outgoing.writeHead(answer.statusCode ?? 502, kept)
      answer.pipe(outgoing)
    })
    forwarded.on('error', () => outgoing.writeHead(502).end())
    incoming.pipe(forwarded)
  })
  await new Promise<void>(resolve => server.listen(port, '127.0.0.1', resolve))
  return {
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
