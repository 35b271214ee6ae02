/** Tests of passwords that are hashed again when they are at hand. */

import assert from 'node:assert/strict'
import { it } from 'node:test'
import { anAccount } from '../../../test/support/builders.ts'
import type { Account } from '../accounts/account.ts'
import { type UpgradePorts, withUpgradedPassword } from './upgrade-password.ts'

interface Given {
  readonly isOld?: boolean
  readonly hash?: string
  readonly committed?: boolean
}

function portsOf({ isOld = true, hash = 'new', committed = true }: Given) {
  const written: (readonly [after: Account, seen: Account])[] = []
  const ports: UpgradePorts = {
    accounts: {
      replace(after, seen) {
        written.push([after, seen])
        return { name: 'accounts.replace' }
      },
    },
    commit: async () => (committed ? { committed } : { committed, lost: 'accounts.replace' }),
    passwords: { needsRehash: () => isOld, hash: async () => hash },
  }
  return { ports, written }
}

const account = anAccount({ passwordHash: 'old' })

it('an old hash becomes a new one, and nothing else of the account changes', async () => {
  const { ports, written } = portsOf({})
  const upgraded = await withUpgradedPassword(account, 'secret', ports)
  assert.deepEqual(upgraded, { ...account, passwordHash: 'new' })
  assert.deepEqual(written, [[upgraded, account]])
})

it('a hash of today stays, and so does one where nobody has time or somebody else was first', async () => {
  for (const given of [{ isOld: false }, { hash: 'busy' }, { committed: false }] as const) {
    const { ports, written } = portsOf(given)
    assert.equal(await withUpgradedPassword(account, 'secret', ports), account)
    assert.equal(written.length, 'committed' in given ? 1 : 0)
  }
})
