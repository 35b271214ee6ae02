/** `docs/guide/accounts.md` holds what it says: each command runs, in its order, on one database. */

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { it } from 'node:test'
import { aFolder, run } from '../support/command-line.ts'
import { blocksOf } from '../support/guide-programs.ts'

const PAGE = readFileSync('docs/guide/accounts.md', 'utf8')

/** As a shell splits them; the page needs no more than quotes. */
function wordsOf(command: string): readonly string[] {
  return [...command.matchAll(/"([^"]*)"|([^\s"]+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '')
}

it('the guide to accounts has commands that do what the page says', async t => {
  const cwd = aFolder(t)
  const commands = blocksOf(PAGE, 'sh').flatMap(block => block.trim().split('\n'))
  assert.ok(commands.length >= 8)
  for (const command of commands) {
    const { code, err } = await run(wordsOf(command).slice(1), cwd, { input: 'a password of hers\n' })
    assert.equal(code, 0, `${command}\n${err}`)
  }
  const { out } = await run(['account', 'list', '--search', 'LOVELACE', '--json'], cwd)
  const [countess] = JSON.parse(out)
  assert.deepEqual(
    [countess.username, countess.groups, countess.attributes, countess.role],
    ['countess', ['editors', 'staff'], { name: 'Ada Lovelace', locale: 'en-GB' }, undefined],
  )
})
