/** The server as a process: started, ready, stopped or killed; with what it wrote. */

import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { get as getPlain } from 'node:http'
import { get as getSecure } from 'node:https'
import { setTimeout as sleep } from 'node:timers/promises'

export interface ServerLaunch {
  readonly command: readonly string[]
  readonly folder: string
  readonly environment: Readonly<Record<string, string>>
  readonly port: number
  /** PEM; the server speaks TLS. */
  readonly certificate: string | undefined
}

export type LogLine = Readonly<Record<string, unknown>>

export interface ServerProcess {
  readonly pid: number
  /** What it wrote to standard output and standard error so far. */
  output(): string
  /** The JSON lines of its output so far. */
  logLines(): readonly LogLine[]
  /** The one-time link for the first administrator, which is in the output of a fresh server. */
  setupLink(): string
  /** SIGTERM; the server must finish what it does and exit with 0. */
  stop(): Promise<void>
  /** SIGKILL. Does nothing when the process is gone. */
  kill(): Promise<void>
}

const READY_WITHIN_MS = 20_000
const STOP_WITHIN_MS = 15_000

export async function startServer({ command, ...launch }: ServerLaunch): Promise<ServerProcess> {
  const [program = process.execPath, ...args] = command
  const child = spawn(program, args, {
    cwd: launch.folder,
    env: launch.environment,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  child.stdout.setEncoding('utf8').on('data', text => {
    output += text
  })
  child.stderr.setEncoding('utf8').on('data', text => {
    output += text
  })
  const killNow = () => void child.kill('SIGKILL')
  process.once('exit', killNow)
  child.once('exit', () => process.off('exit', killNow))
  try {
    await untilReady(child, launch)
  } catch (error) {
    killNow()
    throw new Error(`the server did not start: ${String(error)}\n${output}`)
  }
  return {
    pid: child.pid ?? 0,
    output: () => output,
    logLines: () => output.split('\n').flatMap(parseLine),
    setupLink() {
      const link = /https?:\/\/\S+\/setup\?token=[\w.-]+/.exec(output)?.[0]
      assert.ok(link, `no set-up link in:\n${output}`)
      return link
    },
    async stop() {
      await stop(child)
      assert.equal(child.exitCode, 0, `exit code after SIGTERM; signal ${child.signalCode}; wrote:\n${output}`)
    },
    async kill() {
      if (isGone(child)) return
      killNow()
      await once(child, 'exit')
    },
  }
}

async function untilReady(child: ChildProcess, launch: Omit<ServerLaunch, 'command'>): Promise<void> {
  const until = performance.now() + READY_WITHIN_MS
  while (performance.now() < until) {
    if (isGone(child)) throw new Error(`it exited with ${child.exitCode ?? child.signalCode}`)
    if ((await statusOf('/health/ready', launch)) === 200) return
    await sleep(10)
  }
  throw new Error(`it was not ready within ${READY_WITHIN_MS / 1000} s`)
}

async function statusOf(
  path: string,
  { port, certificate }: Pick<ServerLaunch, 'port' | 'certificate'>,
): Promise<number | undefined> {
  const target = { host: '127.0.0.1', servername: 'localhost', port, path, agent: false, timeout: 2000 }
  const request = certificate === undefined ? getPlain(target) : getSecure({ ...target, ca: certificate })
  return new Promise(resolve => {
    request.on('response', response => {
      response.resume()
      resolve(response.statusCode)
    })
    request.on('timeout', () => request.destroy())
    request.on('error', () => resolve(undefined))
    request.on('close', () => resolve(undefined))
  })
}

async function stop(child: ChildProcess): Promise<void> {
  if (isGone(child)) return
  const gone = once(child, 'exit')
  child.kill('SIGTERM')
  const late = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS)
  await gone
  clearTimeout(late)
}

function isGone(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null
}

function parseLine(line: string): LogLine[] {
  if (!line.startsWith('{')) return []
  try {
    return [JSON.parse(line) as LogLine]
  } catch {
    // The last line may have come in half.
    return []
  }
}
