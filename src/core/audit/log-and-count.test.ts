/** Tests of what log and metrics hear of an audit event. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { newId } from '../../lib/id.ts'
import { createSystemRandom } from '../../lib/random.ts'
import { tellOf } from './log-and-count.ts'

describe('the log line of an audit event', () => {
  it('tells which fields were changed by whom, and no value of before or after', () => {
    const lines: Readonly<Record<string, unknown>>[] = []
    const log = { info: (fields: Readonly<Record<string, unknown>>) => lines.push(fields), debug: () => {} }
    const tell = tellOf(log, { countSignIn: () => {}, countRefusal: () => {}, countTokens: () => {} })
    const detail = {
      username: 'ada',
      by: 'bob',
      changed: ['email'],
      'before.email': 'a@b.example',
      'after.email': 'c@d.example',
    }
    const at = new Date('2026-01-01T00:00:00Z')
    tell({ id: newId(at, createSystemRandom()), at, type: 'account.changed', address: 'cli', detail })
    assert.deepEqual(lines[0]?.detail, { username: 'ada', by: 'bob', changed: ['email'] })
  })
})
