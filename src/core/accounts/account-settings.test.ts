/** Tests of new accounts and of changes to them. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createSystemRandom } from '../../lib/random.ts'
import type { Account } from './account.ts'
import { type AccountSettings, createAccount, newSubject } from './account-settings.ts'
import { disableAccount, enableAccount, withPassword } from './change-account.ts'
import { checkNewPassword } from './password-rules.ts'

const RANDOM = createSystemRandom()
const EARLIER = new Date('2026-01-01T00:00:00Z')
const NOW = new Date('2026-01-02T00:00:00Z')

describe('createAccount', () => {
  it('vouches for the e-mail address unless told otherwise (seed 004)', () => {
    assert.equal(created({ username: 'ada', email: 'ada@example.com' }).emailVerified, true)
    assert.equal(created({ username: 'ada', email: 'ada@example.com', emailVerified: false }).emailVerified, false)
    const attributes = [['email_verified', 'false']] as const
    assert.equal(created({ username: 'ada', email: 'ada@example.com', attributes }).emailVerified, false)
    assert.equal(created({ username: 'ada' }).emailVerified, false, 'without an address there is nothing to verify')
  })

  it('gives a subject that tells nothing and never repeats (OIDC Core §5.7)', () => {
    assert.match(newSubject(RANDOM), /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    assert.notEqual(newSubject(RANDOM), newSubject(RANDOM))
  })

  it('sorts the groups, each once, and takes --name as the attribute', () => {
    const account = created({
      username: 'ada',
      name: 'Ada L',
      groups: ['users', 'admins', 'users'],
      role: 'administrator',
    })
    assert.deepEqual(
      [account.groups, account.attributes, account.role],
      [['admins', 'users'], { name: 'Ada L' }, 'administrator'],
    )
  })

  const refused: ReadonlyArray<readonly [settings: AccountSettings, member: string]> = [
    [{ username: '' }, 'username'],
    [{ username: '  ' }, 'username'],
    [{ username: ' ada' }, 'username'],
    [{ username: 'a\tb' }, 'username'],
    [{ username: 'x'.repeat(256) }, 'username'],
    [{ username: 'a', email: 'nobody' }, 'email'],
    [{ username: 'a', email: 'a@b@c' }, 'email'],
    [{ username: 'a', email: 'a b@example.com' }, 'email'],
    [{ username: 'a', email: 'a@example..com' }, 'email'],
    [{ username: 'a', role: 'admin' }, 'role'],
    [{ username: 'a', groups: ['ok', ''] }, 'groups'],
    [{ username: 'a', attributes: [['nmae', 'x']] }, 'nmae'],
  ]
  for (const [settings, member] of refused) {
    it(`refuses ${JSON.stringify(settings).slice(0, 60)}`, () => {
      const result = createAccount(settings, { random: RANDOM, now: NOW })
      assert.deepEqual('mistakes' in result && result.mistakes.map(mistake => mistake.member), [member])
    })
  }

  it('reports all mistakes at once', () => {
    const result = createAccount({ username: '', email: 'x', role: 'y' }, { random: RANDOM, now: NOW })
    assert.equal('mistakes' in result ? result.mistakes.length : 0, 3)
  })
})

describe('changes to an account', () => {
  const account = withPassword(created({ username: 'ada', email: 'ada@example.com' }, EARLIER), 'old', EARLIER)

  it('a new password and being disabled end what was signed in before', () => {
    assert.deepEqual(withPassword(account, 'new', NOW).validFrom, NOW)
    const disabled = disableAccount(account, NOW)
    assert.deepEqual([disabled.disabledAt, disabled.validFrom], [NOW, NOW])
    assert.equal(disableAccount(disabled, new Date()), disabled)
    assert.equal('disabledAt' in enableAccount(disabled, NOW), false)
    assert.deepEqual(enableAccount(disabled, NOW).validFrom, NOW, 'old sessions stay dead')
  })

  it('a password is counted in characters: at least the setting, at most 256', () => {
    assert.equal(checkNewPassword('1234567', 8).length, 1)
    assert.equal(checkNewPassword('🦊🦊🦊🦊🦊🦊🦊🦊', 8).length, 0)
    assert.equal(checkNewPassword('x'.repeat(256), 8).length, 0)
    assert.equal(checkNewPassword('x'.repeat(257), 8).length, 1)
    assert.match(checkNewPassword('12345678', 12)[0]?.message ?? '', /at least 12/)
  })
})

function created(settings: AccountSettings, now = NOW): Account {
  const result = createAccount(settings, { random: RANDOM, now })
  if ('mistakes' in result) assert.fail(JSON.stringify(result.mistakes))
  return result.account
}
