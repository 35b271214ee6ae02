/** `sallyport lint`: on files alone, on the database, with exit codes for scripts; and what apply says of it. */

import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { aFolder, run } from '../support/command-line.ts'
import { blocksOf } from '../support/guide-programs.ts'

const PAGE = readFileSync('docs/guide/lint.md', 'utf8')
const [FILE = '', IGNORED = ''] = blocksOf(PAGE, 'yaml')
const [TOLD = ''] = blocksOf(PAGE, 'text')

function sallyport(t: TestContext, file?: string) {
  const folder = aFolder(t)
  if (file !== undefined) writeFileSync(join(folder, 'sallyport.yaml'), file)
  const given = { env: { WIKI_SECRET: 'a-secret-of-32-characters-or-more' }, input: 'correct horse battery staple' }
  return (...words: string[]) => run(words, folder, given)
}

describe('sallyport lint', () => {
  it('prints what the guide says, and ends with exit code 1 when there is an error', async t => {
    const command = sallyport(t, FILE)
    const [line = ''] = blocksOf(PAGE, 'sh')
    const done = await command(...line.trim().split(' ').slice(1))
    assert.equal(done.out, TOLD)
    assert.equal(done.code, 1)
    const ignored = await command('lint', '--files-only', '--ignore', 'client-unknown-policy')
    assert.equal(ignored.code, 0)
    assert.equal(
      (await command('lint', '--files-only', '--fail-on', 'warning', '--ignore', 'client-unknown-policy')).code,
      1,
    )
  })

  it('needs no database and no secret for files alone', async t => {
    const folder = aFolder(t)
    const path = join(folder, 'elsewhere.yaml')
    writeFileSync(path, FILE)
    const done = await run(['lint', path, '--files-only', '--json'], folder)
    const { findings, errors, warnings } = done.json()
    assert.deepEqual([errors, warnings, findings[0].rule], [1, 1, 'client-unknown-policy'])
    assert.match(findings[0].place, /elsewhere\.yaml:5$/)
    assert.equal(done.out.includes('a-secret'), false)
    const without = await run(['lint', '--config', path], folder)
    assert.equal(without.code, 1)
    assert.match(without.err, /there is no database/)
  })

  it('writes SARIF 2.1.0 with the line in the file', async t => {
    const command = sallyport(t, FILE)
    const log = (await command('lint', 'sallyport.yaml', '--files-only', '--sarif')).json()
    assert.equal(log.version, '2.1.0')
    const [first] = log.runs[0].results
    assert.equal(first.ruleId, 'client-unknown-policy')
    assert.equal(first.locations[0].physicalLocation.region.startLine, 5)
  })

  it('says nothing about a fresh house, and nothing about the example of the settings', async t => {
    const command = sallyport(t)
    await command('account', 'create', 'ada', '--role', 'administrator', '--password-stdin')
    await command('client', 'create', 'Wiki', 'public', '-u', 'https://wiki.example.com/cb')
    const fresh = await command('lint')
    assert.deepEqual([fresh.out, fresh.code], ['Nothing was found.\n', 0])
    const example = readFileSync('sallyport.example.yaml', 'utf8').replace(
      '${file:/run/secrets/master-key}',
      'x'.repeat(40),
    )
    const whole = example
      .replaceAll(/^#(?=\w| {2})/gm, '')
      .replace(/^tls:(\n {2}.*)*/m, '')
      .replace(/^include:.*/m, '')
      .replace(/^ {2}password_file:.*/m, '  password: of-the-mail-server')
    for (const file of [example, whole]) {
      const done = await sallyport(t, file)('lint', '--files-only')
      assert.deepEqual([done.out, done.code], ['Nothing was found.\n', 0], done.err)
    }
  })

  it('looks into the database: people without a way in, groups that are gone, secrets that end', async t => {
    const command = sallyport(t)
    await command('account', 'create', 'ada', '--role', 'administrator', '--password-stdin')
    await command('account', 'create', 'grace', '--no-password')
    await command('policy', 'create', 'staff-only', '--default', 'deny', '--rule', 'one_factor group:staff user:nobody')
    const { findings } = (await command('lint', '--json')).json()
    assert.deepEqual(
      findings.map(({ rule, key }: { rule: string; key: string }) => [rule, key]),
      [
        ['policy-unknown-group', 'staff-only'],
        ['policy-unknown-user', 'staff-only'],
        ['account-without-way-in', 'grace'],
        ['policy-unused', 'staff-only'],
      ],
    )
  })

  it('is told by apply about what it made, and refuses nothing', async t => {
    const command = sallyport(
      t,
      FILE.replace('staf-only', 'staff-only').replace('policies:', 'groups: {staff: {}}\npolicies:'),
    )
    const applied = await command('apply', '--yes')
    assert.equal(applied.code, 0, applied.err)
    assert.match(
      applied.err,
      /warning: clients\/wiki redirect_uris \(sallyport\.yaml:5\): .* is plain http \[client-http-redirect\]/,
    )
    const again = await command('apply', '--yes')
    assert.doesNotMatch(again.err, /client-http-redirect/, 'what is as it was is not told again')
    const { findings } = (await command('lint', '--json')).json()
    assert.deepEqual(
      findings.map(({ rule }: { rule: string }) => rule),
      ['client-http-redirect'],
    )
  })

  it('leaves out what the settings ignore, and says when that is no rule', async t => {
    const command = sallyport(
      t,
      `${FILE}${IGNORED.replace('client-pkce-off', 'client-unknown-policy, client-http-redirect')}`,
    )
    const done = await command('lint', '--files-only', '--severity', 'warning')
    assert.deepEqual([done.code, done.out], [0, 'Nothing was found.\n'])
    const wrong = await command('lint', '--ignore', 'client-pkce-of')
    assert.notEqual(wrong.code, 0)
    const typo = await sallyport(t, `${FILE}${IGNORED.replace('client-pkce-off', 'client-pkce-of')}`)(
      'lint',
      '--files-only',
    )
    assert.match(typo.out, /client-pkce-of is no rule \(did you mean client-pkce-off\?\)/)
  })
})
