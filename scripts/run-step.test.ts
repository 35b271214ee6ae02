/** Tests of how steps are counted. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { runSteps, type Step, tallyOf } from './run-step.ts'

describe('the count of a step', () => {
  const tap = (pass: number, fail: number, cancelled: number): string =>
    `ok 1 - a\n# tests 9\n# pass ${pass}\n# fail ${fail}\n# cancelled ${cancelled}\n# skipped 0\n`

  it('is what the tests say, cancelled ones as failed', () => {
    assert.deepEqual(tallyOf(tap(5, 0, 0), 0), { passed: 5, failed: 0 })
    assert.deepEqual(tallyOf(tap(5, 1, 2), 1), { passed: 5, failed: 3 })
  })

  it('has a failure when the process fails, whatever the tests say, or when they say nothing', () => {
    assert.deepEqual(tallyOf(tap(5, 0, 0), 1), { passed: 5, failed: 1 })
    assert.deepEqual(tallyOf('', 134), { passed: 0, failed: 1 })
  })
})

describe('several steps', () => {
  const step = (name: string, program: string): Step => ({ name, command: process.execPath, args: ['--eval', program] })

  it('are all counted, whichever ends first', async t => {
    const said: unknown[] = []
    t.mock.method(console, 'log', (line: unknown) => said.push(line))
    const slow = 'setTimeout(() => console.log("slow and fine"), 300)'
    const steps = [
      step('a', slow),
      step('b', 'console.error("is wrong"); process.exit(2)'),
      step('c', ''),
      step('d', 'process.abort()'),
    ]
    assert.deepEqual(await runSteps(steps, 2), { passed: 2, failed: 2 })
    const text = said.join('\n')
    assert.match(text, /✔ a .* s {2}slow and fine/)
    assert.match(text, /✖ b .* s {2}FAILED is wrong/)
    assert.match(text, /✖ d .* s {2}FAILED/)
  })
})
