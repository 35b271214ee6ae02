/** The peer: `oidc-provider` from npm, in memory or on SQLite, started from bench/peer. */

import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Person } from '../load/browser.ts'
import { basic } from '../load/request.ts'
import type { PeerSettings } from '../peer/settings.ts'
import { CLIENT_JWKS } from './client-key.ts'
import { freePort, launch } from './launch.ts'
import { type BenchClient, CLIENT_GRANTS, type ClientRole, REDIRECT_URI, type RunningServer } from './site.ts'

const ENTRY = join(import.meta.dirname, '../peer/main.ts')

export interface PreparedPeer {
  start(directory: string, storage: 'memory' | 'sqlite', pinned: boolean): Promise<RunningServer>
}

/** Keys, clients and people, made once for all rounds. */
export function preparePeer(people: readonly Person[]): PreparedPeer {
  const secrets: Record<ClientRole, string> = {
    es256: secret(),
    rs256: secret(),
    machine: secret(),
    assertion: secret(),
    jwt: secret(),
  }
  const jwks = { keys: makeKeys() }
  return {
    async start(directory, storage, pinned) {
      mkdirSync(directory, { recursive: true })
      const port = await freePort()
      const settings: PeerSettings = {
        issuer: `http://localhost:${port}`,
        port,
        storage: storage === 'memory' ? { kind: 'memory' } : { kind: 'sqlite', path: join(directory, 'peer.db') },
        jwks,
        cookieKey: secret(),
        clients: [
          { ...registration('es256', secrets), id_token_signed_response_alg: 'ES256' },
          { ...registration('rs256', secrets), id_token_signed_response_alg: 'RS256' },
          { ...registration('machine', secrets), redirect_uris: [], response_types: [] },
          { ...registration('jwt', secrets), redirect_uris: [], response_types: [] },
          {
            ...registration('assertion', secrets),
            redirect_uris: [],
            response_types: [],
            token_endpoint_auth_method: 'private_key_jwt',
            jwks: CLIENT_JWKS,
          },
        ],
      }
      const settingsPath = join(directory, 'peer.json')
      writeFileSync(settingsPath, JSON.stringify(settings))
      return launch({
        name: storage === 'memory' ? 'peer-memory' : 'peer-durable',
        port,
        pinned,
        args: ['--disable-warning=ExperimentalWarning', ENTRY, settingsPath],
        env: {},
        directory,
        readyPath: '/.well-known/openid-configuration',
        clients: {
          es256: client('es256', secrets),
          rs256: client('rs256', secrets),
          machine: client('machine', secrets),
          assertion: client('assertion', secrets),
          jwt: client('jwt', secrets),
        },
        people,
      })
    },
  }
}

function registration(
  role: ClientRole,
  secrets: Readonly<Record<ClientRole, string>>,
): PeerSettings['clients'][number] {
  return {
    client_id: `bench-${role}`,
    client_secret: secrets[role],
    token_endpoint_auth_method: 'client_secret_basic',
    redirect_uris: [REDIRECT_URI],
    response_types: ['code'],
    grant_types: [...CLIENT_GRANTS[role]],
  }
}

function client(role: ClientRole, secrets: Readonly<Record<ClientRole, string>>): BenchClient {
  return { clientId: `bench-${role}`, authorization: basic(`bench-${role}`, secrets[role]) }
}

/** The same three keys that Sallyport generates. */
function makeKeys(): PeerSettings['jwks']['keys'] {
  return [
    { ...generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' }), alg: 'RS256' },
    { ...generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' }), alg: 'ES256' },
    { ...generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' }), alg: 'EdDSA' },
  ].map((key, index) => ({ ...key, kid: `bench-${index}`, use: 'sig' }))
}

function secret(): string {
  return randomBytes(32).toString('base64url')
}
