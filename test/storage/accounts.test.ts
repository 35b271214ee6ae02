/** Conformance: accounts. */

import assert from 'node:assert/strict'
import { it } from 'node:test'
import type { Account, AccountId } from '../../src/core/accounts/account.ts'
import { type AccountSearch, orderValue } from '../../src/core/accounts/account-repository.ts'
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
    assert.equal((await accounts.findOtherByLogin('Victim@example.org', victim.id))?.id, thief.id)
    assert.equal((await accounts.findOtherByLogin('Victim@example.org', thief.id))?.id, victim.id)
    assert.equal(await accounts.findOtherByLogin('thief', thief.id), undefined)
    assert.equal(await accounts.findOtherByLogin('no\0body', thief.id), undefined)
  })

  it('are listed in the order of their creation', async () => {
    const { accounts } = database.store.repositories
    const second = anAccount({ createdAt: new Date('2027-01-01T00:00:00.001Z') })
    const first = anAccount({ createdAt: new Date('2027-01-01T00:00:00.000Z') })
    await committed(database.store, accounts.insert(second), accounts.insert(first))
    assert.deepEqual((await accounts.list()).slice(-2), [first, second])
  })

  it('are searched, narrowed, ordered and cut in the database', async () => {
    const { accounts } = database.store.repositories
    const at = (second: number) => addSeconds(new Date('2030-01-01T00:00:00Z'), second)
    const mark = 'zq7'
    const [ada, bob, eve] = [
      anAccount({
        username: `B-${mark}`,
        email: `x@${mark}.example`,
        createdAt: at(1),
        attributes: { name: 'Ünal Çelik' },
      }),
      anAccount({
        username: `a-${mark}`,
        createdAt: at(2),
        role: 'viewer',
        groups: ['a,', 'größe "1"'],
        emailVerified: false,
      }),
      anAccount({ username: `c-${mark}`, createdAt: at(3), disabledAt: NOON, attributes: { shirt: 'm' } as object }),
    ]
    await committed(database.store, ...[ada, bob, eve].map(accounts.insert))
    const found = async (search: Partial<AccountSearch>) =>
      (await accounts.search({ words: [mark], order: 'created', limit: 10, ...search })).map(({ id }) => id)
    assert.deepEqual(await found({}), [ada.id, bob.id, eve.id])
    assert.deepEqual(await found({ order: 'username' }), [bob.id, ada.id, eve.id])
    assert.deepEqual(await found({ order: 'username', descending: true }), [eve.id, ada.id, bob.id])
    assert.deepEqual(await found({ words: [mark, 'ünal'] }), [ada.id])
    assert.deepEqual(await found({ words: [mark, '%'] }), [], 'no character means anything else')
    assert.deepEqual(await found({ words: [mark, '\0'] }), [])
    assert.deepEqual(await found({ role: 'viewer' }), [bob.id])
    assert.deepEqual(await found({ group: 'größe "1"' }), [bob.id])
    assert.deepEqual(await found({ group: ',' }), [], 'a part of two names is no name')
    assert.deepEqual(await found({ isDisabled: true }), [eve.id])
    assert.deepEqual(await found({ isDisabled: false, isEmailVerified: false }), [bob.id])
    assert.deepEqual(await found({ attribute: 'shirt' }), [eve.id])
    for (const [order, descending] of [
      ['created', false],
      ['email', true],
      ['username', false],
      ['updated', true],
    ] as const) {
      const all = await found({ order, descending })
      const paged: AccountId[] = []
      for (let last: Account | undefined; ; ) {
        const [next]: readonly Account[] = await accounts.search({
          words: [mark],
          order,
          descending,
          limit: 1,
          ...(last === undefined ? {} : { after: { value: orderValue(last, order), id: last.id } }),
        })
        if (next === undefined) break
        paged.push(next.id)
        last = next
      }
      assert.deepEqual(paged, all, order)
    }
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

onEachDatabase('the last administrator', database => {
  it('stays, also when two take away the last two at the same time, on two nodes', async () => {
    const one = database.store.repositories
    const other = (await database.open()).repositories
    for (let round = 0; round < 10; round += 1) {
      const [ada, bob] = [anAccount({ role: 'administrator' }), anAccount({ role: 'administrator' })]
      await committed(database.store, one.accounts.insert(ada), one.accounts.insert(bob))
      assert.equal(await one.accounts.hasOtherAdministrator(ada.id), true)
      const { role: _, ...less } = ada
      const outcomes = await Promise.all([
        one.commit([one.accounts.replace(less, ada), one.accounts.keepAdministrator(later)]),
        other.commit([other.accounts.delete(bob.id), other.accounts.keepAdministrator(later)]),
      ])
      const lost = outcomes.filter(outcome => !outcome.committed)
      assert.deepEqual(lost, [{ committed: false, lost: 'accounts.keepAdministrator' }])
      assert.equal(await one.accounts.hasAdministrator(), true)
      await one.commit([one.accounts.delete(ada.id)])
      await one.commit([one.accounts.delete(bob.id)])
    }
  })

  it('is one who can sign in: a locked one does not count', async () => {
    const { accounts, commit } = database.store.repositories
    const [ada, locked] = [anAccount({ role: 'administrator' }), anAccount({ role: 'administrator', disabledAt: NOON })]
    await committed(database.store, accounts.insert(ada), accounts.insert(locked))
    assert.equal(await accounts.hasOtherAdministrator(ada.id), false)
    assert.equal(await accounts.hasOtherAdministrator(locked.id), true)
    const outcome = await commit([accounts.delete(ada.id), accounts.keepAdministrator(later)])
    assert.deepEqual(outcome, { committed: false, lost: 'accounts.keepAdministrator' })
    assert.deepEqual(await accounts.find(ada.id), ada)
  })
})
