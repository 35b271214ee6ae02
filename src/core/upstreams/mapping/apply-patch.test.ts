/** Tests of patches on accounts. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { anAccount, NOON } from '../../../../test/support/builders.ts'
import { addSeconds } from '../../../lib/clock.ts'
import { createSystemRandom } from '../../../lib/random.ts'
import type { Account } from '../../accounts/account.ts'
import type { EnteredProfile } from '../../flow/flow.ts'
import type { AccountPatch } from './account-patch.ts'
import { accountFromPatch, patchedAccount } from './apply-patch.ts'

const LATER = addSeconds(NOON, 60)
const random = createSystemRandom()

function aPatch(changes: Partial<AccountPatch> = {}): AccountPatch {
  return {
    subject: 'ada',
    isEmailVerified: false,
    attributes: [],
    addGroups: [],
    removeGroups: [],
    amr: [],
    ...changes,
  }
}

const forced = <Value>(value: Value) => ({ value, sync: 'force' as const })
const imported = <Value>(value: Value) => ({ value, sync: 'import' as const })

function created(patch: AccountPatch, entered?: EnteredProfile): Account {
  const result = accountFromPatch(patch, entered, { random, now: NOON })
  return 'account' in result ? result.account : assert.fail(JSON.stringify(result.mistakes))
}

function changed(account: Account, changes: Partial<AccountPatch>) {
  return patchedAccount(account, aPatch(changes), LATER)
}

describe('accountFromPatch', () => {
  const patch = aPatch({
    username: imported('ada'),
    email: imported('ada@example.org'),
    isEmailVerified: true,
    attributes: [
      { name: 'name', value: 'Ada', sync: 'import' },
      { name: 'nickname', value: '', sync: 'force' },
    ],
    addGroups: [
      { group: 'staff', sync: 'import' },
      { group: 'admins', sync: 'force' },
    ],
    removeGroups: [{ group: 'admins', sync: 'import' }],
  })

  it('makes an account without a password from all that the upstream said', () => {
    const { username, email, emailVerified, groups, attributes, passwordHash, role, subject } = created(patch)
    assert.deepEqual([username, email, emailVerified], ['ada', 'ada@example.org', true])
    assert.deepEqual([groups, attributes, passwordHash, role], [['staff'], { name: 'Ada' }, undefined, undefined])
    assert.notEqual(subject, 'ada')
  })

  it('takes what the person typed instead, and an address of their own is not verified', () => {
    const account = created(patch, { username: 'countess', email: 'other@example.org', name: 'Countess' })
    assert.deepEqual(
      [account.username, account.email, account.emailVerified, account.attributes.name],
      ['countess', 'other@example.org', false, 'Countess'],
    )
    assert.equal(created(patch, { email: 'ADA@example.org' }).emailVerified, true)
    assert.deepEqual(created(patch, { username: '', email: '', name: '' }).email, 'ada@example.org')
  })

  it('never counts an address as verified that only the person typed', () => {
    const without = aPatch({ username: imported('ada'), isEmailVerified: true })
    assert.equal(created(without, { email: 'victim@example.org' }).emailVerified, false)
  })

  it('says what is missing', () => {
    const result = accountFromPatch(aPatch(), undefined, { random, now: NOON })
    assert.deepEqual('mistakes' in result && result.mistakes.map(({ member }) => member), ['username'])
  })

  it('makes an administrator only of whom the patch calls one', () => {
    assert.equal(created({ ...patch, administrator: imported(true) }).role, 'administrator')
    assert.equal(created({ ...patch, administrator: forced(false) }).role, undefined)
  })
})

describe('patchedAccount', () => {
  const account = anAccount({
    username: 'ada',
    email: 'ada@example.org',
    emailVerified: true,
    groups: ['hand-given', 'staff'],
    attributes: { name: 'Ada', phone_number: '+49 30 1', phone_number_verified: true },
  })

  it('changes nothing by what counts at the first sign-in only', () => {
    const result = changed(account, {
      username: imported('other'),
      email: imported('other@example.org'),
      isEmailVerified: true,
      attributes: [{ name: 'name', value: 'Other', sync: 'import' }],
      addGroups: [{ group: 'new', sync: 'import' }],
      removeGroups: [{ group: 'staff', sync: 'import' }],
      administrator: imported(true),
    })
    assert.equal(result.account, account)
    assert.deepEqual(result.changes, [])
  })

  it('changes what has sync force, and names each change', () => {
    const { account: after, changes } = changed(account, {
      username: forced('countess'),
      email: forced('countess@example.org'),
      isEmailVerified: true,
      attributes: [{ name: 'name', value: 'Countess', sync: 'force' }],
      addGroups: [{ group: 'new', sync: 'force' }],
      removeGroups: [{ group: 'staff', sync: 'force' }],
      administrator: forced(true),
    })
    assert.deepEqual(changes, [
      'the user name ada becomes countess',
      'the e-mail address countess@example.org (verified) takes the place of ada@example.org',
      'name becomes "Countess" (before: "Ada")',
      'joins the group new',
      'leaves the group staff',
      'may manage this server',
    ])
    assert.deepEqual([after.username, after.groups, after.role], ['countess', ['hand-given', 'new'], 'administrator'])
    assert.deepEqual([after.updatedAt, after.validFrom, after.subject], [LATER, account.validFrom, account.subject])
  })

  it('keeps the groups that no mapping speaks about', () => {
    const { account: after } = changed(account, { removeGroups: [{ group: 'staff', sync: 'force' }] })
    assert.deepEqual(after.groups, ['hand-given'])
  })

  it('takes the right to manage this server away when its rule no longer holds', () => {
    const administrator = { ...account, role: 'administrator' as const }
    assert.equal(changed(administrator, { administrator: forced(false) }).account.role, undefined)
    assert.equal(changed(administrator, {}).account.role, 'administrator')
  })

  it('never puts an address that is not verified in the place of one that is', () => {
    assert.equal(changed(account, { email: forced('evil@example.org') }).account, account)
  })

  it('puts one that is not verified in the place of another such', () => {
    const unverified = { ...account, emailVerified: false }
    const { account: after } = changed(unverified, { email: forced('new@example.org') })
    assert.deepEqual([after.email, after.emailVerified], ['new@example.org', false])
  })

  it('lets the flag of the same address follow an upstream that is trusted, and no other', () => {
    const email = forced('ADA@example.org')
    const unverified = { ...account, emailVerified: false }
    assert.equal(changed(unverified, { email, isEmailVerified: true }).account.emailVerified, true)
    assert.equal(changed(account, { email, isEmailDenied: true }).account.emailVerified, false)
    assert.equal(changed(account, { email }).account, account)
  })

  it('keeps e-mail address and user name when the upstream no longer says them', () => {
    assert.equal(changed(account, { attributes: [] }).account, account)
  })

  it('takes away an attribute whose claim is gone', () => {
    const { account: after, changes } = changed(account, { attributes: [{ name: 'name', value: '', sync: 'force' }] })
    assert.equal(after.attributes.name, undefined)
    assert.deepEqual(changes, ['name is taken away'])
  })

  it('no longer says of another telephone number that it was verified', () => {
    const attributes = [{ name: 'phone_number', value: '+49 30 2', sync: 'force' as const }]
    assert.deepEqual(changed(account, { attributes }).account.attributes, { name: 'Ada', phone_number: '+49 30 2' })
    const both = [...attributes, { name: 'phone_number_verified', value: true, sync: 'force' as const }]
    assert.equal(changed(account, { attributes: both }).account.attributes.phone_number_verified, true)
  })

  it('done twice changes nothing the second time', () => {
    const sync = fc.constantFrom('import' as const, 'force' as const)
    const text = (...texts: readonly string[]) => fc.record({ value: fc.constantFrom(...texts), sync })
    const groups = fc.array(fc.record({ group: fc.constantFrom('staff', 'new', 'hand-given'), sync }))
    const attribute = fc.oneof(
      fc.record({
        name: fc.constantFrom('name', 'phone_number', 'address.locality'),
        value: fc.constantFrom('', 'x', 'y'),
        sync,
      }),
      fc.record({
        name: fc.constant('address'),
        value: fc.constantFrom({ locality: 'x' }, { country: 'y', locality: 'x' }),
        sync,
      }),
      fc.record({ name: fc.constant('phone_number_verified'), value: fc.boolean(), sync }),
    )
    const patches = fc.record(
      {
        subject: fc.constant('ada'),
        username: text('ada', 'Ada', 'other'),
        email: text('ada@example.org', 'ADA@example.org', 'other@example.org'),
        isEmailVerified: fc.boolean(),
        isEmailDenied: fc.boolean(),
        attributes: fc.array(attribute),
        addGroups: groups,
        removeGroups: groups,
        administrator: fc.record({ value: fc.boolean(), sync }),
        amr: fc.constant([]),
      },
      { requiredKeys: ['subject', 'isEmailVerified', 'attributes', 'addGroups', 'removeGroups', 'amr'] },
    )
    fc.assert(
      fc.property(patches, patch => {
        const once = patchedAccount(account, patch, NOON)
        const twice = patchedAccount(once.account, patch, LATER)
        assert.equal(twice.account, once.account)
        assert.deepEqual(twice.changes, [])
      }),
    )
  })
})
