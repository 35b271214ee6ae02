/** Runs the measurements of the parts and of bare HTTP on the server's core. */

import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Answer } from '../load/answer.ts'
import { Connection } from '../load/connection.ts'
import { type Actor, closeConnections, drive, openConnections } from '../load/drive.ts'
import { formPost, get } from '../load/request.ts'
import { freePort } from '../servers/launch.ts'
import { serverCommand } from '../servers/pinning.ts'
import { processMillis } from '../servers/processor.ts'
import type { Parts } from './bound.ts'

const CONNECTIONS = 32
const WARM_UP_SECONDS = 0.5
const WINDOW_SECONDS = 0.8
const FORM = `grant_type=authorization_code&code=${'c'.repeat(64)}&redirect_uri=http%3A%2F%2F127.0.0.1%3A9%2Fcb`

export async function measureParts(pinned: boolean): Promise<Parts> {
  const { command, args } = serverCommand(pinned, [
    '--disable-warning=ExperimentalWarning',
    join(import.meta.dirname, 'main.ts'),
  ])
  const result = spawnSync(command, args, { encoding: 'utf8' })
  if (result.status !== 0) throw new Error(`the parts could not be measured: ${result.stderr}`)
  const parts = JSON.parse(result.stdout) as Omit<Parts, 'httpGet' | 'httpPost'>
  return { ...parts, ...(await measureHttp(pinned)) }
}

async function measureHttp(pinned: boolean): Promise<Pick<Parts, 'httpGet' | 'httpPost'>> {
  const port = await freePort()
  const { command, args } = serverCommand(pinned, [join(import.meta.dirname, 'http-server.ts'), String(port)])
  const child = spawn(command, args, { stdio: 'inherit' })
  const pid = child.pid ?? 0
  try {
    while (
      (await Connection.open(port)
        .then(connection => connection.close())
        .catch(() => 'not yet')) === 'not yet'
    ) {
      await sleep(10)
    }
    const connections = await openConnections(port, CONNECTIONS)
    const each = async (request: string): Promise<number> => {
      const actor: Actor = {
        next: () => request,
        accept: (answer: Answer) => (answer.status === 200 ? undefined : 'not 200'),
      }
      const crowd = connections.map(() => actor)
      await drive(connections, crowd, WARM_UP_SECONDS)
      const before = processMillis(pid)
      const { answers, seconds } = await drive(connections, crowd, WINDOW_SECONDS)
      const after = processMillis(pid)
      // The server's own time where the system tells it: the wall clock would also count waiting for the generator.
      const millis = before === undefined || after === undefined ? seconds * 1000 : after - before
      return (millis * 1000) / answers
    }
    const authority = `localhost:${port}`
    const httpGet = await each(get(authority, '/'))
    const httpPost = await each(formPost(authority, '/token', { authorization: 'Basic YmVuY2g6YmVuY2g=' })(FORM))
    closeConnections(connections)
    return { httpGet, httpPost }
  } finally {
    const gone = once(child, 'exit')
    child.kill('SIGKILL')
    await gone
  }
}
