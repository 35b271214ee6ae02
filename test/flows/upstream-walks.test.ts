/** Every page of a sign-in through upstreams, in any order and by two people: nothing is linked and nobody signed in without a proof. */

import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import fc from 'fast-check'
import type { AccountId } from '../../src/core/accounts/account.ts'
import type { Upstream } from '../../src/core/upstreams/upstream.ts'
import { type MailServer, startMailServer } from '../support/mail-server.ts'
import { type RunningApp, startApp } from '../support/running-app.ts'
import { ACTS, signedInAs, startWalk, type Walk, type WalkedFlow } from '../support/upstream-walks.ts'

const STEPS = fc.record({
  act: fc.constantFrom(...ACTS),
  who: fc.nat(1),
  flow: fc.constantFrom(0, 0, 0, 0, 1, 1, 2),
  isStranger: fc.constantFrom(...Array.from({ length: 8 }, () => false), true),
  upstream: fc.nat(2),
  says: fc.nat(11),
  names: fc.nat(4),
  isVerified: fc.boolean(),
  isFresh: fc.constantFrom(true, true, true, false),
})

interface Seen {
  /** Whose identities they are, by upstream and subject. */
  readonly owners: ReadonlyMap<string, AccountId>
  readonly signedIn: readonly (AccountId | undefined)[]
  readonly accounts: ReadonlySet<AccountId>
}

function keyOf(upstream: Upstream, subject: string): string {
  return `${upstream.alias} ${subject}`
}

async function see({ app, walkers, upstreams }: Walk): Promise<Seen> {
  const { identities, accounts } = app.house.repositories
  const owners = new Map<string, AccountId>()
  for (const upstream of upstreams)
    for (const subject of walkers.flatMap(({ subjects }) => subjects)) {
      const identity = await identities.find(upstream.uid, subject)
      if (identity !== undefined) owners.set(keyOf(upstream, subject), identity.accountId)
    }
  const signedIn = await Promise.all(walkers.map(({ browser }) => signedInAs(app, browser)))
  return { owners, signedIn, accounts: new Set((await accounts.list()).map(({ id }) => id)) }
}

/** Proven in this flow, by something that its owner did for it: no session that was there before, here or at an upstream. */
function isProvenFresh({ passwords, mails, answered }: WalkedFlow, account: AccountId, { owners }: Seen): boolean {
  return (
    passwords.has(account) ||
    mails.has(account) ||
    answered.some(({ upstream, subject, isFresh }) => isFresh && owners.get(keyOf(upstream, subject)) === account)
  )
}

type Happened = Record<'made' | 'byPassword' | 'byMail' | 'byUpstream' | 'fromAccount' | 'session' | 'grant', number>

async function checkLinks(
  walk: Walk,
  used: WalkedFlow | undefined,
  before: Seen,
  now: Seen,
  happened: Happened,
): Promise<void> {
  for (const [key, owner] of before.owners) assert.equal(now.owners.get(key), owner, `${key} goes to nobody else`)
  for (const [key, owner] of now.owners) {
    if (before.owners.has(key)) continue
    assert.ok(used, `${key} is linked in a flow`)
    assert.ok(
      used.answered.some(({ upstream, subject }) => keyOf(upstream, subject) === key),
      `${key} was answered in the flow that links it`,
    )
    if (!before.accounts.has(owner)) {
      happened.made++
      continue
    }
    const purpose = (await walk.app.house.repositories.flows.find(used.id))?.purpose
    const isFromAccount =
      purpose?.kind === 'link-identity' && purpose.accountId === owner && before.signedIn[used.owner] === owner
    assert.ok(isFromAccount || isProvenFresh(used, owner, before), `${key} is linked to an account that was proven`)
    const by = used.mails.has(owner) ? 'byMail' : used.passwords.has(owner) ? 'byPassword' : 'byUpstream'
    happened[isFromAccount ? 'fromAccount' : by]++
  }
}

function checkSessions(walked: number, used: WalkedFlow | undefined, before: Seen, now: Seen): void {
  for (const [who, account] of now.signedIn.entries()) {
    if (account === undefined || account === before.signedIn[who]) continue
    assert.equal(who, walked, 'only the browser that asks is signed in')
    assert.equal(used?.owner, who, 'a flow of somebody else signs nobody in')
    const came = used?.answered.filter(({ upstream, subject }) => now.owners.get(keyOf(upstream, subject)) === account)
    const isLetIn = came?.some(({ upstream }) => upstream.postLogin === 'none') === true
    assert.ok(isLetIn || used?.passwords.has(account), 'whoever is signed in was proven in the flow')
  }
}

async function checkAccounts({ app, walkers }: Walk): Promise<void> {
  for (const { account } of walkers) {
    const { username, passwordHash, role, email } = (await app.house.repositories.accounts.find(account.id)) ?? {}
    assert.deepEqual([username, passwordHash, role], [account.username, account.passwordHash, account.role])
    if (account.emailVerified) assert.equal(email, account.email, 'nobody loses an address that they proved')
  }
}

async function checkGrants({ app, flows }: Walk, { signedIn }: Seen, known: Set<string>): Promise<void> {
  for (const { id, owner } of flows) {
    const state = (await app.house.repositories.flows.find(id))?.state
    if (state?.at !== 'completed' || state.grantId === undefined || known.has(state.grantId)) continue
    known.add(state.grantId)
    const found = await app.house.repositories.grants.find(state.grantId)
    assert.equal(found?.grant.accountId, signedIn[owner], 'the app gets whoever is signed in')
  }
}

describe('a walk through the pages of a sign-in, in any order', () => {
  let mailServer: MailServer
  let app: RunningApp
  let upstreams: readonly Upstream[]

  before(async () => {
    mailServer = await startMailServer()
    app = await startApp({ environment: mailServer.environment })
    const at = (alias: string, changes: Partial<Upstream> = {}) =>
      app.addUpstream({
        alias,
        issuer: `https://${alias}.example`,
        authorizationEndpoint: `https://${alias}.example/authorize`,
        tokenEndpoint: `https://${alias}.example/token`,
        jwksUri: `https://${alias}.example/jwks`,
        clientAuthMethod: 'none',
        disableUserinfo: true,
        ...changes,
      })
    upstreams = [
      await at('walk-one', { trustEmail: true }),
      await at('walk-two'),
      await at('walk-three', { postLogin: 'password' }),
    ]
  })
  after(async () => {
    await app.close()
    await mailServer.close()
    assert.deepEqual(app.failures, [])
  })

  it('links no identity to an account that was not proven there, and signs nobody in who was not', async () => {
    const { client } = await app.register()
    const happened: Happened = {
      made: 0,
      byPassword: 0,
      byMail: 0,
      byUpstream: 0,
      fromAccount: 0,
      session: 0,
      grant: 0,
    }
    await fc.assert(
      fc.asyncProperty(fc.array(STEPS, { minLength: 25, maxLength: 40 }), async steps => {
        const walk = await startWalk({ app, client, upstreams })
        const grants = new Set<string>()
        let before = await see(walk)
        for (const step of steps) {
          const { used, who } = await walk.take(step)
          const now = await see(walk)
          await checkLinks(walk, used, before, now, happened)
          checkSessions(who, used, before, now)
          await checkAccounts(walk)
          await checkGrants(walk, now, grants)
          happened.session += now.signedIn.filter((account, who) => account !== before.signedIn[who]).length
          before = now
        }
        happened.grant += grants.size
      }),
      { numRuns: 70, interruptAfterTimeLimit: 30_000 },
    )
    // A walk that comes nowhere proves nothing.
    const { made, byPassword, byMail, byUpstream, fromAccount, session, grant } = happened
    const [links, signIns] = [made + byPassword + byMail + byUpstream + fromAccount, session + grant]
    assert.ok(links > 5 && signIns > 20, JSON.stringify(happened))
  })
})
