/** `sallyport attribute …` and `sallyport consent …`: the real program, in the database and at a running server. */

import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { aFolder, auditEvents, run } from '../support/command-line.ts'
import { type ManagedApp, startManagedApp } from '../support/managed-app.ts'

describe('attribute commands', () => {
  it('define, list, show, edit and delete, and tell the audit', async t => {
    const cwd = aFolder(t)
    const words = [
      'attribute',
      'create',
      'size',
      '--title',
      'Shirt size',
      '--choice',
      's',
      '--choice',
      'm',
      '--scope',
      'work',
    ]
    const made = (await run([...words, '--json'], cwd)).json()
    assert.deepEqual(
      [made.name, made.title, made.type, made.list, made.choices, made.scopes, made.created_by],
      ['size', 'Shirt size', 'text', false, ['s', 'm'], ['work'], 'command line'],
    )
    assert.equal((await run(words, cwd)).code, 3)
    assert.match((await run(['attribute', 'list'], cwd)).out, /^size +text +size +work +Shirt size$/m)
    assert.match((await run(['attribute', 'show', 'size'], cwd)).out, /^title +Shirt size$/m)
    const edit = ['attribute', 'edit', 'size', '--choice', '', '--list', '--claim', 'sizes', '--json']
    const changed = (await run(edit, cwd)).json()
    assert.deepEqual([changed.choices, changed.list, changed.claim, changed.scopes], [[], true, 'sizes', ['work']])
    assert.equal((await run(['attribute', 'edit', 'size'], cwd)).code, 2)
    await run(['account', 'create', 'ada', '--no-password', '--attribute', 'size=s,m'], cwd)
    const ada = (await run(['account', 'show', 'ada', '--json'], cwd)).json()
    assert.deepEqual(ada.attributes, { size: ['s', 'm'] })
    const refused = await run(['attribute', 'edit', 'size', '--no-list'], cwd)
    assert.deepEqual([refused.code, refused.err.includes('ada: the size of this account is none')], [3, true])
    const gone = await run(['attribute', 'delete', 'size'], cwd)
    assert.deepEqual([gone.code, gone.out], [0, 'Deleted the attribute size.\n'])
    assert.match(gone.err, /warning: 1 account keeps a value of size/)
    assert.equal((await run(['attribute', 'show', 'size'], cwd)).code, 4)
    const types = (await auditEvents(cwd)).map(({ type }) => type).filter(type => type.startsWith('attribute.'))
    assert.deepEqual(types, ['attribute.created', 'attribute.changed', 'attribute.deleted'])
  })

  it('say what is wrong, all of it, before anything is made', async t => {
    const { code, err } = await run(['attribute', 'create', 'email', '--scope', 'openid'], aFolder(t))
    assert.equal(code, 2)
    assert.match(err, /the attribute was not created:\n {2}name: email is a standard claim/)
    assert.match(err, /scopes: openid is about something else/)
  })
})

describe('accounts, identities and consents at a running server', () => {
  let managed: ManagedApp
  before(async () => {
    managed = await startManagedApp()
  })
  after(() => managed.close())

  it('have the same words and answers as in the database', async () => {
    const words = ['account', 'create', 'remote', '--name', 'Re Mote', '--group', 'staff', '--password-stdin', '--json']
    const made = (await managed.remote(words, { input: 'a password over the wire\n' })).json()
    const here = (await managed.local(['account', 'show', 'remote', '--json'])).json()
    const { identities, ...rest } = here
    assert.deepEqual({ ...rest, outcome: 'created' }, made)
    assert.deepEqual(identities, [])
    assert.equal(
      (await managed.remote(['account', 'show', 'remote'])).out,
      (await managed.local(['account', 'show', 'remote'])).out,
    )
    assert.equal((await managed.remote(['account', 'set-password', 'remot', '--password-stdin'])).code, 4)
    const short = await managed.remote(['account', 'set-password', 'remote', '--password-stdin'], { input: 'short' })
    assert.deepEqual([short.code, short.err.includes('password: must have at least')], [2, true])
    assert.equal(
      (await managed.remote(['account', 'disable', 'remote'])).out,
      'The account remote is disabled; its sessions have ended.\n',
    )
    assert.deepEqual((await managed.remote(['account', 'delete', 'remote', '--json'])).json(), { deleted: ['remote'] })
  })

  it('list, show and withdraw what somebody allowed', async () => {
    const { app } = managed
    const account = await app.enrol({ username: 'giver' })
    const { client } = await app.register({ clientId: 'taker' })
    const { consents, commit } = app.house.repositories
    await commit([
      consents.put({
        accountId: account.id,
        clientUid: client.uid,
        scopes: ['email', 'openid'],
        grantedAt: new Date('2026-01-02'),
      }),
    ])
    assert.match(
      (await managed.remote(['consent', 'list', '--account', 'giver'])).out,
      /^giver +taker +email, openid +2026-01-02$/m,
    )
    assert.equal((await managed.local(['consent', 'list', '--client', 'nobody'])).code, 4)
    assert.match(
      (await managed.local(['consent', 'show', 'giver', 'taker'])).out,
      /^granted_at +2026-01-02T00:00:00Z$/m,
    )
    const done = await managed.remote(['consent', 'withdraw', 'giver', 'taker'])
    assert.equal(done.out, 'taker has to ask giver again; its tokens have ended.\n')
    assert.equal((await managed.remote(['consent', 'withdraw', 'giver', 'taker'])).code, 4)
    assert.equal(
      (await managed.local(['consent', 'list'])).err,
      'Nobody has allowed anything that would be remembered.\n',
    )
  })
})
