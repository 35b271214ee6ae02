/** The page about the command line holds what it says: its commands run as they are printed, one after the other, in a shell. */

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { EXIT } from '../../src/cli/exit-codes.ts'
import { execute, LAUNCHER } from '../support/command-line.ts'
import { blocksOf } from '../support/guide-programs.ts'
import { type RunningApp, startApp } from '../support/running-app.ts'

const PAGE = readFileSync('docs/guide/command-line.md', 'utf8')

describe('the guide to the command line', () => {
  let app: RunningApp
  before(async () => {
    app = await startApp()
  })
  after(() => app.close())

  it('has commands that all do what they say', async () => {
    const lines = blocksOf(PAGE, 'sh').flatMap(block => block.trim().split('\n'))
    const script = ['set -e', ...lines].join('\n').replaceAll('https://id.example.com', app.issuer)
    const env = {
      PATH: `${dirname(LAUNCHER)}:${process.env.PATH}`,
      SALLYPORT_ISSUER: app.issuer,
      SALLYPORT_DATABASE: app.database,
      SALLYPORT_MASTER_KEY: 'a master key of a test, 32 characters or more',
    }
    const folder = dirname(app.database.replace('sqlite:', ''))
    const { code, out, err } = await execute('bash', ['-c', script], folder, env)
    assert.equal(code, 0, err)
    assert.match(out, /Created staff, editors\./)
    assert.match(out, /^description +Everybody who works here$/m)
    assert.match(out, /^description +All of us$/m)
    assert.match(out, /Deleted editors\./)
    assert.match(readFileSync(`${folder}/audit.csv`, 'utf8'), /^at,type,by,/)
    assert.match(readFileSync(`${folder}/sallyport.bash`, 'utf8'), /complete -F _sallyport sallyport/)
  })

  it('lists every exit code', () => {
    const listed = [...PAGE.matchAll(/^\| (\d+) \|/gm)].map(([, code]) => Number(code))
    assert.deepEqual(listed, Object.values(EXIT))
  })
})
