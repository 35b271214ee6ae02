/** An app's notification endpoint (CIBA Core §10.2, §10.3) on loopback. */

import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

export interface Notification {
  readonly authorization: string | undefined
  readonly contentType: string | undefined
  readonly body: Readonly<Record<string, unknown>>
}

export interface NotificationServer {
  readonly url: string
  /** The next one that comes, or came and was not taken yet. */
  next(): Promise<Notification>
  /** How many wait to be taken. */
  readonly waiting: number
  /** What the next notifications are answered with; 204 when the list is empty. */
  readonly statuses: number[]
  close(): Promise<void>
}

export async function startNotificationServer(): Promise<NotificationServer> {
  const arrived: Notification[] = []
  const takers: ((notification: Notification) => void)[] = []
  const statuses: number[] = []
  const server = createServer(async (request, response) => {
    const { authorization, 'content-type': contentType } = request.headers
    const notification = { authorization, contentType, body: JSON.parse(await text(request)) }
    const status = statuses.shift() ?? 204
    response.writeHead(status, status === 302 ? { location: '/elsewhere' } : {}).end()
    const taker = takers.shift()
    if (taker === undefined) arrived.push(notification)
    else taker(notification)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/ciba`,
    next() {
      const first = arrived.shift()
      return first === undefined ? new Promise(resolve => takers.push(resolve)) : Promise.resolve(first)
    },
    get waiting() {
      return arrived.length
    },
    statuses,
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
