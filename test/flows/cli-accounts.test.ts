/** `sallyport account …` and `setup-link`: the real program on a real SQLite file. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { aFolder, auditEvents, run } from '../support/command-line.ts'

describe('account commands', () => {
  it('create an account with every kind of attribute', async t => {
    const words = [
      'account',
      'create',
      'ada',
      '--email',
      'ada@example.com',
      '--name',
      'Ada',
      '--group',
      'users',
      '--group',
      'admins',
    ]
    const attributes = [
      '--attribute',
      'address.locality=Berlin',
      '--attribute',
      'phone_number_verified=true',
      '--role',
      'administrator',
    ]
    const options = ['--password-stdin', '--json']
    const account = (await run([...words, ...attributes, ...options], aFolder(t), { input: 'correct horse\n' })).json()
    const { sub, created_at: _, updated_at: __, ...rest } = account
    assert.match(sub, /^[0-9a-f-]{36}$/)
    assert.deepEqual(rest, {
      username: 'ada',
      outcome: 'created',
      email: 'ada@example.com',
      email_verified: true,
      role: 'administrator',
      groups: ['admins', 'users'],
      attributes: { name: 'Ada', address: { locality: 'Berlin' }, phone_number_verified: true },
      has_password: true,
      created_by: 'command line',
    })
  })

  it('take every value from the environment, an address in JSON included (C6)', async t => {
    const env = {
      SALLYPORT_ACCOUNT_NAME: 'ada',
      SALLYPORT_ACCOUNT_PASSWORD: 'correct horse',
      SALLYPORT_ACCOUNT_GROUPS: 'users,admins',
      SALLYPORT_ACCOUNT_ATTRIBUTES: 'locale=de\naddress={"locality":"Berlin","country":"DE"}',
    }
    const account = (await run(['account', 'create', '--json'], aFolder(t), { env })).json()
    assert.deepEqual([account.username, account.has_password, account.groups], ['ada', true, ['admins', 'users']])
    assert.deepEqual(account.attributes, { locale: 'de', address: { locality: 'Berlin', country: 'DE' } })
  })

  it('list state and role in columns of their own', async t => {
    const cwd = aFolder(t)
    await run(['account', 'create', 'ada', '--no-password', '--role', 'administrator'], cwd)
    await run(['account', 'create', 'bob', '--no-password'], cwd)
    await run(['account', 'disable', 'bob'], cwd)
    const [head, ...rows] = (await run(['account', 'list'], cwd)).out.trimEnd().split('\n')
    assert.match(head ?? '', /^NAME +E-MAIL +STATE +ROLE +GROUPS +CREATED$/)
    assert.match(rows[0] ?? '', /^ada +active +administrator +\d{4}-/)
    assert.match(rows[1] ?? '', /^bob +disabled +\d{4}-/)
  })

  it('list a text that is no KEY=VALUE together with the other mistakes', async t => {
    const words = ['account', 'create', 'ada', '--no-password', '--attribute', 'locale', '--email', 'nowhere']
    const { code, err } = await run(words, aFolder(t))
    assert.equal(code, 2)
    assert.match(err, /the account was not created:\n {2}--attribute: locale: write KEY=VALUE.*\n {2}email: /)
  })

  it('never ask when nobody is there, and ask twice when somebody is', async t => {
    const cwd = aFolder(t)
    const alone = await run(['account', 'create', 'ada'], cwd)
    assert.deepEqual([alone.code, alone.questions], [2, []])
    assert.match(alone.err, /no password was given: use --password-stdin/)
    const differing = await run(['account', 'create', 'ada'], cwd, { answers: ['correct horse', 'correct house'] })
    assert.deepEqual([differing.code, differing.questions], [2, ['New password: ', 'The same again: ']])
    assert.equal(
      (await run(['account', 'create', 'ada'], cwd, { answers: ['correct horse', 'correct horse'] })).code,
      0,
    )
    assert.equal((await run(['account', 'create', 'bot', '--no-password'], cwd)).code, 0)
  })

  it('hold passwords to passwords.min_length', async t => {
    const options = { input: 'ten chars!', env: { SALLYPORT_PASSWORDS_MIN_LENGTH: '12' } }
    const { code, err } = await run(['account', 'create', 'ada', '--password-stdin'], aFolder(t), options)
    assert.equal(code, 2)
    assert.match(err, /password: must have at least 12 characters/)
  })

  it('refuse a user name or e-mail address that is taken, in any case', async t => {
    const cwd = aFolder(t)
    await run(['account', 'create', 'ada', '--email', 'ada@example.com', '--no-password'], cwd)
    assert.equal((await run(['account', 'create', 'ADA', '--no-password'], cwd)).code, 3)
    const taken = await run(['account', 'create', 'bob', '--email', 'Ada@Example.com', '--no-password'], cwd)
    assert.deepEqual([taken.code, taken.out], [3, ''])
    assert.equal((await run(['account', 'create', 'ada', '--no-password', '--if-not-exists'], cwd)).code, 0)
    const replace = ['account', 'create', 'ada', '--no-password', '--replace', '--name', 'Ada', '--json']
    assert.deepEqual((await run(replace, cwd)).json().attributes, { name: 'Ada' })
  })

  it('disable, enable, give a new password and delete; old sessions end', async t => {
    const cwd = aFolder(t)
    await run(['account', 'create', 'ada', '--no-password'], cwd)
    assert.ok((await run(['account', 'disable', 'ada', '--json'], cwd)).json().disabled_at)
    const enabled = (await run(['account', 'enable', 'ada', '--json'], cwd)).json()
    assert.equal('disabled_at' in enabled, false)
    const password = await run(['account', 'set-password', 'ada', '--password-stdin', '--json'], cwd, {
      input: 'correct horse',
    })
    assert.equal(password.json().has_password, true)
    assert.equal((await run(['account', 'set-password', 'adda', '--password-stdin'], cwd)).code, 4)
    assert.deepEqual((await run(['account', 'delete', 'ADA', '--json'], cwd)).json(), { deleted: ['ada'] })
    assert.equal((await run(['account', 'show', 'ada'], cwd)).code, 4)
    const types = (await auditEvents(cwd)).map(({ type }) => type)
    assert.deepEqual(types, [
      'account.created',
      'account.disabled',
      'account.enabled',
      'account.password-set',
      'account.deleted',
    ])
  })

  it('give the set-up link until there is an administrator', async t => {
    const cwd = aFolder(t)
    await run(['account', 'create', 'ada', '--no-password'], cwd)
    const { out } = await run(['setup-link'], cwd, { env: { SALLYPORT_ISSUER: 'https://id.example' } })
    assert.match(out, /^https:\/\/id\.example\/setup\?token=[\w-]+\n$/)
    await run(['account', 'create', 'root', '--role', 'administrator', '--no-password'], cwd)
    assert.equal((await run(['setup-link'], cwd)).code, 3)
    assert.equal((await run(['account', 'delete', 'ada'], cwd)).err, '')
  })

  it('keep the last administrator: not deleted, not locked, not made less', async t => {
    const cwd = aFolder(t)
    await run(['account', 'create', 'root', '--role', 'administrator', '--no-password'], cwd)
    const attempts = [
      ['delete', 'root'],
      ['disable', 'root'],
      ['edit', 'root', '--role', 'operator'],
      ['edit', 'root', '--no-role'],
      ['create', 'root', '--replace', '--no-password'],
    ]
    for (const words of attempts) {
      const { code, err } = await run(['account', ...words], cwd)
      assert.equal(code, 3, words.join(' '))
      assert.match(err, /root is the last administrator: make somebody else one first/)
    }
    await run(['account', 'create', 'ada', '--role', 'administrator', '--no-password'], cwd)
    assert.equal((await run(['account', 'delete', 'root'], cwd)).code, 0)
  })

  it('edit what is named and leave the rest', async t => {
    const cwd = aFolder(t)
    const made = ['--email', 'ada@example.com', '--group', 'users', '--attribute', 'address.locality=Berlin']
    await run(['account', 'create', 'ada', '--no-password', '--name', 'Ada', ...made], cwd)
    const edit = (...words: readonly string[]) => run(['account', 'edit', ...words, '--json'], cwd)
    const moved = await edit(
      'ada',
      '--add-group',
      'staff',
      '--remove-group',
      'users',
      '--attribute',
      'address.country=DE',
    )
    assert.deepEqual(moved.json().groups, ['staff'])
    assert.deepEqual(moved.json().attributes, { name: 'Ada', address: { locality: 'Berlin', country: 'DE' } })
    const renamed = await edit(
      'ada@example.com',
      '--rename',
      'countess',
      '--name',
      '',
      '--attribute',
      'address.country=',
    )
    assert.deepEqual(
      [renamed.json().username, renamed.json().attributes, renamed.json().email],
      ['countess', { address: { locality: 'Berlin' } }, 'ada@example.com'],
    )
    const unverified = (await edit('countess', '--email', 'c@example.com', '--email-unverified')).json()
    assert.deepEqual(
      [unverified.email, unverified.email_verified, unverified.updated_by],
      ['c@example.com', false, 'command line'],
    )
    assert.equal('email' in (await edit('countess', '--email', '')).json(), false)
    assert.equal((await edit('countess')).code, 2)
    assert.equal((await edit('ada', '--name', 'x')).code, 4)
    assert.match(
      (await run(['account', 'edit', 'countess', '--attribute', 'nmae=x'], cwd)).err,
      /nmae: is no attribute/,
    )
  })

  it('list those that are looked for', async t => {
    const cwd = aFolder(t)
    await run(['account', 'create', 'ada', '--no-password', '--name', 'Ada Lovelace', '--group', 'staff'], cwd)
    await run(['account', 'create', 'bob', '--no-password', '--email', 'bob@lovelace.example'], cwd)
    await run(['account', 'create', 'eve', '--no-password', '--group', 'staff'], cwd)
    const names = async (...words: readonly string[]) =>
      (await run(['account', 'list', '--json', ...words], cwd))
        .json()
        .map(({ username }: { username: string }) => username)
    assert.deepEqual(await names(), ['ada', 'bob', 'eve'])
    assert.deepEqual(await names('--search', 'LOVELACE'), ['ada', 'bob'])
    assert.deepEqual(await names('--group', 'staff', '--sort', '-username'), ['eve', 'ada'])
    assert.deepEqual(await names('--limit', '1'), ['ada'])
  })
})
