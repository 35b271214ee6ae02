/** Tests of what upstreams may say about accounts that files declare. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { AccountPatch } from './account-patch.ts'
import { withoutDeclared } from './without-declared.ts'

const PATCH: AccountPatch = {
  subject: '42',
  username: { value: 'other', sync: 'force' },
  email: { value: 'ada@work.example', sync: 'force' },
  isEmailVerified: true,
  attributes: [
    { name: 'name', value: 'Ada', sync: 'force' },
    { name: 'address.locality', value: 'Berlin', sync: 'force' },
    { name: 'department', value: 'Board', sync: 'force' },
  ],
  addGroups: [{ group: 'staff', sync: 'force' }],
  removeGroups: [{ group: 'guests', sync: 'force' }],
  administrator: { value: true, sync: 'force' },
  amr: ['pwd'],
}
const { username: _username, ...NAMELESS } = PATCH

describe('what an upstream says about an account that a file declares', () => {
  it('counts where the file is silent, but for the name that it stands under', () => {
    assert.deepEqual(withoutDeclared(PATCH, {}), NAMELESS)
  })

  const { email: _email, ...mailless } = NAMELESS
  const { administrator: _administrator, ...roleless } = NAMELESS
  const but = (name: string) => ({ ...NAMELESS, attributes: PATCH.attributes.filter(one => one.name !== name) })
  const SAID = [
    ['its e-mail address', { email: 'ada@example.com' }, mailless],
    ['that the address is verified', { email_verified: false }, mailless],
    ['its role', { role: 'viewer' }, roleless],
    ['that it has no role', { role: null }, roleless],
    ['its groups', { groups: [] }, { ...NAMELESS, addGroups: [], removeGroups: [] }],
    ['its name', { name: 'Ada Lovelace' }, but('name')],
    ['its name among the attributes', { attributes: { name: 'Ada Lovelace' } }, but('name')],
    ['its address', { attributes: { address: { country: 'DE' } } }, but('address.locality')],
    ['an attribute of the house', { attributes: { department: 'Sales' } }, but('department')],
  ] as const
  for (const [what, declared, expected] of SAID) {
    it(`does not count where the file says ${what}`, () => assert.deepEqual(withoutDeclared(PATCH, declared), expected))
  }
})
