/** What lint looks at: things as documents, settings, and what only the database knows. Absent knowledge is no reason to complain. */

import type { Document } from '../administration/ports.ts'
import type { Found } from './finding.ts'

export interface LintThing {
  /** `clients` */
  readonly resource: string
  readonly key: string
  /** By the names of its fields; what is absent has its standard. Secrets only as far as a file holds them. */
  readonly document: Document
  /** `sallyport.yaml:12` */
  readonly place?: string
  /** Fields as a file writes them, references unread; absent: no file says it. */
  readonly written?: Document
}

export interface LintSetting {
  readonly value: unknown
  readonly place?: string
}

export interface LintFacts {
  readonly issuer: string
  readonly now: Date
  /** By name: `throttling.enabled`. */
  readonly settings: ReadonlyMap<string, LintSetting>
  readonly things: readonly LintThing[]
  /** The names there are. Absent: they may be in a database that was not looked into. */
  readonly known: {
    readonly policies?: ReadonlySet<string>
    readonly groups?: ReadonlySet<string>
    readonly clients?: ReadonlySet<string>
    /** As `loginKey` has them: those that policies name and that exist. */
    readonly users?: ReadonlySet<string>
    /** Made in this house, beside the standard ones. */
    readonly attributes?: ReadonlySet<string>
    readonly upstreams?: ReadonlySet<string>
  }
  readonly house?: HouseFacts
}

/** Only with a database. */
export interface HouseFacts {
  readonly accounts: number
  /** User names of those who may sign in and manage this server. */
  readonly administrators: readonly string[]
  /** User names of accounts that may sign in and have neither a password nor a link to an upstream. */
  readonly withoutWayIn: readonly string[]
  readonly secrets: readonly SecretFacts[]
  readonly keys: readonly { readonly kid: string; readonly alg: string; readonly createdAt: Date }[]
}

/** A secret of a client, and what is weak about the way it is kept; never its digest. */
export interface SecretFacts {
  readonly clientId: string
  /** `bcrypt with cost 4`; absent: nothing that is known. */
  readonly weakness?: string
  readonly expiresAt?: Date
}

/** `clients/wiki` */
export function nameOf({ resource, key }: Pick<LintThing, 'resource' | 'key'>): string {
  return `${resource}/${key}`
}

export function thingsOf({ things }: LintFacts, resource: string): readonly LintThing[] {
  return things.filter(thing => thing.resource === resource)
}

/** What is switched off harms nobody. */
export function liveThings(facts: LintFacts, resource: 'clients' | 'upstreams'): readonly LintThing[] {
  return thingsOf(facts, resource).filter(({ document }) => document.disabled !== true && document.enabled !== false)
}

export function foundAt({ resource, key, place }: LintThing, field: string, message: string): Found {
  return { resource, key, field, ...(place === undefined ? {} : { place }), message }
}

/** Each of them that breaks the rule, with what is so there. */
export function findIn(
  things: readonly LintThing[],
  field: string,
  check: (document: Document, thing: LintThing) => string | undefined,
): readonly Found[] {
  return things.flatMap(thing => {
    const message = check(thing.document, thing)
    return message === undefined ? [] : [foundAt(thing, field, message)]
  })
}

export function settingOf({ settings }: LintFacts, name: string): unknown {
  return settings.get(name)?.value
}

/** The policy that every app gets that registers itself: `authorization_policy=staff-only` among `registration.fixed_metadata`. */
export function fixedPolicyOf(facts: LintFacts): string | undefined {
  const written = textsOf(settingOf(facts, FIXED_METADATA)).find(text => text.startsWith(FIXED_POLICY))
  return textOf(written?.slice(FIXED_POLICY.length))
}

const FIXED_POLICY = 'authorization_policy='
export const FIXED_METADATA = 'registration.fixed_metadata'

export function foundInSetting({ settings }: LintFacts, name: string, message: string): Found {
  const place = settings.get(name)?.place
  return { field: name, ...(place === undefined ? {} : { place }), message }
}

export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** A list, or a text of words. */
export function textsOf(value: unknown): readonly string[] {
  if (typeof value === 'string') return value.split(/[\s,]+/).filter(Boolean)
  return Array.isArray(value) ? value.filter(item => typeof item === 'string') : []
}

export function objectsOf(value: unknown): readonly Document[] {
  return Array.isArray(value) ? value.filter(item => typeof item === 'object' && item !== null) : []
}

/** `a, b and 3 more` */
export function someOf(items: readonly string[]): string {
  const shown = items.slice(0, 5).join(', ')
  return items.length > 5 ? `${shown} and ${items.length - 5} more` : shown
}
