/**
 * Clients whose client_id is the URL of a document (draft-ietf-oauth-client-id-metadata-document §5): fetched when they are first seen,
 * kept as a client like any other, and fetched again when the document no longer counts. For those who look clients up, nothing differs.
 */

import { isUtf8 } from 'node:buffer'
import { addSeconds, type Clock } from '../../lib/clock.ts'
import type { GuardedFetch, OutboundAnswer, OutboundRefusal } from '../../lib/guarded-fetch.ts'
import { parseClientIdUrl } from '../../spec/client-id-url.ts'
import { isRefusal, type Refusal, refuse } from '../../spec/refusal.ts'
import type { Journal } from '../audit/journal.ts'
import type { Client } from '../clients/client.ts'
import type { ClientRepository } from '../clients/client-repository.ts'
import { changedMembers } from '../clients/edit-client.ts'
import { clientFromDocument, type DocumentRules } from './document-client.ts'
import { freshSeconds } from './fresh-seconds.ts'
import { matchesHost } from './host-pattern.ts'
import type { RegistrationPorts } from './register-client.ts'

export interface DocumentSettings {
  readonly enabled: boolean
  /** Empty: any public host. */
  readonly hosts: readonly string[]
  readonly ttlSeconds: number
  readonly graceSeconds: number
}

export interface DocumentClientsPorts extends Omit<RegistrationPorts, 'now'> {
  readonly clients: ClientRepository
  readonly journal: Journal
  readonly clock: Clock
  /** Reads 5 kB at most (§8.7) and follows no redirect (§5). */
  readonly fetchDocument: GuardedFetch
}

/** Whoever hammers on one URL makes us ask its server no more often than this. It is no cache: §5.2 wants no error to be kept. */
const PAUSE_SECONDS = 5
/** Documents that are being fetched at once, and new ones in a row: whoever comes may name one, and each becomes a row. */
const MAX_UNDER_WAY = 20
const MAX_NEW = 100
const NEW_PER_SECOND = 1
const REMEMBERED = 1000

/** Who was asked, and how often: it outlives the settings, or a change of them would be a way around these limits. */
export interface DocumentMemory {
  readonly underWay: Map<string, Promise<Client | undefined>>
  readonly failedAt: Map<string, Date>
  newOnes: { readonly level: number; readonly at: Date }
}

export function createDocumentMemory(now: Date): DocumentMemory {
  return { underWay: new Map(), failedAt: new Map(), newOnes: { level: 0, at: now } }
}

export function createDocumentClients(
  settings: DocumentSettings,
  given: DocumentRules,
  ports: DocumentClientsPorts,
  memory: DocumentMemory = createDocumentMemory(ports.clock.now()),
): ClientRepository {
  const rules = withConsent(given, settings)
  const { clients, journal, clock } = ports
  const { underWay, failedAt } = memory

  async function find(clientId: string): Promise<Client | undefined> {
    const stored = await clients.findByClientId(clientId)
    // §7.1: the scheme alone says nothing; what an operator registered under a URL is nobody else's to describe.
    if (stored !== undefined && stored.origin !== 'metadata-document') return stored
    const url = parseClientIdUrl(clientId)
    if (url === undefined || !isAllowed(url)) return undefined
    const now = clock.now()
    if (stored?.freshUntil !== undefined && stored.freshUntil > now) return stored
    const running = underWay.get(clientId)
    if (running !== undefined) return running
    if (!mayAsk(clientId, stored === undefined, now)) return inGrace(stored, now)
    const asked = refresh(clientId, stored, now).finally(() => underWay.delete(clientId))
    underWay.set(clientId, asked)
    return asked
  }

  function isAllowed({ hostname }: URL): boolean {
    return settings.enabled && (settings.hosts.length === 0 || matchesHost(hostname, settings.hosts))
  }

  function mayAsk(clientId: string, isNew: boolean, now: Date): boolean {
    const failed = failedAt.get(clientId)
    if (failed !== undefined && addSeconds(failed, PAUSE_SECONDS) > now) return false
    if (underWay.size >= MAX_UNDER_WAY) return false
    if (!isNew) return true
    const { level, at } = memory.newOnes
    const leaked = (Math.max(0, now.getTime() - at.getTime()) / 1000) * NEW_PER_SECOND
    const left = Math.max(0, level - leaked)
    const mayCome = left + 1 <= MAX_NEW
    memory.newOnes = { level: mayCome ? left + 1 : left, at: now }
    return mayCome
  }

  function inGrace(stored: Client | undefined, now: Date): Client | undefined {
    const { freshUntil } = stored ?? {}
    return freshUntil !== undefined && addSeconds(freshUntil, settings.graceSeconds) > now ? stored : undefined
  }

  async function refresh(clientId: string, stored: Client | undefined, now: Date): Promise<Client | undefined> {
    const answer = await ports.fetchDocument({ url: clientId, headers: { accept: 'application/json' } })
    const text = documentIn(answer)
    const read = isRefusal(text) ? text : await clientFromDocument(clientId, text, stored, rules, { ...ports, now })
    if (!isRefusal(read)) return keep({ ...read, ...timesOf(answer, now) }, stored, now)
    if (failedAt.size >= REMEMBERED) failedAt.clear()
    failedAt.set(clientId, now)
    const uid = stored === undefined ? {} : { clientUid: stored.uid }
    const detail = { client_id: clientId }
    journal.recordRefusal('client-document.refused', read, { ...uid, address: HERE, detail })
    // §5.1: what cannot be reached may come back; what is gone or no longer fit is withdrawn.
    return isPassing(answer) ? inGrace(stored, now) : undefined
  }

  function timesOf(answer: OutboundAnswer | OutboundRefusal, now: Date) {
    const seconds = answer.kind === 'answered' ? freshSeconds(answer.headers, settings.ttlSeconds) : 0
    return { fetchedAt: now, freshUntil: addSeconds(now, seconds) }
  }

  async function keep(client: Client, stored: Client | undefined, now: Date): Promise<Client | undefined> {
    const event = { at: now, clientUid: client.uid, address: HERE }
    const detail = { client_id: client.clientId, by: 'its document' }
    const members = stored === undefined ? [] : changedMembers(stored, client).filter(name => !TIMES.includes(name))
    const outcome = await journal.commit(
      stored === undefined
        ? [
            clients.insert(client),
            journal.record('client.registered', { ...event, detail: { ...detail, name: client.name } }),
          ]
        : [
            clients.replace(client, stored),
            ...(members.length === 0
              ? []
              : [journal.record('client.replaced', { ...event, detail: { ...detail, members } })]),
          ],
    )
    // Somebody else, perhaps another node, kept it in the same moment.
    return outcome.committed ? client : clients.findByClientId(client.clientId)
  }

  return {
    ...clients,
    findByClientId: clientId => (clientId.startsWith('https://') ? find(clientId) : clients.findByClientId(clientId)),
  }
}

/** Where any host will do, an app that nobody knows must not learn who people are without asking them. */
function withConsent(rules: DocumentRules, { hosts }: DocumentSettings): DocumentRules {
  if (hosts.length > 0 || rules.policy.consent !== 'never') return rules
  return { ...rules, policy: { ...rules.policy, consent: 'remember' } }
}

/** Nobody's address: the server itself asked. */
const HERE = 'server'
const TIMES: readonly string[] = ['fetchedAt', 'freshUntil']

function documentIn(answer: OutboundAnswer | OutboundRefusal): string | Refusal {
  const fail = (problem: string, rule: string, facts: Refusal['facts']): Refusal =>
    refuse('invalid_client', `the document at the client_id ${problem}`, rule, facts)
  if (answer.kind === 'refused')
    return fail('cannot be fetched', 'CIMD §5 the document is fetched', {
      reason: answer.reason,
      detail: answer.detail,
    })
  const { status, headers, body } = answer
  // §5: all status codes but 200 are errors.
  if (status !== 200) return fail('is not answered with 200', 'CIMD §5 200 OK', { status })
  const contentType = (headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? ''
  if (!/^application\/(?:json|[a-z0-9.-]+\+json)$/.test(contentType))
    return fail('is no application/json', 'CIMD §4 JSON document', { content_type: contentType.slice(0, 60) })
  return isUtf8(body) ? body.toString('utf8') : fail('is not UTF-8', 'RFC 8259 §8.1 UTF-8', {})
}

function isPassing(answer: OutboundAnswer | OutboundRefusal): boolean {
  return answer.kind === 'refused' || answer.status >= 500 || answer.status === 429
}
