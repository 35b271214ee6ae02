/** Opens the store: one URL in, all repositories out, the database taken to the newest migration. */

import type { AttributeDefinition } from '../core/attributes/attribute-definition.ts'
import type { Policy } from '../core/policies/policy.ts'
import type { Repositories } from '../core/repositories.ts'
import type { Commit } from '../core/unit-of-work.ts'
import type { Clock } from '../lib/clock.ts'
import { createCachingClients } from './caching-clients.ts'
import { type CachingList, createCachingList } from './caching-list.ts'
import { createCachingUpstreams } from './caching-upstreams.ts'
import type { Dialect, Engine } from './engine.ts'
import { migrate } from './migrations/migrate.ts'
import { TIMELINE } from './migrations/timeline.ts'
import { createQueryBuilder } from './query-builder.ts'
import { createAccounts } from './repositories/accounts.ts'
import { createAttempts } from './repositories/attempts.ts'
import { createAudit } from './repositories/audit.ts'
import { createClientLogos } from './repositories/client-logos.ts'
import { createClients } from './repositories/clients.ts'
import { createConsents } from './repositories/consents.ts'
import { createDeclarations } from './repositories/declarations.ts'
import { createDeferredGrants } from './repositories/deferred-grants.ts'
import { createDeliveries } from './repositories/deliveries.ts'
import { createFlows } from './repositories/flows.ts'
import { createGrants } from './repositories/grants.ts'
import { createGroups } from './repositories/groups.ts'
import { createHousekeeping } from './repositories/housekeeping.ts'
import { createIdentities } from './repositories/identities.ts'
import { createInitialAccessTokens } from './repositories/initial-access-tokens.ts'
import { createKeys } from './repositories/keys.ts'
import { createNamedThings, type NamedThings } from './repositories/named-things.ts'
import { createPushedRequests } from './repositories/pushed-requests.ts'
import { createReadRevision } from './repositories/revision.ts'
import { createSecretUses } from './repositories/secret-uses.ts'
import { createSessions } from './repositories/sessions.ts'
import { createSettings } from './repositories/settings.ts'
import { createThrottle } from './repositories/throttle.ts'
import { createUpstreamSessions } from './repositories/upstream-sessions.ts'
import { createUpstreams } from './repositories/upstreams.ts'
import { createUsedOnce } from './repositories/used-once.ts'
import { sqlWrite } from './write.ts'

export interface Store {
  readonly repositories: Repositories
  readonly dialect: Dialect
  /** Grows with every change of what nodes keep in memory (clients, keys, policies, settings), on any node: what is from before is stale. */
  revision(): Promise<number>
  /** How long what is kept in memory is trusted without a look at the revision, in milliseconds. */
  readonly trustMs: number
  /** Commits what waits, then closes. */
  close(): Promise<void>
}

export interface StoreSettings {
  /** `sqlite:./data/sallyport.db`, `sqlite::memory:` or `postgres://user:password@host/database`. */
  readonly url: string
  readonly clock: Clock
}

/** On PostgreSQL a look costs a round trip. */
const TRUST_MS: Readonly<Record<Dialect, number>> = { sqlite: 100, postgres: 500 }

/** Throws `NewerDatabaseError` for a database that this version is too old for. */
export async function openStore({ url, clock }: StoreSettings): Promise<Store> {
  const engine = await openEngine(url)
  try {
    const db = createQueryBuilder(engine.dialect)
    await migrate(engine, createQueryBuilder<unknown>(engine.dialect), TIMELINE, clock.now())
    const revision = createReadRevision(engine, db)
    const trustMs = TRUST_MS[engine.dialect]
    const clients = createCachingClients({
      stored: createClients(engine, db),
      revision,
      clock,
      trustMs,
    })
    const upstreams = createCachingUpstreams({ stored: createUpstreams(engine, db), revision, clock, trustMs })
    const kept = { revision, clock, trustMs, trustsNone: true }
    const storedPolicies = createNamedThings<Policy>('policy', 'policies', engine, db)
    const storedDefinitions = createNamedThings<AttributeDefinition>(
      'attribute_definition',
      'attributeDefinitions',
      engine,
      db,
    )
    const policies = createCachingList({ ...kept, read: () => storedPolicies.list() })
    const attributeDefinitions = createCachingList({ ...kept, read: () => storedDefinitions.list() })
    const commit: Commit = async writes => {
      const unit = writes.map(sqlWrite)
      try {
        return await engine.commit(unit)
      } finally {
        if (unit.some(write => write.advancesRevision)) {
          clients.forget()
          upstreams.forget()
          policies.forget()
          attributeDefinitions.forget()
        }
      }
    }
    const repositories: Repositories = {
      accounts: createAccounts(engine, db),
      attempts: createAttempts(engine, db),
      attributeDefinitions: byName(storedDefinitions, attributeDefinitions),
      audit: createAudit(engine, db),
      clientLogos: createClientLogos(engine, db),
      clients: clients.repository,
      consents: createConsents(engine, db),
      declarations: createDeclarations(engine, db),
      deferredGrants: createDeferredGrants(engine, db),
      deliveries: createDeliveries(engine, db),
      flows: createFlows(engine, db),
      grants: createGrants(engine, db),
      groups: createGroups(engine, db),
      housekeeping: createHousekeeping(engine, db),
      identities: createIdentities(engine, db),
      initialAccessTokens: createInitialAccessTokens(engine, db),
      keys: createKeys(engine, db),
      policies: byName(storedPolicies, policies),
      pushedRequests: createPushedRequests(engine, db),
      secretUses: createSecretUses(engine, db),
      sessions: createSessions(engine, db),
      settings: createSettings(engine, db),
      throttle: createThrottle(engine, db),
      upstreams: upstreams.repository,
      upstreamSessions: createUpstreamSessions(engine, db),
      usedOnce: createUsedOnce(db),
      commit,
    }
    return { repositories, dialect: engine.dialect, revision, trustMs, close: () => engine.close() }
  } catch (error) {
    await engine.close()
    throw error
  }
}

function byName<Thing extends { readonly name: string }>(stored: NamedThings<Thing>, kept: CachingList<Thing>) {
  return { ...stored, list: kept.list, find: (name: string) => kept.find(thing => thing.name === name) }
}

// Each database is loaded only where it is used: it is a good part of the time that a command takes.
async function openEngine(url: string): Promise<Engine> {
  if (url.startsWith('sqlite:')) {
    const { createSqliteEngine } = await import('./sqlite/sqlite-engine.ts')
    return createSqliteEngine(url.slice('sqlite:'.length))
  }
  if (/^postgres(ql)?:\/\//.test(url)) {
    const { createPostgresEngine } = await import('./postgres/postgres-engine.ts')
    return createPostgresEngine(url)
  }
  throw new Error(`database: "${url.split(':')[0]}:" is not known; use sqlite:<file> or postgres://<host>/<database>`)
}
