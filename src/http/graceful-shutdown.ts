/** Ends a server without cutting anybody off: idle connections at once, busy ones after their answer, and what hangs after a timeout. */

import type { Server } from 'node:http'

/** Connections that fell idle in the meantime are looked for this often. */
const SWEEP_EVERY_MS = 25

/** The answers in flight must carry `connection: close`, or their connections are only found by the sweep. */
export function shutDown(server: Server, timeoutMs: number): Promise<void> {
  return new Promise(resolve => {
    const sweep = setInterval(() => server.closeIdleConnections(), SWEEP_EVERY_MS)
    const deadline = setTimeout(() => server.closeAllConnections(), timeoutMs)
    server.close(() => {
      clearInterval(sweep)
      clearTimeout(deadline)
      resolve()
    })
    server.closeIdleConnections()
  })
}
