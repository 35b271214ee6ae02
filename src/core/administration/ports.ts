/** What managing needs: the house, its settings as far as rules ask for them, and the ways out. */

import type { Clock } from '../../lib/clock.ts'
import type { Random } from '../../lib/random.ts'
import type { Journal } from '../audit/journal.ts'
import type { JsonObject } from '../clients/client.ts'
import type { SupportedByServer } from '../clients/client-settings.ts'
import type { KeyRing } from '../keys/key-ring.ts'
import type { KeySealer } from '../keys/key-sealer.ts'
import type { Repositories } from '../repositories.ts'
import type { SecretHasher } from '../secret-hasher.ts'
import type { StoredSetting } from '../settings/stored-setting.ts'
import type { RelyingParty } from '../upstreams/relying-party.ts'
import type { Actor } from './actor.ts'

export interface AdministrationPorts {
  readonly issuer: string
  readonly repositories: Repositories
  readonly journal: Journal
  readonly clock: Clock
  readonly random: Random
  /** Waits for its turn; throws when there is none. */
  readonly hasher: SecretHasher
  /** Opened only when it is needed: a command may run where the master key is not. */
  readonly openSealer: () => Promise<KeySealer>
  readonly openKeys: () => Promise<KeyRing>
  readonly openRelyingParty: () => Promise<RelyingParty>
  /** What `${vault.…}`, `${env.…}` and `${file:…}` stand for; throws with a sentence when it cannot be read. */
  readonly readReference: (text: string) => string
  /** From the settings; kinds of attributes may add scopes. */
  readonly supported: SupportedByServer
  readonly settings: AdministrationSettings
  /** A setting was changed in the database: this process goes by it before this resolves. */
  readonly takeUpSettings: () => Promise<void>
}

export interface AdministrationSettings {
  /** `passwords.min_length` */
  readonly minPasswordLength: number
  /** Plain http counts at upstreams where this server is http itself. */
  readonly allowHttp: boolean
  /** `broker.default` */
  readonly defaultUpstream?: string
  readonly sendsMail: boolean
  /** `registration.mode` is not off: apps may register themselves. */
  readonly registersApps?: boolean
  /** Every setting as it counts, for people: secrets as `•••`. */
  readonly all: readonly ShownSetting[]
  /** The same, were this in the database. */
  readonly withStored: (stored: readonly StoredSetting[]) => SettingsWithStored
  /** Since when this process goes by a setting that was changed while it ran. */
  readonly loadedAt?: (name: string) => Date | undefined
  /** What the files of this server declare; secrets in it may be references, and are not read. */
  readonly declared: readonly DeclaredThing[]
}

export interface SettingsWithStored {
  readonly all: readonly ShownSetting[]
  /** What of it breaks a rule beside what files and variables say, and so does not count. */
  readonly left: readonly LeftSetting[]
}

/** A setting in the database that does not count. */
export interface LeftSetting {
  readonly name: string
  /** For people: which rule, as a sentence that the name begins. */
  readonly rule: string
}

export interface DeclaredThing {
  readonly resource: string
  readonly key: string
  readonly document: Document
  /** For people: `sallyport.yaml:12`. */
  readonly source: string
}

export interface ShownSetting {
  /** `tokens.access_token` */
  readonly name: string
  readonly value: unknown
  readonly standard: unknown
  /** Where it is said: `sallyport.yaml:12`, `SALLYPORT_ISSUER`, `database, by ada`; absent: the standard counts. */
  readonly source?: string
  /** A file or a variable says it, and so nobody else does. */
  readonly isOwned: boolean
  /** It may be changed while the server runs. */
  readonly isChangeable: boolean
  /** What the database says of it, whether that counts or not. */
  readonly stored?: StoredSetting
  /** Why it does not, where it breaks a rule. */
  readonly problem?: string
  /** `SALLYPORT_TOKENS_ACCESS_TOKEN`: says it over every file. */
  readonly variable: string
  readonly about: string
}

/** Ports with who acts and when: what one operation sees. */
export interface Acting extends AdministrationPorts {
  readonly actor: Actor
  readonly now: Date
  /** Things that are made in the same unit, by resource: they may be named as if they were there. */
  readonly planned?: ReadonlyMap<string, ReadonlySet<string>>
}

/** Is it there, or made in the same unit? */
export function isPlanned({ planned }: Acting, resource: string, key: string): boolean {
  return planned?.get(resource)?.has(key) ?? false
}

/** What is said and shown about a thing: by the names of its fields, JSON only (times as text). */
export type Document = JsonObject

export function isDocument(value: unknown): value is Document {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
