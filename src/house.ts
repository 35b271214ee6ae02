/** The house below its doors: configuration → store, journal, keys, hashing. What commands work with, and what the server opens its doors on. */

import { availableParallelism } from 'node:os'
import type { Config } from './config/config.ts'
import { spokenBy } from './config/spoken-by-server.ts'
import type { AdministrationPorts, AdministrationSettings } from './core/administration/ports.ts'
import { createJournal, type Journal } from './core/audit/journal.ts'
import { tellOf } from './core/audit/log-and-count.ts'
import { type KeyRing, openKeyRing } from './core/keys/key-ring.ts'
import { checkMasterKey, type KeySealer } from './core/keys/key-sealer.ts'
import type { Repositories } from './core/repositories.ts'
import type { RelyingParty } from './core/upstreams/relying-party.ts'
import { loadArgon2 } from './lib/argon2.ts'
import { type Clock, systemClock } from './lib/clock.ts'
import { type Logger, silentLogger } from './lib/logger.ts'
import { type MasterKey, masterKeyFromText, openMasterKeyFile } from './lib/master-key.ts'
import type { Metrics } from './lib/metrics.ts'
import { createPasswordHashing, type PasswordHashing } from './lib/password-hashing.ts'
import { createSystemRandom, type Random } from './lib/random.ts'
import { createSealer } from './lib/seal.ts'
import { createRelyingParty } from './relying-party/create-relying-party.ts'
import { openStore } from './storage/store.ts'
import { upstreamFetch } from './ways-out.ts'

export interface House {
  readonly repositories: Repositories
  readonly journal: Journal
  readonly clock: Clock
  readonly random: Random
  readonly hasher: PasswordHashing
  /** For client secrets that a person chose: a queue of its own, so that guesses at the token endpoint keep nobody from signing in. */
  readonly secretHasher: PasswordHashing
  /** Grows with every change of what nodes keep in memory, settings among it. */
  revision(): Promise<number>
  /** Opens the keys, and makes them at the first start. */
  openKeys(): Promise<KeyRing>
  /** What seals secrets. Throws `WrongMasterKey` when it is not what sealed those in the database. */
  openSealer(): Promise<KeySealer>
  close(): Promise<void>
}

export interface HouseSettings {
  readonly logger?: Logger
  readonly metrics?: Pick<Metrics, 'countSignIn' | 'countRefusal' | 'countTokens'>
}

const NO_METRICS = { countSignIn: () => {}, countRefusal: () => {}, countTokens: () => {} }
/** Half a minute of sign-ins; whoever comes then had better come back. */
const MAX_QUEUED_PASSWORDS = 500
const MAX_QUEUED_SECRETS = 100
/** Node's pool has four threads, and RSA signatures are made there too: some stay free, so that sign-ins never stall tokens. */
const HASHES_AT_ONCE = Math.min(availableParallelism(), 2)

/** Opens the database and brings its schema up to date. */
export async function openHouse(
  config: Pick<Config, 'database' | 'masterKey'>,
  { logger = silentLogger, metrics = NO_METRICS }: HouseSettings = {},
): Promise<House> {
  const clock = systemClock
  const random = createSystemRandom()
  const [store, compute] = await Promise.all([openStore({ url: config.database, clock }), loadArgon2()])
  const { repositories } = store
  const journal = createJournal({
    audit: repositories.audit,
    commit: repositories.commit,
    clock,
    random,
    onEvent: tellOf(logger, metrics),
    onFailure: error => logger.error({ err: error }, 'an audit event was lost'),
  })
  const hasher = createPasswordHashing({
    compute,
    random,
    concurrency: HASHES_AT_ONCE,
    maxQueued: MAX_QUEUED_PASSWORDS,
  })
  const secretHasher = createPasswordHashing({ compute, random, concurrency: 1, maxQueued: MAX_QUEUED_SECRETS })
  return {
    repositories,
    journal,
    clock,
    random,
    hasher,
    secretHasher,
    revision: store.revision,
    async openSealer() {
      const sealer = createSealer(await masterKeyOf(config, random, logger), random)
      for (const key of await repositories.keys.list()) checkMasterKey(key, sealer)
      return sealer
    },
    async openKeys() {
      const sealer = createSealer(await masterKeyOf(config, random, logger), random)
      const { revision, trustMs } = store
      return openKeyRing({
        keys: repositories.keys,
        commit: repositories.commit,
        sealer,
        random,
        clock,
        revision,
        trustMs,
      })
    },
    async close() {
      await journal.flush()
      await store.close()
    },
  }
}

/** We as the relying party of every upstream: for the doors and for the commands. */
export function openRelyingParty(
  config: Config,
  { repositories, journal, clock, random }: House,
  keys: KeyRing,
  logger: Logger = silentLogger,
  metadataRefreshSeconds = () => config.broker.metadataRefreshSeconds,
): RelyingParty {
  const { issuer, readReference } = config
  return createRelyingParty({
    issuer,
    keys,
    fetch: upstreamFetch(config),
    readReference,
    repositories,
    journal,
    metadataRefreshSeconds,
    clock,
    random,
    logger,
  })
}

/** With the settings that were changed while servers ran: what commands go by. */
export async function withStoredSettings(
  config: Config,
  { repositories }: Pick<House, 'repositories'>,
): Promise<Config> {
  const stored = await repositories.settings.list()
  return stored.length === 0 ? config : config.withStored(stored).config
}

/** Of a running server: its doors are built again when settings change, and with them these ports. */
export interface TakesUpSettings {
  loadedAt(name: string): Date | undefined
  look(): Promise<void>
}

/** For managing: what the commands and the operators' door do with the house. `config`: with what stands in the database. */
export function administrationPorts(
  config: Config,
  house: House,
  keys?: KeyRing,
  running?: TakesUpSettings,
): AdministrationPorts {
  const { repositories, journal, clock, random, secretHasher } = house
  const openKeys = keys === undefined ? once(() => house.openKeys()) : async () => keys
  const { issuer, readReference } = config
  let current = config
  return {
    issuer,
    repositories,
    journal,
    clock,
    random,
    hasher: {
      async hash(text) {
        const hashed = await secretHasher.hash(text)
        if (hashed === 'busy') throw new Error('too many secrets wait to be hashed; try again')
        return hashed
      },
    },
    openSealer: keys === undefined ? () => house.openSealer() : async () => keys.sealer,
    openKeys,
    openRelyingParty: once(async () => openRelyingParty(config, house, await openKeys())),
    readReference,
    get supported() {
      return spokenBy(current)
    },
    get settings() {
      return administrationSettings(current, running)
    },
    async takeUpSettings() {
      if (running === undefined) current = config.withStored(await repositories.settings.list()).config
      else await running.look()
    },
  }
}

/** What managing asks of the settings. */
export function administrationSettings(config: Config, running?: TakesUpSettings): AdministrationSettings {
  const { issuer, passwords, broker, mail, registration, shown } = config
  return {
    minPasswordLength: passwords.minLength,
    allowHttp: issuer.startsWith('http:'),
    ...(broker.default === undefined ? {} : { defaultUpstream: broker.default }),
    sendsMail: mail !== undefined,
    registersApps: registration.mode !== 'off',
    all: shown,
    withStored(stored) {
      const { config: layered, left } = config.withStored(stored)
      return { all: layered.shown, left }
    },
    ...(running === undefined ? {} : { loadedAt: running.loadedAt }),
    declared: config.declared,
  }
}

function once<Value>(open: () => Promise<Value>): () => Promise<Value> {
  let opened: Promise<Value> | undefined
  return () => {
    opened ??= open()
    return opened
  }
}

async function masterKeyOf(
  { masterKey }: Pick<Config, 'masterKey'>,
  random: Random,
  logger: Logger,
): Promise<MasterKey> {
  if (masterKey.kind === 'given') return masterKeyFromText(masterKey.text)
  const file = await openMasterKeyFile(masterKey.path, random)
  if (file.created) logger.warn({ file: masterKey.path }, 'made a master key: back it up, apart from the database')
  return file.masterKey
}
