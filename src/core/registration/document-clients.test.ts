/** Tests of the clients that describe themselves: how often they are asked for, and how many at once. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { aClock, random } from '../../../test/support/builders.ts'
import type { GuardedFetch, OutboundAnswer, OutboundRefusal } from '../../lib/guarded-fetch.ts'
import { refuse } from '../../spec/refusal.ts'
import type { Journal } from '../audit/journal.ts'
import type { Client } from '../clients/client.ts'
import type { ClientRepository } from '../clients/client-repository.ts'
import { SPOKEN_BY_SERVER } from '../clients/spoken-by-server.ts'
import type { Write } from '../unit-of-work.ts'
import {
  createDocumentClients,
  createDocumentMemory,
  type DocumentClientsPorts,
  type DocumentSettings,
} from './document-clients.ts'
import type { RegistrationPolicy } from './registration-policy.ts'

const SETTINGS: DocumentSettings = { enabled: true, hosts: [], ttlSeconds: 3600, graceSeconds: 86_400 }
const POLICY: RegistrationPolicy = {
  mode: 'off',
  scopes: [],
  grantTypes: ['authorization_code'],
  responseTypes: ['code'],
  authMethods: [],
  redirectHosts: [],
  consent: 'remember',
  profile: 'default',
  secretSeconds: 0,
  fixedMetadata: {},
  softwareStatement: 'off',
}

function urlOf(number: number): string {
  return `https://app.example.com/client-${number}.json`
}

function aDocument(url: string, changes = {}): OutboundAnswer {
  const document = { client_id: url, redirect_uris: ['https://app.example.com/cb'], ...changes }
  const headers = { 'content-type': 'application/json' }
  return { kind: 'answered', status: 200, headers, body: Buffer.from(JSON.stringify(document)) }
}

/** A house in memory, and a server of documents that says what the test wants. */
function open(
  serve: (url: string) => Promise<OutboundAnswer | OutboundRefusal> | OutboundAnswer | OutboundRefusal,
  policy: Partial<RegistrationPolicy> = {},
) {
  const kept = new Map<string, Client>()
  const asked: string[] = []
  const refused: string[] = []
  const clock = aClock()
  const put = (name: string, client: Client): Write & { readonly client: Client } => ({ name, client })
  const clients: ClientRepository = {
    findByClientId: async clientId => kept.get(clientId),
    find: async uid => [...kept.values()].find(client => client.uid === uid),
    list: async () => [...kept.values()],
    insert: client => put('clients.insert', client),
    replace: client => put('clients.replace', client),
    delete: () => ({ name: 'clients.delete' }),
  }
  const journal = {
    record: (name: string) => ({ name }),
    recordRefusal: (_type: string, { rule }: { readonly rule: string }) => void refused.push(rule),
    commit: async (writes: readonly Write[]) => {
      for (const write of writes)
        if ('client' in write) kept.set((write.client as Client).clientId, write.client as Client)
      return { committed: true }
    },
  } as unknown as Journal
  const fetchDocument: GuardedFetch = async ({ url }) => {
    asked.push(url)
    return serve(url)
  }
  const rules = {
    policy: { ...POLICY, ...policy },
    statementIssuers: [],
    supported: SPOKEN_BY_SERVER,
    sameOrigin: true,
  }
  const memory = createDocumentMemory(clock.now())
  const ports: DocumentClientsPorts = {
    issuer: 'https://id.example.com',
    clients,
    journal,
    clock,
    random,
    fetchDocument,
    fetch: fetchDocument,
    sealer: async () => ({ seal: plain => plain }),
    clientKeys: { verify: async () => refuse('invalid_request', 'a test', 'a test') },
  }
  const withSettings = (settings: DocumentSettings) => createDocumentClients(settings, rules, ports, memory)
  return { found: withSettings(SETTINGS), withSettings, asked, refused, kept, clock }
}

const AWAY: OutboundRefusal = { kind: 'refused', reason: 'unreachable', detail: 'a test' }

describe('clients that describe themselves', () => {
  it('are asked for once while they count, and again afterwards', async () => {
    const { found, asked, clock } = open(url => aDocument(url))
    const client = await found.findByClientId(urlOf(1))
    assert.equal(client?.origin, 'metadata-document')
    clock.advance(3599)
    await found.findByClientId(urlOf(1))
    assert.equal(asked.length, 1)
    clock.advance(1)
    assert.equal((await found.findByClientId(urlOf(1)))?.uid, client?.uid)
    assert.equal(asked.length, 2)
  })

  it('keep what an operator decided, whatever the document says when it is read again', async () => {
    const shaking = { authorization_policy: 'one_factor', consent_mode: 'never', disabled: false }
    const { found, kept, asked, clock } = open(url => aDocument(url, shaking))
    const first = (await found.findByClientId(urlOf(1))) ?? assert.fail('it is known')
    assert.deepEqual([first.authorizationPolicy, first.consentMode], [undefined, 'remember'])
    const disabledAt = clock.now()
    kept.set(first.clientId, { ...first, authorizationPolicy: 'staff-only', consentMode: 'always', disabledAt })
    clock.advance(3600)
    const again = await found.findByClientId(urlOf(1))
    assert.equal(asked.length, 2)
    assert.deepEqual(
      [again?.authorizationPolicy, again?.consentMode, again?.disabledAt],
      ['staff-only', 'always', disabledAt],
    )
  })

  it('keep a policy that an operator gave one of them, where the settings fix another one for all', async () => {
    const { found, kept, clock } = open(url => aDocument(url), { fixedMetadata: { authorization_policy: 'partners' } })
    const first = (await found.findByClientId(urlOf(1))) ?? assert.fail('it is known')
    assert.equal(first.authorizationPolicy, 'partners')
    kept.set(first.clientId, { ...first, authorizationPolicy: 'deny' })
    clock.advance(3600)
    assert.equal((await found.findByClientId(urlOf(1)))?.authorizationPolicy, 'deny')
    kept.set(first.clientId, { ...first, authorizationPolicy: 'one_factor' })
    clock.advance(3600)
    assert.equal((await found.findByClientId(urlOf(1)))?.authorizationPolicy, 'partners')
  })

  it('are asked for no more often because the settings changed in between', async () => {
    const { found, withSettings, asked, clock } = open(() => AWAY)
    await found.findByClientId(urlOf(1))
    const changed = withSettings({ ...SETTINGS, ttlSeconds: 60 })
    await changed.findByClientId(urlOf(1))
    assert.equal(asked.length, 1)
    for (let number = 2; number <= 200; number++) {
      await (number % 2 === 0 ? found : changed).findByClientId(urlOf(number))
    }
    assert.equal(asked.length, 100)
    clock.advance(5)
    await changed.findByClientId(urlOf(1))
    assert.equal(asked.length, 101)
  })

  it('are asked for again after a pause when they could not be read, because no error is kept (CIMD §5.2)', async () => {
    let isAway = true
    const { found, asked, refused, clock } = open(url => (isAway ? AWAY : aDocument(url)))
    for (let round = 0; round < 3; round++) assert.equal(await found.findByClientId(urlOf(1)), undefined)
    assert.deepEqual([asked.length, refused.length], [1, 1])
    isAway = false
    clock.advance(5)
    assert.ok(await found.findByClientId(urlOf(1)))
  })

  it('count for the grace when their server is away, not longer', async () => {
    let isAway = false
    const { found, clock } = open(url => (isAway ? AWAY : aDocument(url)))
    await found.findByClientId(urlOf(1))
    isAway = true
    clock.advance(3600 + 86_399)
    assert.ok(await found.findByClientId(urlOf(1)))
    clock.advance(10)
    assert.equal(await found.findByClientId(urlOf(1)), undefined)
  })

  it('cost no more than a bounded number of requests at once, and of new ones in a row', async () => {
    const gate = Promise.withResolvers<void>()
    const { found, asked, kept, clock } = open(async url => {
      await gate.promise
      return aDocument(url)
    })
    const waiting = Array.from({ length: 500 }, (_, number) => found.findByClientId(urlOf(number)))
    await new Promise(resolve => setImmediate(resolve))
    assert.equal(asked.length, 20)
    gate.resolve()
    assert.equal((await Promise.all(waiting)).filter(client => client !== undefined).length, 20)
    for (let number = 1000; number < 1500; number++) await found.findByClientId(urlOf(number))
    assert.equal(kept.size, 100)
    clock.advance(7)
    for (let number = 2000; number < 2100; number++) await found.findByClientId(urlOf(number))
    assert.equal(kept.size, 107)
  })

  it('show no logo from elsewhere, and ask people even where registered apps do not (CIMD §8.8)', async () => {
    const own = 'https://app.example.com/logo.png'
    const logos = {
      logo_uri: 'https://tracker.example/1.png',
      'logo_uri#de': own,
      'logo_uri#fr': 'https://tracker.example/2.png',
    }
    const { found } = open(url => aDocument(url, url === urlOf(1) ? logos : { logo_uri: own }), { consent: 'never' })
    const client = await found.findByClientId(urlOf(1))
    assert.deepEqual(
      [client?.logoUrl, client?.localized, client?.consentMode],
      [undefined, { 'logo_uri#de': own }, 'remember'],
    )
    assert.equal((await found.findByClientId(urlOf(2)))?.logoUrl, own)
  })

  it('are no business of other client_ids', async () => {
    const { found, asked } = open(url => aDocument(url))
    for (const clientId of ['wiki', 'http://app.example.com/client', 'https://app.example.com', 'https:wiki'])
      assert.equal(await found.findByClientId(clientId), undefined)
    assert.deepEqual(asked, [])
  })
})
