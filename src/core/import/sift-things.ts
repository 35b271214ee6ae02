/** What an import leaves alone: what is there already, people who may be somebody else, and whoever manages this server. */

import { type Account, loginKey } from '../accounts/account.ts'
import type { Acting } from '../administration/ports.ts'
import { findAccount } from '../administration/resources/accounts/account-document.ts'
import type { PlanMistake, WrittenThing } from '../declarations/plan.ts'
import { mistakeAt } from '../declarations/plan-mistakes.ts'
import type { Upstream } from '../upstreams/upstream.ts'
import { textOf } from './values.ts'

export interface Sifted {
  readonly news: readonly WrittenThing[]
  /** What was left out, and why. */
  readonly warnings: readonly string[]
  readonly mistakes: readonly PlanMistake[]
}

type Verdict =
  | { readonly kind: 'known' }
  /** `thing`: what is left of it. */
  | { readonly kind: 'news'; readonly thing?: WrittenThing }
  | { readonly kind: 'left-out'; readonly why: string }
  | { readonly kind: 'mistake'; readonly message: string }

interface Source {
  /** User name → sub. */
  readonly subjects: ReadonlyMap<string, unknown>
  /** By alias. */
  readonly upstreams: ReadonlyMap<string, WrittenThing>
  readonly clients: ReadonlySet<string>
}

/** Reads that wait for the database together. */
const READ_AT_ONCE = 20

export async function siftThings(things: readonly WrittenThing[], acting: Acting): Promise<Sifted> {
  const of = (name: string) => things.filter(({ resource }) => resource === name)
  const source: Source = {
    subjects: new Map(of('accounts').map(({ key, document }) => [key, document.sub])),
    upstreams: new Map(of('upstreams').map(thing => [thing.key, thing])),
    clients: new Set(of('clients').map(({ key }) => key)),
  }
  const news: WrittenThing[] = []
  const left = new Map<string, WrittenThing[]>()
  const leave = (thing: WrittenThing, why: string): void => {
    const same = left.get(`${thing.resource} ${why}`)
    if (same === undefined) left.set(`${thing.resource} ${why}`, [thing])
    else same.push(thing)
  }
  const mistakes: PlanMistake[] = []
  for (let start = 0; start < things.length; start += READ_AT_ONCE) {
    const some = things.slice(start, start + READ_AT_ONCE)
    const verdicts = await Promise.all(some.map(thing => judge(thing, source, acting)))
    for (const [index, thing] of some.entries()) {
      const verdict = verdicts[index]
      if (verdict?.kind === 'news') news.push(verdict.thing ?? thing)
      if (verdict?.kind === 'left-out') leave(thing, verdict.why)
      if (verdict?.kind === 'mistake')
        mistakes.push(mistakeAt(thing, { member: '', rule: 'name', message: verdict.message }))
    }
  }
  return { news, warnings: [...left].map(([about, all]) => leftOutText(about, all)), mistakes }
}

/** Of thousands without an upstream it is said once. */
function leftOutText(about: string, [first, ...others]: readonly WrittenThing[]): string {
  const { resource = '', key } = first ?? {}
  const more = others.length === 0 ? '' : ` and ${others.length} more`
  return `${resource} ${key}${more}: left out: ${about.slice(resource.length + 1)}`
}

async function judge(thing: WrittenThing, source: Source, acting: Acting): Promise<Verdict> {
  switch (thing.resource) {
    case 'accounts':
      return judgeAccount(thing, acting)
    case 'identities':
    case 'consents':
      return judgeRelated(thing, source, acting)
    case 'keys': {
      const isKnown = (await acting.repositories.keys.list()).some(({ kid }) => kid === thing.key)
      return { kind: isKnown ? 'known' : 'news' }
    }
    default:
      return { kind: 'news' }
  }
}

/** Accounts are found by more than their names, and somebody else's would be changed. */
async function judgeAccount(thing: WrittenThing, { repositories }: Acting): Promise<Verdict> {
  const { key } = thing
  const account = await findAccount(key, repositories.accounts)
  if (account === undefined) return { kind: 'news' }
  if (loginKey(account.username) !== loginKey(key)) {
    const what = account.subject === key ? 'sub' : 'e-mail address'
    return { kind: 'mistake', message: `is the ${what} of the account ${account.username}, who may be somebody else` }
  }
  if (account.role !== undefined) return { kind: 'left-out', why: manages(account) }
  // Whoever has a password keeps it: the one of the other system is older, or somebody else's.
  return { kind: 'news', thing: account.passwordHash === undefined ? thing : withoutPassword(thing) }
}

function withoutPassword(thing: WrittenThing): WrittenThing {
  const { password: _, password_hash: __, ...document } = thing.document
  return { ...thing, document }
}

/** Whoever signs in by a password or a link of another system would manage this one. */
function manages({ username, role }: Account): string {
  return `${username} has the role ${role} here, and another system says nothing about them`
}

/** Links and consents have no other value: what is there already stays. */
async function judgeRelated(thing: WrittenThing, source: Source, acting: Acting): Promise<Verdict> {
  const { subjects, upstreams } = source
  const name = textOf(thing.document.account) ?? ''
  const alias = textOf(thing.document.upstream) ?? ''
  const account = await acting.repositories.accounts.findByLogin(name)
  const upstream = thing.resource === 'identities' ? await acting.repositories.upstreams.findByAlias(alias) : undefined
  const written = upstreams.get(alias)
  const missing = await missingFor(thing, account, upstream, source, acting)
  if (missing !== undefined) return { kind: 'left-out', why: missing }
  if (upstream !== undefined && written !== undefined && isOther(upstream, written)) {
    // A subject is somebody else's at another provider: whoever has it there would be let in.
    const why = `the upstream ${alias} was here before, and leads to another provider`
    return { kind: 'left-out', why }
  }
  if (account === undefined) return { kind: 'news' }
  if (account.subject !== subjects.get(name)) {
    // Two people of one name in two systems: whoever signs in as one of them must not become the other.
    const why = `the account ${name} was here before, with another sub, and may be somebody else's`
    return { kind: 'left-out', why }
  }
  if (await isKnown(thing, account, upstream, acting)) return { kind: 'known' }
  return account.role === undefined ? { kind: 'news' } : { kind: 'left-out', why: manages(account) }
}

/** What was not imported, or cannot be, has no links and consents either. */
async function missingFor(
  { resource, document }: WrittenThing,
  account: Account | undefined,
  upstream: Upstream | undefined,
  { subjects, upstreams, clients }: Source,
  { repositories }: Acting,
): Promise<string | undefined> {
  const name = textOf(document.account) ?? ''
  if (account === undefined && !subjects.has(name)) return `there is no account ${name}`
  const alias = textOf(document.upstream) ?? ''
  if (resource === 'identities') {
    return upstream === undefined && !upstreams.has(alias) ? `there is no upstream ${alias}` : undefined
  }
  const client = textOf(document.client) ?? ''
  const isThere = clients.has(client) || (await repositories.clients.findByClientId(client)) !== undefined
  return isThere ? undefined : `there is no client ${client}`
}

function isOther({ issuer, authorizationEndpoint }: Upstream, { document }: WrittenThing): boolean {
  if (issuer !== undefined && document.issuer !== undefined) return issuer !== document.issuer
  return (
    authorizationEndpoint !== undefined &&
    document.authorization_endpoint !== undefined &&
    authorizationEndpoint !== document.authorization_endpoint
  )
}

async function isKnown(
  { resource, document }: WrittenThing,
  account: Account,
  upstream: Upstream | undefined,
  { repositories: { clients, identities, consents } }: Acting,
): Promise<boolean> {
  if (resource === 'consents') {
    const client = await clients.findByClientId(textOf(document.client) ?? '')
    return client !== undefined && (await consents.find(account.id, client.uid)) !== undefined
  }
  const identity = upstream && (await identities.find(upstream.uid, textOf(document.subject) ?? ''))
  return identity?.accountId === account.id
}
