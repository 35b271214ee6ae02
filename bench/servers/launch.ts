/** Starts a server as a process of its own, waits until it is ready and has issued its first token, and stops it. */

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Answer } from '../load/answer.ts'
import { Connection } from '../load/connection.ts'
import { formPost, get } from '../load/request.ts'
import { serverCommand } from './pinning.ts'
import { residentMegabytes } from './processor.ts'
import type { BenchClient, Endpoints, RunningServer, Site } from './site.ts'

const READY_WITHIN_MS = 20_000
const POLL_MS = 3
const STOP_WITHIN_MS = 10_000

export interface Launch {
  readonly name: Site['name']
  readonly port: number
  readonly pinned: boolean
  /** Node.js arguments. */
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
  /** Working directory; the log is written here. */
  readonly directory: string
  readonly readyPath: string
  readonly clients: Site['clients']
  readonly people: Site['people']
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

export async function launch(plan: Launch): Promise<RunningServer> {
  const logPath = join(plan.directory, 'server.log')
  const log = openSync(logPath, 'a')
  const { command, args } = serverCommand(plan.pinned, plan.args)
  const started = performance.now()
  const child = spawn(command, args, {
    cwd: plan.directory,
    env: { PATH: process.env.PATH ?? '', NODE_ENV: 'production', ...plan.env },
    stdio: ['ignore', log, log],
  })
  closeSync(log)
  const onExit = (): void => void child.kill('SIGKILL')
  process.once('exit', onExit)
  try {
    const authority = `localhost:${plan.port}`
    const connection = await untilReady(child, plan, authority)
    const readyMs = performance.now() - started
    const endpoints = await discover(connection, authority)
    await firstToken(connection, authority, endpoints, plan.clients.machine)
    const firstTokenMs = performance.now() - started
    connection.close()
    const pid = child.pid ?? 0
    return {
      site: {
        name: plan.name,
        issuer: `http://${authority}`,
        port: plan.port,
        authority,
        endpoints,
        clients: plan.clients,
        people: plan.people,
      },
      pid,
      readyMs,
      firstTokenMs,
      idleMegabytes: residentMegabytes(pid)?.now ?? 0,
      async stop() {
        process.off('exit', onExit)
        await stop(child)
      },
    }
  } catch (error) {
    child.kill('SIGKILL')
    throw new Error(`${plan.name} did not start: ${String(error)}\n${readFileSync(logPath, 'utf8').slice(-2000)}`)
  }
}

async function untilReady(child: ChildProcess, plan: Launch, authority: string): Promise<Connection> {
  const until = performance.now() + READY_WITHIN_MS
  while (performance.now() < until) {
    if (child.exitCode !== null) throw new Error(`exited with ${child.exitCode}`)
    const connection = await Connection.open(plan.port).catch(() => undefined)
    const answer = await connection?.ask(get(authority, plan.readyPath)).catch(() => undefined)
    if (connection !== undefined && answer?.status === 200) return connection
    connection?.close()
    await sleep(POLL_MS)
  }
  throw new Error(`not ready within ${READY_WITHIN_MS / 1000} s`)
}

async function discover(connection: Connection, authority: string): Promise<Endpoints> {
  const answer = await connection.ask(get(authority, '/.well-known/openid-configuration'))
  const metadata: unknown = JSON.parse(answer.body)
  const targetOf = (name: string): string => {
    const value = (metadata as Record<string, unknown>)[name]
    if (typeof value !== 'string') throw new Error(`the discovery document has no ${name}`)
    const url = new URL(value)
    return url.pathname + url.search
  }
  return {
    authorize: targetOf('authorization_endpoint'),
    par: targetOf('pushed_authorization_request_endpoint'),
    token: targetOf('token_endpoint'),
    userinfo: targetOf('userinfo_endpoint'),
    introspect: targetOf('introspection_endpoint'),
    jwks: targetOf('jwks_uri'),
  }
}

async function firstToken(
  connection: Connection,
  authority: string,
  endpoints: Endpoints,
  client: BenchClient,
): Promise<Answer> {
  const post = formPost(authority, endpoints.token, { authorization: client.authorization })
  const answer = await connection.ask(post('grant_type=client_credentials'))
  if (answer.status !== 200) throw new Error(`no first token: ${answer.head.split('\r\n')[0]} ${answer.body}`)
  return answer
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = once(child, 'exit')
  child.kill('SIGTERM')
  const late = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS)
  await gone
  clearTimeout(late)
}
