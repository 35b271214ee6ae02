/** Clients, accounts and sessions put straight into a database, for tests that are not about how they come there. */

import { readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { loadConfig } from '../../src/config/load-config.ts'
import type { Account } from '../../src/core/accounts/account.ts'
import type { Client } from '../../src/core/clients/client.ts'
import { makeSecret } from '../../src/core/clients/client-secrets.ts'
import type { KeyRing } from '../../src/core/keys/key-ring.ts'
import type { Session } from '../../src/core/sessions/session.ts'
import { sealSession } from '../../src/core/sessions/session-handle.ts'
import type { Write } from '../../src/core/unit-of-work.ts'
import type { Upstream } from '../../src/core/upstreams/upstream.ts'
import { keepSecret } from '../../src/core/upstreams/upstream-secrets.ts'
import { type House, openHouse } from '../../src/house.ts'
import { addSeconds } from '../../src/lib/clock.ts'
import { aClient, anAccount, anUpstream, aSession } from './builders.ts'

export const PASSWORD = 'correct horse battery staple'

/** A client, and its secret in clear; empty for a public one. */
export interface Registered {
  readonly client: Client
  readonly secret: string
}

export interface Seeding {
  register(changes?: Partial<Client>): Promise<Registered>
  /** With the password `PASSWORD`. */
  enrol(changes?: Partial<Account>): Promise<Account>
  /** `secret`: our client secret there. */
  addUpstream(changes?: Partial<Upstream>, secret?: string): Promise<Upstream>
  /** A session as after a sign-in, and its cookie's value. */
  beginSession(
    account: Account,
    changes?: Partial<Session>,
  ): Promise<{ readonly session: Session; readonly cookie: string }>
}

export interface OpenedHouse {
  readonly house: House
  readonly keys: KeyRing
  readonly seeding: Seeding
}

/** The database that the settings name, as the commands open it. */
export async function openForSeeding(folder: string, env: Readonly<Record<string, string>>): Promise<OpenedHouse> {
  const house = await openHouse(await configOf(folder, env))
  const keys = await house.openKeys()
  return { house, keys, seeding: await createSeeding(house, keys) }
}

/** From the environment alone, and the files that it names. */
export async function configOf(folder: string, env: Readonly<Record<string, string>>) {
  const readFile = (path: string): string => {
    if (dirname(path) !== folder) return readFileSync(path, 'utf8')
    throw Object.assign(new Error(`no ${path}`), { code: 'ENOENT' })
  }
  const loaded = await loadConfig({ env, cwd: folder, readFile })
  if ('mistakes' in loaded) throw new Error(loaded.mistakes.map(({ setting, rule }) => `${setting} ${rule}`).join('\n'))
  return loaded.config
}

export async function createSeeding(house: House, keys: KeyRing): Promise<Seeding> {
  const { accounts, clients, sessions, upstreams, commit } = house.repositories
  const passwordHash = await house.hasher.hash(PASSWORD)
  const store = async (write: Write): Promise<void> => {
    const outcome = await commit([write])
    if (!outcome.committed) throw new Error(`${outcome.lost} was lost`)
  }
  return {
    async register(changes = {}) {
      const now = house.clock.now()
      const isPublic = changes.type === 'public'
      // A secret of our making is not hashed slowly.
      const hasher = { hash: async (text: string) => text }
      const sealer = async () => keys.sealer
      const secret = await makeSecret(changes, undefined, { random: house.random, now, hasher, sealer })
      const ofType: Partial<Client> = isPublic
        ? { secrets: [], tokenEndpointAuthMethods: ['none'] }
        : { secrets: [secret.stored] }
      const client = aClient({ consentMode: 'never', createdAt: now, updatedAt: now, ...ofType, ...changes })
      await store(clients.insert(client))
      return { client, secret: isPublic ? '' : secret.plain }
    },
    async enrol(changes = {}) {
      const account = anAccount({ passwordHash, ...changes })
      await store(accounts.insert(account))
      return account
    },
    async addUpstream(changes = {}, secret) {
      const upstream = anUpstream(changes)
      const clientSecret =
        secret === undefined ? {} : { clientSecret: keepSecret(upstream.uid, 'clientSecret', secret, keys.sealer) }
      const stored = { ...upstream, ...clientSecret }
      await store(upstreams.insert(stored))
      return stored
    },
    async beginSession(account, changes = {}) {
      const now = house.clock.now()
      const times = { authTime: now, createdAt: now, expiresAt: addSeconds(now, 3600) }
      const session = aSession({ accountId: account.id, ...times, ...changes })
      await store(sessions.insert(session))
      return { session, cookie: sealSession(keys.handles, session) }
    },
  }
}
