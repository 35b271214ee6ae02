/** `docs/guide/policies.md` holds what it says: its commands print what stands below them, and its file decides as it says. */

import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { aFolder, run } from '../support/command-line.ts'
import { blocksOf } from '../support/guide-programs.ts'

const PAGE = readFileSync('docs/guide/policies.md', 'utf8')
const ENV = { SALLYPORT_ISSUER: 'https://id.example.com' }
const [FILE = ''] = blocksOf(PAGE, 'yaml')

/** As a shell splits them; the page needs no more than single quotes. */
function wordsOf(command: string): readonly string[] {
  return [...command.matchAll(/(?:[^\s']|'[^']*')+/g)].map(([word]) => word.replaceAll("'", ''))
}

describe('the guide to policies', () => {
  it('has commands that print what stands below them', async t => {
    const folder = aFolder(t)
    const blocks = blocksOf(PAGE, 'sh')
    const printed = blocksOf(PAGE, 'text')
    assert.ok(printed.length >= 4 && blocks.length === printed.length)
    for (const [index, block] of blocks.entries()) {
      let last = ''
      for (const line of block.trim().split('\n')) {
        const [program, ...words] = wordsOf(line)
        assert.equal(program, 'sallyport')
        const done = await run(words, folder, { env: ENV, input: 'correct horse battery staple' })
        assert.equal(done.code, 0, `${line}\n${done.err}`)
        last = done.out
      }
      assert.equal(last, printed[index])
    }
  })

  const rows: [groups: readonly string[], address: string, outcome: string, by: string][] = [
    [['staff', 'contractors'], '192.0.2.9', 'deny', 'rule 1'],
    [['staff', 'managers'], '198.51.100.7', 'two_factor', 'rule 2'],
    [['staff'], '2001:db8:17::9', 'one_factor', 'rule 3'],
    [['staff'], '198.51.100.7', 'deny', 'default_policy'],
  ]
  it('has a file that opens the app to the managers, and to others from the office', async t => {
    const folder = aFolder(t)
    writeFileSync(join(folder, 'sallyport.yaml'), FILE)
    const command = async (...words: string[]) => {
      const done = await run(words, folder, { env: ENV, input: 'correct horse battery staple' })
      assert.equal(done.code, 0, done.err)
      return done
    }
    await command('apply', '--yes')
    for (const [index, [groups, address, outcome, by]] of rows.entries()) {
      const name = `person-${index}`
      await command('account', 'create', name, '--password-stdin', ...groups.flatMap(group => ['--group', group]))
      const evaluate = ['policy', 'evaluate', name, '--client', 'payroll', '--address', address, '--json']
      const answer = (await command(...evaluate)).json()
      assert.deepEqual([answer.outcome, answer.decided_by], [outcome, by], groups.join(' '))
    }
    const owned = await run(['policy', 'edit', 'payroll', '--default', 'one_factor'], folder, { env: ENV })
    assert.equal(owned.code, 3)
    assert.match(owned.err, /declared in sallyport\.yaml:\d+/)
  })
})
