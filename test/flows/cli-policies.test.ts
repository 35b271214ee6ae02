/** The policy commands: what they make, change, show and refuse; and what `sallyport why` says about somebody who was kept out. */

import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { aFolder, auditEvents, run } from '../support/command-line.ts'

const ENV = { SALLYPORT_ISSUER: 'https://id.example.com' }
const IN = { env: ENV, input: 'correct horse battery staple' }

function sallyport(t: TestContext) {
  const folder = aFolder(t)
  return { folder, command: (...words: string[]) => run(words, folder, IN) }
}

describe('sallyport policy', () => {
  it('makes a policy of options, or of a file, and shows it so that it can be given back', async t => {
    const { command } = sallyport(t)
    const rules = ['--rule', 'two_factor group:staff+group:managers user:ada', '--rule', 'one_factor fd00::/8']
    const made = await command('policy', 'create', 'office', '--default', 'deny', ...rules, '--json')
    assert.equal(made.code, 0, made.err)
    const document = made.json()
    assert.deepEqual(document.rules, [
      { policy: 'two_factor', subject: [['group:staff', 'group:managers'], ['user:ada']] },
      { policy: 'one_factor', networks: ['fd00::/8'] },
    ])
    const { name: _, created_at, created_by, updated_at, ...settings } = document
    assert.ok(created_at !== undefined && updated_at !== undefined && created_by === 'command line')
    const { folder } = sallyport(t)
    const again = ['policy', 'create', 'office', '--file', '-', '--json']
    const copy = (await run(again, folder, { ...IN, input: JSON.stringify(settings) })).json()
    assert.deepEqual(copy.rules, document.rules)
    assert.match(
      (await command('policy', 'show', 'office')).out,
      /1\. two_factor for group:staff and group:managers, or user:ada/,
    )
    assert.match((await command('policy', 'list')).out, /^office +2 +deny +0$/m)
  })

  it('is named when a group goes that it speaks of: whom it kept out by it gets further', async t => {
    const { command } = sallyport(t)
    for (const group of ['contractors', 'staff']) await command('group', 'create', group)
    await command('policy', 'create', 'office', '--default', 'one_factor', '--rule', 'deny group:contractors')
    const gone = await command('group', 'delete', 'contractors')
    assert.equal(gone.code, 0, gone.err)
    assert.match(gone.err, /a rule of the policy office is about this group; it fits nobody by it now/)
    assert.doesNotMatch((await command('group', 'delete', 'staff')).err, /policy/)
  })

  it('refuses all mistakes at once, a name that exists and a name that is always there', async t => {
    const { command } = sallyport(t)
    const wrong = await command('policy', 'create', 'deny', '--rule', 'often grop:x 10.0.0.0/99')
    assert.equal(wrong.code, 2)
    for (const member of ['name', 'default_policy', 'rules[0].policy', 'rules[0].subject[0]', 'rules[0].networks[0]'])
      assert.ok(wrong.err.includes(`  ${member}: `), `${member} in ${wrong.err}`)
    await command('policy', 'create', 'office', '--default', 'deny')
    assert.equal((await command('policy', 'create', 'office', '--default', 'deny')).code, 3)
    assert.equal((await command('policy', 'show', 'ofice')).code, 4)
  })

  it('changes what is said, keeps the rest, and writes down before and after', async t => {
    const { command, folder } = sallyport(t)
    await command('policy', 'create', 'office', '--default', 'deny', '--rule', 'one_factor group:staff')
    const changed = (await command('policy', 'edit', 'office', '--default', 'two_factor', '--json')).json()
    assert.deepEqual([changed.default_policy, changed.rules.length], ['two_factor', 1])
    assert.equal((await command('policy', 'edit', 'office')).code, 2)
    const event = (await auditEvents(folder)).find(({ type }) => type === 'policy.changed')
    assert.deepEqual(
      [event?.detail.by, event?.detail['before.default_policy'], event?.detail['after.default_policy']],
      ['command line', 'deny', 'two_factor'],
    )
    assert.deepEqual((await command('policy', 'edit', 'office', '--unset', 'rules', '--json')).json().rules, [])
  })

  it('deletes only what no app names', async t => {
    const { command } = sallyport(t)
    await command('policy', 'create', 'office', '--default', 'deny')
    await command(
      'client',
      'create',
      'Wiki',
      'confidential',
      '--client-id',
      'wiki',
      '-u',
      'https://wiki.example.com/cb',
    )
    await command('client', 'edit', 'wiki', '--set', 'authorization_policy=office')
    const kept = await command('policy', 'delete', 'office')
    assert.equal(kept.code, 3)
    assert.match(kept.err, /named by wiki/)
    assert.deepEqual((await command('policy', 'show', 'office', '--json')).json().clients, ['wiki'])
    await command('client', 'edit', 'wiki', '--unset', 'authorization_policy')
    assert.equal((await command('policy', 'delete', 'office')).code, 0)
    assert.equal((await command('policy', 'delete', 'office')).code, 4)
  })

  it('tries a policy, and says what is wrong with the question', async t => {
    const { command } = sallyport(t)
    await command('account', 'create', 'ada', '--group', 'staff', '--password-stdin')
    const tried = (await command('policy', 'evaluate', 'ada', '--policy', 'two_factor', '--json')).json()
    assert.deepEqual([tried.outcome, tried.decided_by], ['two_factor', 'default_policy'])
    const rows: [string[], RegExp][] = [
      [['grace', '--policy', 'deny'], /username: there is no account grace/],
      [['ada', '--policy', 'one_facto'], /policy: there is no policy one_facto \(did you mean one_factor\?\)/],
      [['ada', '--client', 'wiki'], /client_id: there is no client wiki/],
      [['ada', '--policy', 'deny', '--address', '10.0.0.0/8'], /address: must be an address/],
      [['ada'], /policy: name a policy/],
    ]
    for (const [words, expected] of rows) {
      const refused = await command('policy', 'evaluate', ...words)
      assert.equal(refused.code, 2)
      assert.match(refused.err, expected)
    }
  })
})
