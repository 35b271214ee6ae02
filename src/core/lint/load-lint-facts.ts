/** Gathers what lint looks at: from the database and files together, or from files alone. */

import { loginKey } from '../accounts/account.ts'
import type { Acting, ShownSetting } from '../administration/ports.ts'
import { briefDocument } from '../administration/resources/clients/client-document.ts'
import { resourceOf } from '../administration/resources.ts'
import type { Client } from '../clients/client.ts'
import type { Declaration } from '../declarations/declaration.ts'
import type { WrittenThing } from '../declarations/plan.ts'
import { writtenPolicy } from '../policies/parse-policy.ts'
import type { Policy } from '../policies/policy.ts'
import { parseSubject } from '../policies/policy-subject.ts'
import { type HouseFacts, type LintFacts, type LintSetting, type LintThing, nameOf } from './lint-facts.ts'
import { weaknessOf } from './secret-rules.ts'
import { groupsWrittenIn } from './written-groups.ts'

/** More are not looked at: each is a question to the database. */
const MOST_WAYLESS = 500

/** The things in files win over what is stored: they are what will be. `withHouse`: every account is looked at, too. */
export async function loadLintFacts(
  acting: Acting,
  written: readonly WrittenThing[],
  { withHouse }: { readonly withHouse: boolean },
): Promise<LintFacts> {
  const { repositories, issuer, now, settings } = acting
  const [clients, policies, groups, attributes, upstreams, declarations] = await Promise.all([
    repositories.clients.list(),
    repositories.policies.list(),
    repositories.groups.list(),
    repositories.attributeDefinitions.list(),
    storedUpstreams(acting),
    repositories.declarations.list(),
  ])
  const places = placesOf(declarations)
  const stored = [
    ...clients.map(client => storedThing('clients', client.clientId, briefDocument(client, acting), places)),
    ...policies.map(policy => storedThing('policies', policy.name, writtenPolicy(policy), places)),
    ...upstreams.map(({ key, document }) => storedThing('upstreams', key, document, places)),
  ]
  const things = withWritten(stored, written)
  const keysOf = (resource: string) => things.filter(thing => thing.resource === resource).map(({ key }) => key)
  return {
    issuer,
    now,
    settings: settingsOf(settings.all),
    things,
    known: {
      policies: new Set(keysOf('policies')),
      clients: new Set(keysOf('clients')),
      upstreams: new Set(keysOf('upstreams')),
      groups: new Set([...groups.map(({ name }) => name), ...groupsWrittenIn(written)]),
      attributes: new Set([...attributes.map(({ name }) => name), ...keysOf('attributes')]),
      users: await knownUsers(policies, things, acting),
    },
    ...(withHouse ? { house: await houseFacts(clients, acting) } : {}),
  }
}

export interface FileFacts {
  readonly issuer: string
  readonly shown: readonly ShownSetting[]
  readonly declared: readonly WrittenThing[]
}

/** A section that stands in the files is taken for all there is of its kind; what has none may be in the database. */
export function fileLintFacts({ issuer, shown, declared }: FileFacts, now: Date): LintFacts {
  const keysOf = (resource: string) => {
    const keys = declared.filter(thing => thing.resource === resource).map(({ key }) => key)
    return keys.length === 0 ? undefined : new Set(keys)
  }
  const [policies, clients, upstreams, groups, attributes, accounts] = (
    ['policies', 'clients', 'upstreams', 'groups', 'attributes', 'accounts'] as const
  ).map(keysOf)
  return {
    issuer,
    now,
    settings: settingsOf(shown),
    things: withWritten([], declared),
    known: {
      ...(policies === undefined ? {} : { policies }),
      ...(clients === undefined ? {} : { clients }),
      ...(upstreams === undefined ? {} : { upstreams }),
      ...(groups === undefined ? {} : { groups: new Set(groupsWrittenIn(declared)) }),
      ...(attributes === undefined ? {} : { attributes }),
      ...(accounts === undefined ? {} : { users: new Set([...accounts].map(loginKey)) }),
    },
  }
}

function placesOf(declarations: readonly Declaration[]): ReadonlyMap<string, string> {
  return new Map(declarations.map(({ kind, key, source }) => [nameOf({ resource: kind, key }), source]))
}

function storedThing(
  resource: string,
  key: string,
  document: LintThing['document'],
  places: ReadonlyMap<string, string>,
): LintThing {
  const place = places.get(nameOf({ resource, key }))
  return { resource, key, document, ...(place === undefined ? {} : { place }) }
}

async function storedUpstreams(acting: Acting) {
  const resource = resourceOf('upstreams')
  const all = await acting.repositories.upstreams.list()
  return Promise.all(
    all.map(async upstream => ({
      key: upstream.alias,
      document: (await resource?.documentOf(upstream, acting)) ?? {},
    })),
  )
}

function withWritten(stored: readonly LintThing[], written: readonly WrittenThing[]): readonly LintThing[] {
  const before = new Map(stored.map(thing => [nameOf(thing), thing]))
  const declared = written.map(({ resource, key, document, source }): LintThing => {
    const known = before.get(nameOf({ resource, key }))?.document
    return { resource, key, document: { ...known, ...document }, place: source, written: document }
  })
  const names = new Set(written.map(nameOf))
  return [...stored.filter(thing => !names.has(nameOf(thing))), ...declared]
}

/** Only what somebody said counts as said; where the server listens counts always. */
function settingsOf(shown: readonly ShownSetting[]): ReadonlyMap<string, LintSetting> {
  return new Map(
    shown
      .filter(({ name, source }) => source !== undefined || name === 'listen')
      .map(({ name, value, source }) => [
        name,
        { value: plain(value), ...(source === undefined ? {} : { place: source }) },
      ]),
  )
}

/** The environment holds nothing but text. */
function plain(value: unknown): unknown {
  if (value === 'true') return true
  if (value === 'false') return false
  return typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : value
}

/** Each that a policy names is looked up: accounts may be many. */
async function knownUsers(
  policies: readonly Policy[],
  things: readonly LintThing[],
  { repositories }: Acting,
): Promise<ReadonlySet<string>> {
  const written = things
    .filter(({ resource }) => resource === 'policies')
    .flatMap(({ document }) => subjectsIn(document.rules))
  const named = [...policies.flatMap(({ rules }) => rules.flatMap(({ subjects }) => subjects.flat())), ...written]
  const users = named.map(parseSubject).flatMap(subject => (subject?.kind === 'user' ? [subject.name] : []))
  const found = await Promise.all([...new Set(users)].map(user => repositories.accounts.findByLogin(user)))
  const declared = things.filter(({ resource }) => resource === 'accounts').map(({ key }) => key)
  return new Set(
    [...found.flatMap(account => (account === undefined ? [] : [account.username])), ...declared].map(loginKey),
  )
}

function subjectsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value]
  if (Array.isArray(value)) return value.flatMap(subjectsIn)
  return typeof value === 'object' && value !== null ? subjectsIn(Object.values(value)) : []
}

async function houseFacts(clients: readonly Client[], { repositories }: Acting): Promise<HouseFacts> {
  const [accounts, keys] = await Promise.all([repositories.accounts.list(), repositories.keys.list()])
  const live = accounts.filter(({ disabledAt }) => disabledAt === undefined)
  const passwordless = live.filter(({ passwordHash }) => passwordHash === undefined).slice(0, MOST_WAYLESS)
  const identities = await Promise.all(passwordless.map(({ id }) => repositories.identities.listOfAccount(id)))
  return {
    accounts: accounts.length,
    administrators: live.filter(({ role }) => role === 'administrator').map(({ username }) => username),
    withoutWayIn: passwordless.filter((_, index) => identities[index]?.length === 0).map(({ username }) => username),
    secrets: clients.flatMap(({ clientId, secrets }) =>
      secrets.map(({ hash, expiresAt }) => {
        const weakness = weaknessOf(hash)
        return {
          clientId,
          ...(weakness === undefined ? {} : { weakness }),
          ...(expiresAt === undefined ? {} : { expiresAt }),
        }
      }),
    ),
    keys: keys
      .filter(({ retiredAt, alg }) => retiredAt === undefined && alg !== 'handle' && alg !== 'pairwise')
      .map(({ kid, alg, createdAt }) => ({ kid, alg, createdAt })),
  }
}
