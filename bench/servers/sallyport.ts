/** Sallyport on its embedded SQLite with default settings, its clients and accounts made through the CLI. */

import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Person } from '../load/browser.ts'
import { basic } from '../load/request.ts'
import { CLIENT_JWKS } from './client-key.ts'
import { freePort, launch } from './launch.ts'
import {
  type BenchClient,
  CLIENT_GRANTS,
  type ClientRole,
  REDIRECT_URI,
  type RunningServer,
  type Site,
} from './site.ts'

const ENTRY = join(import.meta.dirname, '../../src/main.ts')
const NODE_ARGS = ['--disable-warning=ExperimentalWarning']

export interface PreparedSallyport {
  start(directory: string, pinned: boolean): Promise<RunningServer>
}

/** Makes a data directory once, with clients, accounts and keys; each start works on a copy. */
export async function prepareSallyport(template: string, people: readonly Person[]): Promise<PreparedSallyport> {
  mkdirSync(template, { recursive: true })
  for (const { username, password } of people) {
    runCli(
      template,
      ['account', 'create', username, '--email', `${username}@example.com`, '--password-stdin'],
      password,
    )
  }
  const clients = {
    es256: createClient(template, 'es256'),
    rs256: createClient(template, 'rs256'),
    machine: createClient(template, 'machine'),
    assertion: createClient(template, 'assertion'),
    jwt: createClient(template, 'jwt'),
  }
  const first = await start(template, clients, people, false)
  await first.stop()
  return {
    start(directory, pinned) {
      cpSync(template, directory, { recursive: true })
      return start(directory, clients, people, pinned)
    },
  }
}

async function start(
  directory: string,
  clients: Site['clients'],
  people: readonly Person[],
  pinned: boolean,
): Promise<RunningServer> {
  const port = await freePort()
  return launch({
    name: 'sallyport',
    port,
    pinned,
    args: [...extraNodeArgs(), ...NODE_ARGS, ENTRY, 'serve'],
    env: settings(directory, port),
    directory,
    readyPath: '/health/ready',
    clients,
    people,
  })
}

/** For profiling: `BENCH_NODE_ARGS='--cpu-prof --cpu-prof-dir=…'`. */
function extraNodeArgs(): string[] {
  return (process.env.BENCH_NODE_ARGS ?? '').split(' ').filter(arg => arg !== '')
}

function settings(directory: string, port: number): Record<string, string> {
  return {
    SALLYPORT_ISSUER: `http://localhost:${port}`,
    SALLYPORT_LISTEN: `127.0.0.1:${port}`,
    SALLYPORT_DATABASE: `sqlite:${join(directory, 'sallyport.db')}`,
  }
}

/** Members that have no option of their own. */
const METADATA: Readonly<Record<ClientRole, readonly string[]>> = {
  es256: [],
  rs256: [],
  machine: [],
  assertion: ['--set', 'token_endpoint_auth_method=private_key_jwt', '--set', `jwks=${JSON.stringify(CLIENT_JWKS)}`],
  jwt: ['--set', 'access_token_format=jwt', '--set', 'access_token_signing_alg=ES256'],
}

function createClient(directory: string, role: ClientRole): BenchClient {
  const args = [
    'client',
    'create',
    `bench-${role}`,
    'confidential',
    '--client-id',
    `bench-${role}`,
    '--json',
    '--consent',
    'never',
  ]
  // Only what signs people in has ID tokens and a redirect URI.
  const signIn = role === 'es256' || role === 'rs256' ? ['--alg', role.toUpperCase(), '-u', REDIRECT_URI] : []
  const grants = CLIENT_GRANTS[role].flatMap(grant => ['--grant-type', grant])
  const created: unknown = JSON.parse(runCli(directory, [...args, ...signIn, ...grants, ...METADATA[role]]))
  const { client_id: clientId, client_secret: secret = '' } = created as { client_id: string; client_secret?: string }
  return { clientId, authorization: basic(clientId, secret) }
}

function runCli(directory: string, args: readonly string[], input = ''): string {
  const result = spawnSync(process.execPath, [...NODE_ARGS, ENTRY, ...args], {
    cwd: directory,
    env: { PATH: process.env.PATH ?? '', ...settings(directory, 4000) },
    input,
    encoding: 'utf8',
  })
  if (result.status !== 0) throw new Error(`sallyport ${args.join(' ')} failed:\n${result.stderr}${result.stdout}`)
  return result.stdout
}
