/** Conformance: identities, who an account is to an upstream. */

import assert from 'node:assert/strict'
import { it } from 'node:test'
import type { Identity } from '../../src/core/upstreams/identity.ts'
import { addSeconds } from '../../src/lib/clock.ts'
import { newId } from '../../src/lib/id.ts'
import { anAccount, anIdentity, anUpstream, NOON, random } from '../support/builders.ts'
import { committed, onEachDatabase } from './databases.ts'

onEachDatabase('identities', database => {
  const lost = (name: string) => ({ committed: false, lost: name })
  /** An account and an upstream for it, unless they are there. */
  async function prepared(...wanted: readonly Identity[]): Promise<void> {
    const { accounts, upstreams } = database.store.repositories
    for (const { accountId, upstreamUid } of wanted) {
      if ((await accounts.find(accountId)) === undefined)
        await committed(database.store, accounts.insert(anAccount({ id: accountId })))
      if ((await upstreams.find(upstreamUid)) === undefined)
        await committed(database.store, upstreams.insert(anUpstream({ uid: upstreamUid })))
    }
  }
  async function linked(...wanted: readonly Identity[]): Promise<void> {
    await prepared(...wanted)
    for (const identity of wanted)
      await committed(database.store, database.store.repositories.identities.link(identity))
  }
  const full = (changes: Partial<Identity> = {}): Identity =>
    anIdentity({
      subject: 'Größe "🏰" \\ \n auth0|5f7c',
      label: 'Ada Lovelace <ada@example.org> 🏰',
      lastSignInAt: addSeconds(NOON, 7),
      sealedTokens: random.bytes(300),
      ...changes,
    })

  it('come back exactly as they went in, and what is absent stays absent', async () => {
    const { identities } = database.store.repositories
    for (const identity of [full(), anIdentity()]) {
      await linked(identity)
      assert.deepEqual(await identities.find(identity.upstreamUid, identity.subject), identity)
      assert.deepEqual(await identities.findById(identity.id), identity)
    }
  })

  it('are searched by account, upstream and subject, page by page', async () => {
    const { accounts, identities } = database.store.repositories
    const first = anIdentity({ id: newId(addSeconds(NOON, 1), random) })
    const second = anIdentity({ id: newId(addSeconds(NOON, 2), random), accountId: first.accountId })
    const third = anIdentity({ id: newId(addSeconds(NOON, 3), random), upstreamUid: first.upstreamUid })
    await linked(first, second, third)
    const ids = async (search: Parameters<typeof identities.search>[0]) =>
      (await identities.search(search)).map(({ id }) => id)
    const limit = 10
    assert.deepEqual(await ids({ accountId: first.accountId, limit }), [first.id, second.id])
    assert.deepEqual(await ids({ upstreamUid: first.upstreamUid, descending: true, limit }), [third.id, first.id])
    assert.deepEqual(await ids({ upstreamUid: first.upstreamUid, subject: third.subject, limit }), [third.id])
    assert.deepEqual(await ids({ subject: 'no\0body', limit }), [])
    assert.deepEqual(await ids({ accountId: first.accountId, after: first.id, limit }), [second.id])
    assert.deepEqual(await ids({ accountId: first.accountId, descending: true, after: second.id, limit }), [first.id])
    const owner = await accounts.find(third.accountId)
    const [found] = await identities.search({ accountId: third.accountId, limit })
    assert.deepEqual(found, { ...third, username: owner?.username })
  })

  it('are found by the exact spelling of the subject, at their own upstream (OIDC Core §5.7)', async () => {
    const { identities } = database.store.repositories
    const identity = anIdentity({ subject: 'Ada' })
    await linked(identity)
    const { upstreamUid } = identity
    for (const subject of ['ada', 'ADA', 'Ada ', ' Ada', 'Ada\0', 'A%', 'Àda', 'Ada\u0301'])
      assert.equal(await identities.find(upstreamUid, subject), undefined, JSON.stringify(subject))
    assert.equal(await identities.find(newId(NOON, random), 'Ada'), undefined)
    assert.equal(await identities.findById(newId(NOON, random)), undefined)
  })

  it('stand side by side when only the case of the subject differs (OIDC Core §5.7)', async () => {
    const { identities } = database.store.repositories
    const lower = anIdentity({ subject: 'case' })
    const upper = anIdentity({ subject: 'CASE', upstreamUid: lower.upstreamUid })
    await linked(lower, upper)
    assert.equal((await identities.find(lower.upstreamUid, 'CASE'))?.accountId, upper.accountId)
  })

  it('lose identities.link when the subject is linked already, with the rest of the unit', async () => {
    const { identities, accounts, commit } = database.store.repositories
    const first = anIdentity()
    const { upstreamUid, subject } = first
    await linked(first)
    const account = anAccount()
    const second = anIdentity({ upstreamUid, subject, accountId: account.id })
    const outcome = await commit([accounts.insert(account), identities.link(second)])
    assert.deepEqual(outcome, lost('identities.link'))
    assert.equal(await accounts.find(account.id), undefined)
    assert.equal((await identities.find(upstreamUid, subject))?.accountId, first.accountId)
  })

  it('lose identities.link when the account has one of this upstream; those of others are welcome', async () => {
    const { identities, commit } = database.store.repositories
    const first = anIdentity()
    const { accountId, upstreamUid } = first
    await linked(first)
    assert.deepEqual(await commit([identities.link(anIdentity({ accountId, upstreamUid }))]), lost('identities.link'))
    const elsewhere = anIdentity({ accountId, subject: first.subject })
    await linked(elsewhere)
    assert.deepEqual(
      (await identities.listOfAccount(accountId)).map(({ id }) => id),
      [first.id, elsewhere.id].sort(),
    )
  })

  it('lose identities.link when the account or the upstream is gone', async () => {
    const { identities, accounts, upstreams, commit } = database.store.repositories
    const [withoutAccount, withoutUpstream] = [anIdentity(), anIdentity()]
    await prepared(withoutAccount, withoutUpstream)
    await committed(database.store, accounts.delete(withoutAccount.accountId))
    await committed(database.store, upstreams.delete(withoutUpstream.upstreamUid))
    for (const identity of [withoutAccount, withoutUpstream])
      assert.deepEqual(await commit([identities.link(identity)]), lost('identities.link'))
  })

  it('never outlive an account that is deleted in the same moment', async () => {
    const [here, there] = [database.store, await database.open()]
    for (const _ of Array(20)) {
      const identity = anIdentity()
      await prepared(identity)
      await Promise.all([
        here.repositories.commit([here.repositories.identities.link(identity)]),
        there.repositories.commit([there.repositories.accounts.delete(identity.accountId)]),
      ])
      assert.equal(await here.repositories.identities.findById(identity.id), undefined)
    }
  })

  it('never outlive an upstream that is deleted in the same moment', async () => {
    const [here, there] = [database.store, await database.open()]
    for (const _ of Array(20)) {
      const identity = anIdentity()
      await prepared(identity)
      await Promise.all([
        here.repositories.commit([here.repositories.identities.link(identity)]),
        there.repositories.commit([there.repositories.upstreams.delete(identity.upstreamUid)]),
      ])
      assert.equal(await here.repositories.identities.findById(identity.id), undefined)
    }
  })

  it('are listed by account in the order of their links, and by upstream in the order of subjects, up to a limit', async () => {
    const { identities } = database.store.repositories
    const accountId = newId<'account'>(NOON, random)
    const upstreamUid = newId<'upstream'>(NOON, random)
    const at = (seconds: number, changes: Partial<Identity>) =>
      anIdentity({ id: newId(addSeconds(NOON, seconds), random), linkedAt: addSeconds(NOON, seconds), ...changes })
    const [second, first] = [at(2, { accountId }), at(1, { accountId })]
    await linked(second, first)
    assert.deepEqual(await identities.listOfAccount(accountId), [first, second])
    const subjects = ['b', 'A', 'a', 'B', 'ä']
    await linked(...subjects.map((subject, index) => at(index, { upstreamUid, subject })))
    assert.equal((await identities.listOfUpstream(upstreamUid, 2)).length, 2)
    assert.deepEqual(
      (await identities.listOfUpstream(upstreamUid, 10)).map(({ subject }) => subject),
      ['A', 'B', 'a', 'b', 'ä'],
    )
    assert.deepEqual(await identities.listOfUpstream(newId(NOON, random), 10), [])
  })

  it('lose identities.unlink when they are gone already; the subject is free for another account', async () => {
    const { identities, commit } = database.store.repositories
    const identity = full({ subject: 'free again' })
    await linked(identity)
    await committed(database.store, identities.unlink(identity.id))
    assert.deepEqual(await commit([identities.unlink(identity.id)]), lost('identities.unlink'))
    const { upstreamUid, subject } = identity
    await linked(anIdentity({ upstreamUid, subject }))
  })

  it('remember the last sign-in, and forget what it did not bring; who it is stays', async () => {
    const { identities } = database.store.repositories
    const identity = full({ subject: 'touched' })
    const { id } = identity
    const lastSignInAt = addSeconds(NOON, 60)
    const sealedTokens = random.bytes(20)
    await linked(identity)
    await committed(database.store, identities.touch({ id, label: 'Countess', lastSignInAt, sealedTokens }))
    const touched: Identity = { ...identity, label: 'Countess', lastSignInAt, sealedTokens }
    assert.deepEqual(await identities.findById(id), touched)
    await committed(database.store, identities.touch({ id, lastSignInAt }))
    const { label: _label, sealedTokens: _tokens, ...bare } = touched
    assert.deepEqual(await identities.findById(id), bare)
  })

  it('lose identities.touch when they are gone', async () => {
    const { identities, commit } = database.store.repositories
    const touch = identities.touch({ id: newId(NOON, random), lastSignInAt: NOON })
    assert.deepEqual(await commit([touch]), lost('identities.touch'))
  })

  it('lose identities.replaceTokens when somebody else refreshed them', async () => {
    const { identities, commit } = database.store.repositories
    const [seen, fresh] = [random.bytes(64), random.bytes(80)]
    const identity = full({ subject: 'refreshed', sealedTokens: seen })
    const { id } = identity
    await linked(identity)
    await committed(database.store, identities.replaceTokens(id, fresh, seen))
    assert.deepEqual((await identities.findById(id))?.sealedTokens, fresh)
    const stale = identities.replaceTokens(id, random.bytes(8), seen)
    assert.deepEqual(await commit([stale]), lost('identities.replaceTokens'))
    await committed(database.store, identities.replaceTokens(id, undefined, fresh))
    assert.equal((await identities.findById(id))?.sealedTokens, undefined)
    assert.deepEqual(await commit([identities.replaceTokens(id, seen, fresh)]), lost('identities.replaceTokens'))
  })

  it('go with their account', async () => {
    const { identities, accounts } = database.store.repositories
    const account = anAccount()
    const [gone, stays] = [anIdentity({ accountId: account.id }), anIdentity()]
    await prepared(stays)
    await prepared(anIdentity({ upstreamUid: gone.upstreamUid }))
    // Somebody new is linked in the very unit that makes the account.
    await committed(database.store, accounts.insert(account), identities.link(gone), identities.link(stays))
    await committed(database.store, accounts.delete(account.id))
    assert.equal(await identities.findById(gone.id), undefined)
    assert.deepEqual(await identities.findById(stays.id), stays)
  })
})
