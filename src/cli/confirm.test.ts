/** Tests of the question before something that cannot be taken back, and of the line that shows how far work is. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { aTerminal } from '../../test/support/a-terminal.ts'
import { confirm } from './confirm.ts'
import { CommandFailure, EXIT } from './exit-codes.ts'
import { counted, startProgress } from './progress.ts'

/** `answer`: of the person who is there; nobody is when it is absent. */
function asked(answer?: string) {
  const questions: string[] = []
  const terminal = aTerminal({
    isInteractive: answer !== undefined,
    async ask(question) {
      questions.push(question)
      return answer ?? assert.fail('nobody is there')
    },
  })
  return { terminal, questions }
}

const WHAT = { what: '2 accounts are in staff.', verb: 'delete' }

describe('the question before something is gone', () => {
  it('is asked where a person is, and means yes only when they say so', async () => {
    for (const answer of ['y', 'Yes', ' YES ']) {
      const { terminal, questions } = asked(answer)
      await confirm(terminal, {}, WHAT)
      assert.deepEqual(questions, ['2 accounts are in staff. Delete? [y/N] '])
    }
    for (const answer of ['', 'n', 'yep', 'no']) {
      const isRefused = (error: unknown) =>
        error instanceof CommandFailure && error.exitCode === EXIT.failure && error.message === 'nothing was deleted'
      await assert.rejects(confirm(asked(answer).terminal, {}, WHAT), isRefused, answer)
    }
  })

  it('is answered by --yes, and where nobody is there nothing happens without it, with the same exit code', async () => {
    const { terminal, questions } = asked()
    await confirm(terminal, { yes: true }, WHAT)
    assert.deepEqual(questions, [])
    const isRefused = (error: unknown) =>
      error instanceof CommandFailure &&
      error.exitCode === EXIT.failure &&
      error.message === '2 accounts are in staff; nothing was deleted (--yes: delete all the same)'
    await assert.rejects(confirm(terminal, {}, WHAT), isRefused)
  })
})

describe('the line that shows how far work is', () => {
  it('is written over, and taken away however the work ends', async () => {
    const shown: string[] = []
    const terminal = aTerminal({ replaceLine: text => void shown.push(text) })
    const work = async () => {
      for await (const item of counted([1, 2, 3, 4, 5], startProgress(terminal), count => `${count} events`, 2)) {
        if (item === 5) throw new Error('the disk is full')
      }
    }
    await assert.rejects(work())
    assert.deepEqual(shown, ['2 events', '4 events', ''])
  })

  it('is not there where nobody looks, or one JSON value is wanted', async () => {
    const shown: string[] = []
    const terminal = aTerminal({ replaceLine: text => void shown.push(text) })
    const { replaceLine: _, ...pipe } = terminal
    for await (const _item of counted([1, 2], startProgress(terminal, { json: true }), String, 1));
    for await (const _item of counted([1, 2], startProgress(pipe), String, 1));
    assert.deepEqual(shown, [])
  })
})
