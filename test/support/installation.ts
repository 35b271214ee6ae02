/** Sallyport as an operator has it: a folder, its settings, the commands, and the server as a process of its own. */

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { freePort } from './free-port.ts'
import { type ServerProcess, startServer } from './server-process.ts'

export interface InstallationSettings {
  /** A `postgres://` URL; otherwise a SQLite file in the folder. */
  readonly database?: string
  /** Otherwise `http://localhost` and the port it listens on. */
  readonly issuer?: string
  /** Otherwise any free one. */
  readonly port?: number
  /** More of them, over those above. */
  readonly environment?: Readonly<Record<string, string>>
  /** To wait for a server that speaks TLS. */
  readonly certificate?: string
}

export interface Installation {
  readonly folder: string
  readonly issuer: string
  /** Where the server listens on 127.0.0.1. */
  readonly port: number
  readonly environment: Readonly<Record<string, string>>
  /** A command that has to succeed; its standard output. */
  command(args: readonly string[], input?: string): Promise<string>
  run(args: readonly string[], input?: string): Promise<CommandResult>
  start(): Promise<ServerProcess>
  /** Ends a server that still runs, and deletes the folder. */
  remove(): Promise<void>
}

export interface CommandResult {
  readonly exitCode: number | null
  readonly stdout: string
  readonly stderr: string
}

const ENTRY = join(import.meta.dirname, '../../src/main.ts')
const NODE_ARGUMENTS = ['--disable-warning=ExperimentalWarning', ENTRY]

export async function createInstallation(settings: InstallationSettings = {}): Promise<Installation> {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-flow-'))
  const port = settings.port ?? (await freePort())
  const issuer = settings.issuer ?? `http://localhost:${port}`
  const environment = {
    PATH: process.env.PATH ?? '',
    SALLYPORT_ISSUER: issuer,
    SALLYPORT_LISTEN: `127.0.0.1:${port}`,
    SALLYPORT_DATABASE: settings.database ?? `sqlite:${join(folder, 'sallyport.db')}`,
    ...settings.environment,
  }
  const running = new Set<ServerProcess>()

  const run = async (args: readonly string[], input = ''): Promise<CommandResult> => {
    const child = spawn(process.execPath, [...NODE_ARGUMENTS, ...args], { cwd: folder, env: environment })
    child.stdin.end(input)
    const [stdout, stderr, [exitCode]] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, 'close') as Promise<[number | null]>,
    ])
    return { exitCode, stdout, stderr }
  }

  return {
    folder,
    issuer,
    port,
    environment,
    run,
    async command(args, input) {
      const { exitCode, stdout, stderr } = await run(args, input)
      if (exitCode !== 0) throw new Error(`sallyport ${args.join(' ')} ended with ${exitCode}:\n${stderr}${stdout}`)
      return stdout
    },
    async start() {
      const server = await startServer({
        command: [process.execPath, ...NODE_ARGUMENTS, 'serve'],
        folder,
        environment,
        port,
        certificate: settings.certificate,
      })
      running.add(server)
      return server
    },
    async remove() {
      for (const server of running) await server.kill()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
