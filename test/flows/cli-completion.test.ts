/** `sallyport completion`: words completed by real shells, and by the command that they ask. */

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { aFolder, execute, LAUNCHER, run } from '../support/command-line.ts'
import { type ManagedApp, startManagedApp } from '../support/managed-app.ts'

/** `typed`: the words as the shell has them, the last under way. */
async function values(typed: readonly string[], at: ManagedApp['local'], shell = 'zsh'): Promise<readonly string[]> {
  const { code, out, err } = await at(['__complete', shell, '--', ...typed])
  assert.deepEqual([code, err], [0, ''])
  return out
    .trimEnd()
    .split('\n')
    .filter(Boolean)
    .map(line => line.split('\t')[0] ?? '')
}

describe('the completion of words', () => {
  let managed: ManagedApp
  const complete = (...typed: readonly string[]) => values(typed, managed.local)

  before(async () => {
    managed = await startManagedApp()
    await managed.app.register({ clientId: 'wiki', name: 'Wiki of all' })
    await managed.app.register({ clientId: 'https://app.example/one' })
    await managed.app.enrol({ username: 'ada', groups: [] })
    await managed.local(['group', 'create', 'staff', 'night shift', 'naïve'])
  })
  after(() => managed.close())

  it('knows commands, groups of commands, and what is behind them', async () => {
    assert.deepEqual(await complete('cli'), ['client'])
    assert.ok((await complete('')).includes('serve'))
    assert.ok(!(await complete('')).includes('create_oidc_client'))
    assert.ok((await complete('group', '')).includes('add-member'))
    assert.deepEqual(await complete('help', 'group', 'add'), ['add-member'])
    assert.deepEqual(await complete('nothing', ''), [])
  })

  it('knows options, and the values that they may have', async () => {
    assert.deepEqual(await complete('group', 'delete', '--y'), ['--yes'])
    assert.deepEqual(await complete('audit', 'export', '--format', ''), ['jsonl', 'csv'])
    assert.deepEqual(await complete('audit', 'export', '--format=c'), ['--format=csv'])
    assert.deepEqual(await complete('session', 'list', '--active', 'y'), ['yes'])
    assert.deepEqual(await complete('completion', ''), ['bash', 'zsh', 'fish'])
    assert.deepEqual(await complete('group', 'list', '--config', ''), [':files'])
  })

  it('knows the names of what there is, in the database and at a server', async () => {
    assert.deepEqual(await complete('client', 'show', 'wi'), ['wiki'])
    assert.deepEqual(await complete('group', 'delete', 'staff', 'n'), ['naïve', 'night shift'])
    assert.deepEqual(await complete('group', 'add-member', 'staff', 'a'), ['ada'])
    assert.deepEqual(await complete('session', 'list', '--account', 'ad'), ['ada'])
    assert.deepEqual(await complete('setting', 'show', 'tokens.acc'), ['tokens.access_token'])
    const { app, folder, access } = managed
    const typed = ['client', 'show', '--server', app.issuer, 'wi']
    const there = await run(['__complete', 'fish', '--', ...typed], folder, { env: access })
    assert.equal(there.out, 'wiki\tWiki of all\n')
  })

  it('has no name for what is made', async () => {
    assert.deepEqual(await complete('group', 'create', ''), [])
  })

  it('never complains: without a database, a server, or with mistakes in the settings there are no names', async t => {
    const cwd = aFolder(t)
    for (const env of [
      {},
      { SALLYPORT_ISSUER: 'nowhere' },
      { SALLYPORT_SERVER: 'http://127.0.0.1:1', SALLYPORT_TOKEN: 'x' },
    ]) {
      for (const typed of [['client', 'show', ''], ['--', '$(x)', ''], []]) {
        const { code, out, err } = await run(['__complete', 'bash', '--', ...typed], cwd, { env })
        assert.deepEqual([code, err], [0, ''])
        if (typed[0] === 'client') assert.equal(out, '')
      }
    }
  })

  it('puts together what bash cuts at colons and equals signs', async () => {
    const bash = (...typed: readonly string[]) => values(typed, managed.local, 'bash')
    assert.deepEqual(await bash('client', 'show', 'https', ':', '//app'), ['//app.example/one'])
    assert.deepEqual(await bash('client', 'show', 'https', ':'), ['//app.example/one'])
    assert.deepEqual(await bash('audit', 'export', '--format', '=', 'c'), ['csv'])
  })

  it('works in bash: with the script that is printed, quoted where a shell needs it', async () => {
    const { folder, settings } = managed
    const script = join(folder, 'completion.bash')
    writeFileSync(script, (await run(['completion', 'bash'], folder)).out)
    const press = async (...words: readonly string[]): Promise<readonly string[]> => {
      const line = [
        `source ${script}`,
        `COMP_WORDS=(sallyport "$@")`,
        'COMP_CWORD=$#',
        '_sallyport',
        `printf '%s\\n' "\${COMPREPLY[@]}"`,
      ].join('\n')
      const path = { PATH: `${dirname(LAUNCHER)}:${process.env.PATH}` }
      const { out, err } = await execute('bash', ['-c', line, 'bash', ...words], folder, { ...settings, ...path })
      assert.equal(err, '')
      return out.trimEnd().split('\n')
    }
    assert.deepEqual(await press('clie'), ['client'])
    assert.deepEqual(await press('group', 'show', 'nig'), ['night\\ shift'])
    assert.deepEqual(await press('group', 'list', '--config', ''), [''])
    assert.match(
      (await execute('bash', ['-c', `source ${script}; complete -p sallyport`], folder)).out,
      /-F _sallyport/,
    )
  })

  for (const shell of ['zsh', 'fish']) {
    const isThere = spawnSync(shell, ['-c', 'true']).error === undefined
    it(`is a script that ${shell} reads`, { skip: isThere ? false : `${shell} is not installed` }, async t => {
      const cwd = aFolder(t)
      writeFileSync(join(cwd, 'script'), (await run(['completion', shell], cwd)).out)
      const { code, err } = await execute(shell, ['-n', join(cwd, 'script')], cwd)
      assert.deepEqual([code, err], [0, ''])
    })
  }
})
