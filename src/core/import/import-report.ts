/** What an importer says: the things to be made, what became of every setting of the source, and what cannot be read at all. */

import { isAdminScope } from '../administration/admin-scopes.ts'
import type { WrittenThing } from '../declarations/plan.ts'

/**
 * `mapped`: means the same here. `approximated`: close, and the line says what differs. `no-equivalent`: nothing here does that.
 * `ignored`: it does not have to be taken over.
 */
export const IMPORT_OUTCOMES = ['mapped', 'approximated', 'no-equivalent', 'ignored'] as const
export type ImportOutcome = (typeof IMPORT_OUTCOMES)[number]

export interface ImportTarget {
  /** The resource: `clients`. */
  readonly resource: string
  readonly key: string
  readonly field?: string
}

/** One setting of the source. Never a secret. */
export interface ReportLine {
  /** `clients[2].pre_configured_consent_duration` */
  readonly path: string
  readonly outcome: ImportOutcome
  readonly target?: ImportTarget
  /** What differs, or what to do: a sentence for people. */
  readonly why?: string
}

/** Something without which a thing cannot be made: nothing is applied while there is one. */
export interface ImportMistake {
  readonly path: string
  readonly message: string
  /** What cannot be made of it; whoever leaves that out can go on. */
  readonly thing?: Pick<ImportTarget, 'resource' | 'key'>
}

export interface Imported {
  /** In the order in which they are made. */
  readonly things: readonly WrittenThing[]
  readonly report: readonly ReportLine[]
  readonly mistakes: readonly ImportMistake[]
}

export const NOTHING: Imported = { things: [], report: [], mistakes: [] }

export function together(parts: readonly Imported[]): Imported {
  return {
    things: parts.flatMap(({ things }) => things),
    report: parts.flatMap(({ report }) => report),
    mistakes: parts.flatMap(({ mistakes }) => mistakes),
  }
}

/** What others name comes first: groups before the accounts that are in them. */
const ORDER: readonly string[] = [
  'groups',
  'attributes',
  'policies',
  'keys',
  'upstreams',
  'clients',
  'accounts',
  'identities',
  'consents',
]

/** Named in many places of a source, and one thing all the same. */
const NAMED_OFTEN: readonly string[] = ['groups', 'attributes']

/** In the order in which they are made. Groups and attributes may be named again and again; what else is there twice is a mistake. */
export function inOrder(imported: Imported): Imported {
  const things = new Map<string, WrittenThing>()
  const twice: ImportMistake[] = []
  for (const thing of imported.things) {
    const { resource, key, source } = thing
    const name = `${resource} ${key}`
    const before = things.get(name)
    if (before === undefined) things.set(name, thing)
    else if (NAMED_OFTEN.includes(resource)) things.set(name, merged(before, thing))
    else
      twice.push({
        path: source,
        message: `${resource} ${key} is in ${before.source} as well`,
        thing: { resource, key },
      })
  }
  const ordered = [...things.values()]
    .map(withoutRights)
    .toSorted((a, b) => ORDER.indexOf(a.resource) - ORDER.indexOf(b.resource))
  return { ...imported, things: ordered, mistakes: [...imported.mistakes, ...twice] }
}

/** A scope of the admin API is given by name, and here: a source that has one of this name means something else, or harm. */
function withoutRights(thing: WrittenThing): WrittenThing {
  const { scope, scopes } = thing.document
  if (thing.resource === 'clients' && typeof scope === 'string') {
    const kept = scope.split(' ').filter(name => !isAdminScope(name))
    return { ...thing, document: { ...thing.document, scope: kept.join(' ') } }
  }
  if (thing.resource === 'attributes' && Array.isArray(scopes)) {
    return { ...thing, document: { ...thing.document, scopes: scopes.filter(name => !isAdminScope(`${name}`)) } }
  }
  return thing
}

/** Of two that name the same attribute: read with the scopes of both. */
function merged(before: WrittenThing, again: WrittenThing): WrittenThing {
  const scopesOf = ({ document }: WrittenThing) => (Array.isArray(document.scopes) ? document.scopes : [])
  const scopes = [...new Set([...scopesOf(before), ...scopesOf(again)])]
  const document = { ...again.document, ...before.document, ...(scopes.length === 0 ? {} : { scopes }) }
  return { ...before, document }
}
