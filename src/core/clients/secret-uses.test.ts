/** Tests of when secrets were used last: noted without cost, written behind the answer. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { newId } from '../../lib/id.ts'
import { createSystemRandom } from '../../lib/random.ts'
import type { ClientSecret, ClientUid } from './client.ts'
import type { SecretUse } from './secret-use.ts'
import { createSecretUses } from './secret-uses.ts'

const RANDOM = createSystemRandom()
const START = new Date('2027-01-01T12:00:00Z')
const after = (minutes: number): Date => new Date(START.getTime() + minutes * 60_000)

function aDesk({ fails = false } = {}) {
  const written: SecretUse[] = []
  const commits: number[] = []
  const failures: unknown[] = []
  const uses = createSecretUses({
    secretUses: {
      touch(use) {
        written.push(use)
        return { name: 'secretUses.touch' }
      },
    },
    async commit(writes) {
      if (fails) throw new Error('the database is away')
      commits.push(writes.length)
      return { committed: true }
    },
    clock: { now: () => START, sleep: () => Promise.resolve() },
    onFailure: error => failures.push(error),
  })
  return { uses, written, commits, failures }
}

const uid: ClientUid = newId(START, RANDOM)
const one: ClientSecret['id'] = newId(START, RANDOM)
const other: ClientSecret['id'] = newId(START, RANDOM)

describe('the last use of a secret', () => {
  it('is written at most once per secret and hour', async () => {
    const { uses, written } = aDesk()
    for (const minutes of [0, 1, 59, 60, 61, 119, 121]) uses.note(uid, one, after(minutes))
    uses.note(uid, other, after(1))
    await uses.flush()
    const timesOf = (id: ClientSecret['id']) =>
      written.filter(({ secretId }) => secretId === id).map(({ lastUsedAt }) => lastUsedAt)
    assert.deepEqual(timesOf(one), [after(0), after(60), after(121)])
    assert.deepEqual(timesOf(other), [after(1)])
  })

  it('is written in one order, whichever was used first: two nodes never wait for each other', async () => {
    for (const used of [
      [one, other],
      [other, one],
    ]) {
      const { uses, written } = aDesk()
      for (const id of used) uses.note(uid, id, START)
      await uses.flush()
      assert.deepEqual(
        written.map(({ secretId }) => secretId),
        [one, other].sort(),
      )
    }
  })

  it('is written together with others, and nobody waits for it', async () => {
    const { uses, commits } = aDesk()
    uses.note(uid, one, START)
    uses.note(uid, other, START)
    assert.deepEqual(commits, [])
    await new Promise(setImmediate)
    assert.deepEqual(commits, [2])
    await uses.flush()
    assert.deepEqual(commits, [2])
  })

  it('is lost when the database is away, and nothing else is', async () => {
    const { uses, failures } = aDesk({ fails: true })
    uses.note(uid, one, START)
    await new Promise(setImmediate)
    assert.match(String(failures[0]), /the database is away/)
  })
})
