/** Commands in a folder without a database: the real program. */

import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { aFolder, run } from '../support/command-line.ts'

describe('a command in a folder without a database', () => {
  for (const words of [['account', 'list'], ['client', 'show', 'wiki'], ['setup-link']]) {
    it(`makes none: ${words.join(' ')}`, async t => {
      const cwd = aFolder(t)
      const { code, err } = await run(words, cwd)
      assert.equal(code, 1)
      assert.match(err, /there is no database at \/.+ \(start the server there, or set SALLYPORT_DATABASE\)/)
      assert.equal(existsSync(join(cwd, 'data')), false)
    })
  }

  it('makes one when it creates something', async t => {
    const cwd = aFolder(t)
    const created = await run(['client', 'create', 'Wiki', 'public', '--client-id', 'wiki', '-u', 'myapp:/cb'], cwd)
    assert.equal(created.code, 0, created.err)
    const before = (await run(['client', 'show', 'wiki', '--json'], cwd)).json()
    const same = (await run(['client', 'edit', 'wiki', '--name', 'Wiki', '--json'], cwd)).json()
    assert.deepEqual([same.outcome, same.updated_at], ['unchanged', before.updated_at])
  })
})
