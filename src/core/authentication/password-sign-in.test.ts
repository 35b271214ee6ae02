/** Tests of signing in by password. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { aClock, anAccount, NOON, random } from '../../../test/support/builders.ts'
import { addSeconds } from '../../lib/clock.ts'
import type { Account } from '../accounts/account.ts'
import { disableAccount, enableAccount, withPassword } from '../accounts/change-account.ts'
import { checkNewPassword, MAX_PASSWORD_LENGTH } from '../accounts/password-rules.ts'
import { createHandles } from '../handles/handles.ts'
import { sealDevice } from './known-device.ts'
import { createPasswordSignIn, type PasswordSignInPorts } from './password-sign-in.ts'
import type { Bucket } from './throttle.ts'
import { ACCOUNT_RULE, ADDRESS_RULE, throttleKeys } from './throttle-rules.ts'

const handles = createHandles(random.bytes(32))

function signIn(
  account: Account | undefined,
  buckets: (keys: readonly string[]) => readonly Bucket[] = () => [],
  throttled = true,
) {
  const clock = aClock()
  const hashed: (string | undefined)[] = []
  const looked: string[] = []
  let stored = account
  const ports = {
    accounts: { findByLogin: async () => account, find: async () => stored },
    throttle: {
      async find(keys: readonly string[]) {
        looked.push(...keys)
        return buckets(keys)
      },
      add: (key: string) => ({ name: `add ${key.split(':')[0]}` }),
      clear: (key: string) => ({ name: `clear ${key.split(':')[0]}` }),
    },
    handles,
    passwords: {
      async verify(passwordHash: string | undefined, password: string) {
        hashed.push(passwordHash)
        return passwordHash === `hash of ${password}`
      },
    },
    clock,
    throttlePrefix: (address: string) => (throttled ? address : undefined),
  } as unknown as PasswordSignInPorts
  const attempt = createPasswordSignIn(ports)
  return {
    clock,
    hashed,
    looked,
    /** Somebody else changes the account; whoever read it before does not know. */
    change(to: Account | undefined) {
      stored = to
    },
    attempt: (password: string, deviceCookie?: string, username = 'ada') =>
      attempt({ username, password, address: '192.0.2.1', deviceCookie }),
  }
}

const ada = anAccount({ username: 'ada', passwordHash: 'hash of right' })
const full = (kind: string, level: number) => (keys: readonly string[]) =>
  keys.filter(key => key.startsWith(kind)).map(key => ({ key, level, at: NOON }))

describe('signing in by password', () => {
  it('proves the account', async () => {
    const result = await signIn(ada).attempt('right')
    assert.ok(result.kind === 'proven' && result.account === ada)
    assert.deepEqual(result.writes, [])
  })

  const refused: [string, Account | undefined, string, string][] = [
    ['a wrong password', ada, 'wrong', 'the password matches'],
    ['an unknown user', undefined, 'right', 'the user name or e-mail address belongs to an account'],
    ['a disabled account', { ...ada, disabledAt: NOON }, 'right', 'the account is enabled'],
    ['an account without a password', anAccount(), 'right', 'the account has a password'],
    ['a password longer than any of ours', ada, 'r'.repeat(257), 'the password matches'],
  ]
  for (const [what, account, password, rule] of refused) {
    it(`refuses ${what} with the same words, after the same work, and counts it`, async () => {
      const { attempt, hashed } = signIn(account)
      const result = await attempt(password)
      assert.ok(result.kind === 'refused')
      assert.deepEqual(result.problem, { kind: 'wrong-credentials' })
      assert.equal(result.refusal.description, 'user name or password is wrong')
      assert.equal(result.refusal.rule, rule)
      assert.equal(hashed.length, 1, 'one hash is computed, whoever it is')
      assert.deepEqual(
        result.writes.map(({ name }) => name),
        ['add address', 'add account'],
      )
    })
  }

  it('computes nothing for an address that has to wait', async () => {
    const { attempt, hashed } = signIn(ada, full('address', ADDRESS_RULE.capacity + 1))
    const result = await attempt('right')
    assert.ok(result.kind === 'refused' && result.problem.kind === 'slow-down')
    assert.equal(hashed.length, 0)
  })

  it('answers late for an account under attack, and lets its owner in, which ends the delay', async () => {
    const { attempt, clock } = signIn(ada, full('account', ACCOUNT_RULE.capacity + 3))
    const result = await attempt('right')
    assert.ok(result.kind === 'proven')
    assert.deepEqual(clock.slept, [2000])
    assert.equal(result.delayedMs, 2000)
    assert.deepEqual(
      result.writes.map(({ name }) => name),
      ['clear account'],
    )
  })

  it("keeps its owner's browser out of it", async () => {
    const { attempt, clock } = signIn(ada, full('a', 1000))
    const result = await attempt('right', sealDevice(handles, ada.id))
    assert.ok(result.kind === 'proven')
    assert.deepEqual(clock.slept, [])
    const foreign = await attempt('right', sealDevice(handles, anAccount().id))
    assert.ok(foreign.kind === 'refused', "another account's device cookie helps nothing")
  })

  it('lets a burst of guesses pass no further than a sequence', async () => {
    const { attempt } = signIn(ada)
    const results = await Promise.all(Array.from({ length: 50 }, () => attempt('wrong')))
    const slowed = results.filter(result => result.kind === 'refused' && result.problem.kind === 'slow-down')
    assert.equal(slowed.length, 50 - ADDRESS_RULE.capacity)
  })

  const changes: [string, (account: Account) => Account | undefined][] = [
    ['another password', account => withPassword(account, 'hash of new', addSeconds(NOON, 1))],
    ['the same password again', account => withPassword(account, account.passwordHash ?? '', addSeconds(NOON, 1))],
    ['a lock', account => disableAccount(account, addSeconds(NOON, 1))],
    ['a lock that is off again', account => enableAccount(disableAccount(account, addSeconds(NOON, 1)), NOON)],
    ['its end', () => undefined],
  ]
  for (const [what, change] of changes) {
    it(`refuses an account that was given ${what} while the password was checked: the session would outlive it`, async () => {
      const { attempt, change: changeTo } = signIn(ada)
      const attempting = attempt('right')
      changeTo(change(ada))
      const result = await attempting
      assert.ok(result.kind === 'refused')
      assert.deepEqual(result.problem, { kind: 'wrong-credentials' })
    })
  }

  it('slows down by the name that was typed: if name and address of one account shared a bucket, its delay would tell that they do', async () => {
    const { attempt, looked } = signIn({ ...ada, email: 'ada@example.org' })
    await attempt('wrong', undefined, 'Ada')
    await attempt('wrong', undefined, 'ada@example.org')
    const [byName, byEmail] = looked.filter(key => key.startsWith('account:'))
    assert.notEqual(byName, byEmail)
    assert.equal(byName, throttleKeys('ada', '192.0.2.1', false).at(-1)?.key, 'in any case')
  })

  it('takes every password that may be set, counted in characters', async () => {
    const password = '🔑'.repeat(MAX_PASSWORD_LENGTH)
    assert.deepEqual(checkNewPassword(password, 8), [])
    const result = await signIn({ ...ada, passwordHash: `hash of ${password}` }).attempt(password)
    assert.equal(result.kind, 'proven')
  })

  it('looks at no more of a user name than the longest has: normalising marks that are out of order takes quadratic time', async () => {
    const { attempt, looked } = signIn(undefined)
    await attempt('wrong', undefined, 'a'.repeat(600))
    await attempt('wrong', undefined, 'a'.repeat(60_000))
    assert.equal(new Set(looked).size, 2, looked.join())
  })

  it('counts nothing where throttling is off', async () => {
    const result = await signIn(ada, undefined, false).attempt('wrong')
    assert.deepEqual(result.writes, [])
  })
})
