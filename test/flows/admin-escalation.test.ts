/** Whatever operators and viewers ask for, in whatever order: nobody becomes more than they were, and nobody above them is touched. */

import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import fc from 'fast-check'
import type { Account } from '../../src/core/accounts/account.ts'
import { adminResource } from '../../src/core/administration/admin-scopes.ts'
import { administratorsOnly } from '../../src/core/administration/resources/clients/administrators-only.ts'
import { bearer, ownToken, registerManager, sessionOf } from '../support/admin-caller.ts'
import { anIdentity, anUpstream } from '../support/builders.ts'
import type { Fields } from '../support/hand-app.ts'
import { IN_ORDER, type Known, requestsTo, sendMadeUp } from '../support/made-up-requests.ts'
import { type RunningApp, startApp } from '../support/running-app.ts'

const RUNS = 25

describe('operators and viewers, asking for whatever', () => {
  let app: RunningApp
  let askers: readonly Fields[]
  let known: Known
  /** Operations that somebody got something done by: refusals alone would prove nothing. */
  const done = new Set<string>()
  /** All that none of them may touch, as it was at the beginning. */
  let protectedThen: string

  before(async () => {
    app = await startApp()
    const manager = await registerManager(app)
    const boss = await app.enrol({ username: 'boss', email: 'boss@example.org', role: 'administrator' })
    const helper = await app.enrol({ username: 'helper', role: 'operator' })
    const { session } = await app.beginSession(boss)
    askers = [
      bearer(await ownToken(app, manager, 'operator')),
      bearer(await ownToken(app, manager, 'viewer')),
      await sessionOf(app, helper),
    ]
    const { upstreams, identities, commit } = app.house.repositories
    const corp = anUpstream({ alias: 'corp', storedTokensReadableBy: ['reader'] })
    const rights = anUpstream({
      alias: 'rights',
      mappings: [{ kind: 'administrator', claims: { groups: 'admins' }, match: 'contains' }],
    })
    const link = anIdentity({ accountId: boss.id, upstreamUid: corp.uid, subject: 'boss there' })
    assert.ok((await commit([upstreams.insert(corp), upstreams.insert(rights)])).committed)
    assert.ok((await commit([identities.link(link)])).committed)
    await app.register({ clientId: 'bridge', tokenExchangeSubjects: ['wiki'] })
    await app.register({ clientId: 'reader' })
    await app.register({ clientId: 'silent', consentMode: 'never' })
    await app.register({ clientId: 'guarded', authorizationPolicy: 'two_factor' })
    await anew()
    const secrets = manager.client.secrets.map(({ id }) => id)
    known = {
      names: [
        ...['boss', 'boss@example.org', boss.subject, 'helper', 'ada', 'ada@example.org', 'corp', 'rights', 'staff'],
        ...['admin.administrator', 'openid admin.operator', adminResource(app.issuer), 'administrator', 'boss there'],
        ...['wiki', 'bridge', 'reader', 'silent', 'guarded', manager.client.clientId, 'never', 'one_factor'],
        ...['a long password of theirs', 'mine@example.org', 'https://mine.example/callback'],
        ...[session.id, link.id, ...secrets],
      ],
      inPath: {
        '{username}': ['boss', 'helper', 'ada', boss.subject, 'boss@example.org'],
        '{client_id}': ['wiki', 'bridge', 'reader', 'silent', 'guarded', manager.client.clientId],
        '{secret_id}': secrets,
        '{alias}': ['corp', 'rights'],
        '{id}': [session.id, link.id],
        '{name}': ['staff'],
      },
    }
    protectedThen = await protectedNow()
  })
  after(async () => {
    await app.close()
    assert.deepEqual(app.failures, [])
  })

  /** Some that they may work with: they may have deleted them. */
  async function anew(): Promise<void> {
    const { accounts, clients } = app.house.repositories
    if ((await accounts.findByLogin('ada')) === undefined) await app.enrol({ username: 'ada' })
    if ((await clients.findByClientId('wiki')) === undefined) await app.register({ clientId: 'wiki' })
  }

  async function protectedNow(): Promise<string> {
    const { accounts, clients, upstreams, identities, policies, attributeDefinitions, sessions, keys } =
      app.house.repositories
    const ranked = (await accounts.list()).filter(({ role }) => role !== undefined)
    const around = { issuer: app.issuer, upstreams: await upstreams.list() }
    const judged = (await clients.list()).filter(
      client => administratorsOnly(client, around).length > 0 || client.authorizationPolicy === 'two_factor',
    )
    const ofAccount = async ({ id }: Account) => [
      await identities.listOfAccount(id),
      (await sessions.search({ accountId: id, limit: 100, now: new Date() })).map(({ session }) => session),
    ]
    return JSON.stringify([
      ranked,
      await Promise.all(ranked.map(ofAccount)),
      judged,
      await upstreams.list(),
      await policies.list(),
      await attributeDefinitions.list(),
      (await keys.list()).map(({ kid }) => kid),
    ])
  }

  for (const operation of IN_ORDER.filter(({ method }) => method !== 'GET')) {
    it(`become nobody else by ${operation.name}`, async () => {
      await anew()
      await fc.assert(
        fc.asyncProperty(requestsTo(operation, known), fc.integer({ min: 0, max: 2 }), async (sent, who) => {
          const { status, text } = await sendMadeUp(app, operation, sent, askers[who] ?? {})
          assert.ok(status < 500, text)
          if (status < 300) done.add(operation.name)
          assert.equal(await protectedNow(), protectedThen, text)
        }),
        { numRuns: RUNS },
      )
    })
  }

  it('do what they may all the while', () => {
    assert.ok(done.size > 5, [...done].join(', '))
  })
})
