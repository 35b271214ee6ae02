/** Conformance: accounts. */

import assert from 'node:assert/strict'
import { it } from 'node:test'
import type { Account } from '../../src/core/accounts/account.ts'
import { addSeconds } from '../../src/lib/clock.ts'
import { aConsent, aGrant, anAccount, aSession, NOON } from '../support/builders.ts'
import { committed, onEachDatabase } from './databases.ts'

const later = new Date(NOON.getTime() + 1)

onEachDatabase('accounts', database => {
  const full = (): Account =>
    anAccount({
      username: 'Ünïcode-李-🏰',
      email: 'Ada.Lovelace@Exämple.org',
      passwordHash: '$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$aGFzaA',
      role: 'administrator',
      groups: ['admins', 'größe', 'öffentlich'],
      attributes: {
        name: 'Ada "the first" O\'Lovelace \\ \u2028 \0 🏰',
        phone_number_verified: false,
        address: { street_address: '12 St James’s Square\nLondon', country: 'UK' },
      },
      createdAt: new Date('2026-02-28T23:59:59.999Z'),
      updatedAt: new Date('1999-12-31T23:59:59.001Z'),
      disabledAt: new Date('2038-01-19T03:14:08.123Z'),
      validFrom: new Date(0),
    })

  it('come back exactly as they went in', async () => {
    const { accounts } = database.store.repositories
    const account = full()
    await committed(database.store, accounts.insert(account))
    assert.deepEqual(await accounts.find(account.id), account)
    await committed(database.store, accounts.delete(account.id))
  })

  it('keep what is absent absent', async () => {
    const { accounts } = database.store.repositories
    const { email: _, ...account } = anAccount({ groups: [], attributes: {}, emailVerified: false })
    await committed(database.store, accounts.insert(account))
    assert.deepEqual(await accounts.find(account.id), account)
  })

  it('that do not exist are not found', async () => {
    const { accounts } = database.store.repositories
    assert.equal(await accounts.find(anAccount().id), undefined)
    assert.equal(await accounts.findByLogin('nobody'), undefined)
    assert.equal(await accounts.findByLogin('no\0body'), undefined)
    assert.equal(await accounts.findByLogin(''), undefined)
  })

  it('are found by user name and by address, without regard to case and width', async () => {
    const { accounts } = database.store.repositories
    const account = anAccount({ username: 'Grace Höpper', email: 'Grace@Example.org' })
    await committed(database.store, accounts.insert(account))
    for (const login of ['grace höpper', ' GRACE HÖPPER ', 'Ｇrace Ho\u0308pper', 'GRACE@example.ORG']) {
      assert.deepEqual(await accounts.findByLogin(login), account, login)
    }
  })

  it('are found by user name first: nobody takes over a name by making it their address', async () => {
    const { accounts } = database.store.repositories
    const thief = anAccount({ username: 'thief', email: 'victim@example.org' })
    const victim = anAccount({ username: 'victim@example.org', email: 'other@example.org' })
    await committed(database.store, accounts.insert(thief), accounts.insert(victim))
    assert.equal((await accounts.findByLogin('Victim@example.org'))?.id, victim.id)
  })

  it('are listed in the order of their creation', async () => {
    const { accounts } = database.store.repositories
    const second = anAccount({ createdAt: new Date('2027-01-01T00:00:00.001Z') })
    const first = anAccount({ createdAt: new Date('2027-01-01T00:00:00.000Z') })
    await committed(database.store, accounts.insert(second), accounts.insert(first))
    assert.deepEqual((await accounts.list()).slice(-2), [first, second])
  })

  it('lose accounts.insert when the user name or the address is taken, in whatever case', async () => {
    const { accounts, commit } = database.store.repositories
    const lost = { committed: false, lost: 'accounts.insert' }
    const taken = anAccount({ username: 'Taken', email: 'taken@example.org' })
    await committed(database.store, accounts.insert(taken))
    assert.deepEqual(await commit([accounts.insert(anAccount({ username: 'tAKEN' }))]), lost)
    assert.deepEqual(await commit([accounts.insert(anAccount({ email: 'TAKEN@example.org' }))]), lost)
    assert.deepEqual(await commit([accounts.insert(anAccount({ subject: taken.subject }))]), lost)
  })

  it('are replaced member by member, absent ones too', async () => {
    const { accounts } = database.store.repositories
    const before = full()
    await committed(database.store, accounts.insert(before))
    const { email: _email, passwordHash: _hash, role: _role, disabledAt: _disabledAt, ...rest } = before
    const after = { ...rest, username: 'renamed', attributes: {}, groups: [], updatedAt: later }
    await committed(database.store, accounts.replace(after, before))
    assert.deepEqual(await accounts.find(before.id), after)
    assert.equal(await accounts.findByLogin('Ada.Lovelace@Exämple.org'), undefined)
  })

  it('lose accounts.replace when they were changed since, even within the same millisecond', async () => {
    const { accounts, commit } = database.store.repositories
    const lost = { committed: false, lost: 'accounts.replace' }
    const seen = anAccount()
    await committed(database.store, accounts.insert(seen))
    await committed(database.store, accounts.replace({ ...seen, emailVerified: false }, seen))
    assert.deepEqual(await commit([accounts.replace({ ...seen, groups: ['wheel'] }, seen)]), lost)
    assert.deepEqual((await accounts.find(seen.id))?.groups, seen.groups)
    assert.deepEqual(await commit([accounts.replace(anAccount(), anAccount())]), lost)
  })

  it('lose accounts.replace to a taken name or address, without harm to the rest of the group', async () => {
    const { accounts, commit } = database.store.repositories
    const lost = { committed: false, lost: 'accounts.replace' }
    const [first, second, third] = [anAccount(), anAccount(), anAccount()]
    await committed(database.store, accounts.insert(first), accounts.insert(second))
    const outcomes = await Promise.all([
      commit([accounts.replace({ ...second, username: first.username.toUpperCase() }, second)]),
      commit([accounts.insert(third)]),
      commit([accounts.replace({ ...second, email: `${first.username}@x`, username: second.username }, second)]),
    ])
    assert.deepEqual(outcomes, [lost, { committed: true }, { committed: true }])
    const current = { ...second, email: `${first.username}@x` }
    const email = String(first.email)
    assert.deepEqual(await commit([accounts.replace({ ...current, email }, current)]), lost)
    assert.deepEqual(await accounts.find(third.id), third)
  })

  it('take their consents, sessions and grants with them, and nobody else’s', async () => {
    const { accounts, commit, consents, grants, sessions } = database.store.repositories
    const [gone, stays] = [anAccount(), anAccount()]
    const things = [gone, stays].map(({ id: accountId }) => {
      const session = aSession({ accountId })
      return { session, consent: aConsent({ accountId }), grant: aGrant({ accountId, sessionId: session.id }) }
    })
    await committed(database.store, accounts.insert(gone), accounts.insert(stays))
    for (const { session, consent, grant } of things) {
      await committed(database.store, sessions.insert(session), consents.put(consent), grants.insert(grant))
    }
    await committed(database.store, accounts.delete(gone.id))
    const left = await Promise.all(
      things.map(async ({ session, consent, grant }) => [
        (await sessions.find(session.id)) !== undefined,
        (await consents.find(consent.accountId, consent.clientUid)) !== undefined,
        (await grants.find(grant.id)) !== undefined,
      ]),
    )
    assert.deepEqual(left, [
      [false, false, false],
      [true, true, true],
    ])
    assert.equal(await accounts.find(gone.id), undefined)
    assert.deepEqual(await commit([accounts.delete(gone.id)]), { committed: false, lost: 'accounts.delete' })
  })
})

onEachDatabase('the first administrator', database => {
  it('is claimed while there is none, and by one of those who claim at the same time', async () => {
    const { accounts, commit } = database.store.repositories
    assert.equal(await accounts.hasAdministrator(), false)
    await committed(database.store, accounts.insert(anAccount()))
    assert.equal(await accounts.hasAdministrator(), false)
    const administrator = anAccount({ role: 'administrator' })
    await committed(database.store, accounts.claimFirstAdministrator(NOON), accounts.insert(administrator))
    assert.equal(await accounts.hasAdministrator(), true)
    const second = anAccount({ role: 'administrator' })
    assert.deepEqual(await commit([accounts.claimFirstAdministrator(NOON), accounts.insert(second)]), {
      committed: false,
      lost: 'accounts.claimFirstAdministrator',
    })
    assert.equal(await accounts.find(second.id), undefined)
    const aDayLater = addSeconds(NOON, 86_400)
    assert.equal((await commit([accounts.claimFirstAdministrator(aDayLater)])).committed, false, 'there is one')
    await committed(database.store, accounts.delete(administrator.id))
    assert.equal((await commit([accounts.claimFirstAdministrator(NOON)])).committed, false, 'somebody just claimed')
    await committed(database.store, accounts.claimFirstAdministrator(aDayLater), accounts.insert(second))
    assert.equal(await accounts.hasAdministrator(), true)
  })
})
