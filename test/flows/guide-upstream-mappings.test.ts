/** `docs/guide/upstream-mappings.md` holds what it says: each example makes of the claims what stands below it. */

import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { anUpstream } from '../support/builders.ts'
import { aFolder, inHouse, run } from '../support/command-line.ts'
import { blocksOf } from '../support/guide-programs.ts'

const PAGE = readFileSync('docs/guide/upstream-mappings.md', 'utf8')
const [CLAIMS = '', ...MAPPINGS] = blocksOf(PAGE, 'json')
const RESULTS = blocksOf(PAGE, 'text')

describe('the guide to mappings', () => {
  it('has a result for each example', () => {
    assert.ok(MAPPINGS.length >= 6)
    assert.equal(MAPPINGS.length, RESULTS.length)
  })

  for (const [index, mappings] of MAPPINGS.entries()) {
    it(`prints what the dry run prints: ${RESULTS[index]?.split('\n')[0] ?? ''}`, async t => {
      const cwd = aFolder(t)
      writeFileSync(join(cwd, 'claims.json'), CLAIMS)
      writeFileSync(join(cwd, 'repaired.json'), mappings)
      await run(['group', 'create', 'staff', 'editors'], cwd)
      const upstream = anUpstream({ alias: 'work', standardMappings: true })
      await inHouse(cwd, ({ repositories }) => repositories.commit([repositories.upstreams.insert(upstream)]))
      const words = ['upstream', 'dry-run', 'work', '--token', 'claims.json', '--mapping', 'repaired.json']
      const { out, err } = await run(words, cwd)
      const printed = out.split('\n').map(line => line.replaceAll(/ +/g, ' '))
      for (const line of (RESULTS[index] ?? '').trim().split('\n')) {
        assert.ok(printed.includes(line.replaceAll(/ +/g, ' ')), `${line}\nis not in\n${out}${err}`)
      }
    })
  }

  it('has commands that exist, with options that exist', async t => {
    const commands = blocksOf(PAGE, 'sh').flatMap(block =>
      block.split('\n').filter(line => line.startsWith('sallyport ')),
    )
    assert.ok(commands.length > 5)
    for (const command of commands) {
      const [, group = '', name = '', ...rest] = command.split(' ')
      const { code, out } = await run([group, name, '--help'], aFolder(t))
      assert.equal(code, 0, command)
      for (const option of rest.filter(word => word.startsWith('--')))
        assert.ok(out.includes(option), `${command}: ${option}`)
    }
  })
})
