/** `sallyport plan` and `apply` as people and pipelines meet them: what is printed, asked and answered by exit codes. */

import assert from 'node:assert/strict'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { aFolder, auditEvents, run } from '../support/command-line.ts'

const WIKI = 'clients:\n  wiki: { client_name: Wiki, redirect_uris: [https://wiki.example.com/cb] }\n'

function write(folder: string, text: string): void {
  writeFileSync(join(folder, 'sallyport.yaml'), text)
}

describe('sallyport plan', () => {
  it('changes nothing, whatever it shows', async t => {
    const folder = aFolder(t)
    await run(['group', 'create', 'friends'], folder)
    const before = await auditEvents(folder)
    write(folder, `${WIKI}groups: { staff: , friends: { description: Ours } }`)
    const { code, out } = await run(['plan'], folder)
    assert.equal(code, 0)
    assert.equal(
      out,
      [
        '+ groups staff  (sallyport.yaml:3)',
        '~ groups friends  (sallyport.yaml:3): made by hand, belongs to the file from now on',
        '    description  nothing → Ours',
        '+ clients wiki  (sallyport.yaml:2)',
        '    client_name    Wiki',
        '    redirect_uris  https://wiki.example.com/cb',
        '',
        '2 to make, 1 to change.',
        '',
      ].join('\n'),
    )
    assert.deepEqual(await auditEvents(folder), before)
    assert.equal((await run(['client', 'show', 'wiki'], folder)).code, 4)
  })

  it('comes before the first start: what is not there yet is empty, and stays so', async t => {
    const folder = aFolder(t)
    write(folder, 'groups: { friends: }')
    const { code, out, err } = await run(['plan', '--exit-code'], folder)
    assert.deepEqual([code, out], [5, '+ groups friends  (sallyport.yaml:1)\n\n1 to make.\n'])
    assert.match(err, /^There is no database at \/.+ yet: as if it were empty\.$/m)
    assert.deepEqual(readdirSync(folder), ['sallyport.yaml'])
  })

  it('ends with 5 when there is something to do, and with 0 when there is not', async t => {
    const folder = aFolder(t)
    await run(['group', 'create', 'friends'], folder)
    write(folder, 'groups: { friends: }')
    assert.equal((await run(['plan', '--exit-code'], folder)).code, 5)
    assert.equal((await run(['plan'], folder)).code, 0)
    assert.equal((await run(['apply'], folder)).code, 0)
    const { code, out } = await run(['plan', '--exit-code'], folder)
    assert.deepEqual([code, out], [0, 'Nothing to do: everything is as the files say.\n'])
  })

  it('finds nothing to do when lines only moved', async t => {
    const folder = aFolder(t)
    write(folder, 'groups:\n  friends:')
    await run(['apply'], folder)
    write(folder, '\n\ngroups:\n  friends:')
    assert.equal((await run(['plan', '--exit-code'], folder)).code, 0)
    assert.equal((await run(['apply'], folder)).out, 'Nothing to do: everything is as the files say.\n')
  })

  it('prints one JSON value, with what is kept as a number', async t => {
    const folder = aFolder(t)
    write(folder, 'groups: { staff: }')
    await run(['apply'], folder)
    write(folder, `${WIKI}groups: { staff: }`)
    const plan = (await run(['plan', '--json'], folder)).json()
    assert.equal(plan.kept, 1)
    assert.deepEqual(plan.mistakes, [])
    assert.deepEqual(plan.things, [
      {
        resource: 'clients',
        key: 'wiki',
        source: 'sallyport.yaml:2',
        action: 'create',
        fields: [
          { name: 'client_name', after: 'Wiki' },
          { name: 'redirect_uris', after: ['https://wiki.example.com/cb'] },
        ],
        warnings: [],
      },
    ])
  })

  it('never shows a secret, made, changed or taken from elsewhere', async t => {
    const folder = aFolder(t)
    const secrets = ['first-secret-0123456789-abcdefgh', 'second-secret-0123456789-abcdefg']
    mkdirSync(join(folder, 'vault'))
    write(folder, `secrets: { vault: vault }\n${WIKI.replace(' }\n', ', client_secret: "${vault.wiki}" }\n')}`)
    await run(['group', 'create', 'friends'], folder)
    const printed: string[] = []
    for (const secret of secrets) {
      writeFileSync(join(folder, 'vault/wiki'), secret)
      for (const words of [['plan'], ['plan', '--json'], ['apply', '--json']]) {
        const { out, err, code } = await run(words, folder)
        assert.equal(code, 0, err)
        printed.push(out, err)
      }
    }
    for (const secret of secrets) assert.ok(!printed.join('').includes(secret))
    assert.match(printed.join(''), /client_secret +\(secret\) → \(secret\)/)
    assert.ok(!JSON.stringify(await auditEvents(folder)).includes('-secret-0123456789'))
    assert.ok(!readFileSync(join(folder, 'data/sallyport.db')).includes('second-secret-0123456789'))
  })

  it('lists every mistake with its place, and ends with 78', async t => {
    const folder = aFolder(t)
    await run(['group', 'create', 'friends'], folder)
    write(
      folder,
      'clients:\n  wiki: { redirect_uris: ["javascript:x"], authorization_policy: nobody }\n  blog: { client_secret: "${vault.blog}" }',
    )
    const { code, err } = await run(['plan'], folder)
    assert.equal(code, 78)
    assert.match(err, /sallyport\.yaml:2 {2}clients wiki: redirect_uris /)
    assert.match(err, /sallyport\.yaml:2 {2}clients wiki: authorization_policy /)
    assert.match(err, /sallyport\.yaml:3 {2}clients blog: client_secret cannot be read: .*secrets\.vault is not set/)
    assert.equal((await run(['config', 'check'], folder)).code, 0, 'names and shapes are good')
    write(folder, 'clients:\n  wiki: { redirect_uri: x }')
    const checked = await run(['config', 'check'], folder)
    assert.equal(checked.code, 78)
    assert.match(
      checked.err,
      /sallyport\.yaml:2:11 {2}clients\.wiki\.redirect_uri is no field \(did you mean redirect_uris\?\)/,
    )
  })

  it('takes --prune from the setting apply.prune, unless told otherwise', async t => {
    const folder = aFolder(t)
    write(folder, 'groups: { staff: , friends: }')
    await run(['apply'], folder)
    write(folder, 'apply: { prune: true }\ngroups: { staff: }')
    assert.match((await run(['plan'], folder)).out, /^- groups friends/)
    assert.match((await run(['plan', '--no-prune'], folder)).out, /^< groups friends/)
  })

  it('works on the database: with SALLYPORT_SERVER it would be the wrong one', async t => {
    const folder = aFolder(t)
    for (const word of ['plan', 'apply', 'export']) {
      const { code, err } = await run([word], folder, { env: { SALLYPORT_SERVER: 'https://id.example.com' } })
      assert.equal(code, 2)
      assert.match(err, /works on the database, not at https:\/\/id\.example\.com/)
    }
  })

  it('refuses accounts that want the same before the database has either of them', async t => {
    const folder = aFolder(t)
    await run(['group', 'create', 'friends'], folder)
    write(folder, 'accounts:\n  ada: { email: A@example.com }\n  Ada: {}\n  eve: { email: a@example.com }')
    const { code, err } = await run(['plan'], folder)
    assert.equal(code, 78)
    assert.match(err, /sallyport\.yaml:3 {2}accounts Ada: is what ada in sallyport\.yaml:2 signs in with/)
    assert.match(err, /sallyport\.yaml:4 {2}accounts eve: email is what ada in sallyport\.yaml:2 signs in with/)
  })

  it('refuses a thing under another name than its own', async t => {
    const folder = aFolder(t)
    await run(['account', 'create', 'ada', '--email', 'ada@example.com', '--no-password'], folder)
    write(folder, 'accounts: { ada@example.com: }')
    const { code, err } = await run(['plan'], folder)
    assert.equal(code, 78)
    assert.match(err, /accounts ada@example\.com: username is ada: write it under that name/)
  })
})

describe('sallyport apply', () => {
  it('shows the plan to a person and asks; no means no', async t => {
    const folder = aFolder(t)
    write(folder, WIKI)
    const refused = await run(['apply'], folder, { answers: ['n'] })
    assert.equal(refused.code, 1)
    assert.match(refused.err, /\+ clients wiki/)
    assert.match(refused.questions.join(), /^1 to make\. Apply\? \[y\/N\]/)
    assert.equal((await run(['client', 'show', 'wiki'], folder)).code, 4)
    assert.equal((await run(['apply'], folder, { answers: ['y'] })).code, 0)
    assert.equal((await run(['client', 'show', 'wiki'], folder)).code, 0)
  })

  it('deletes nothing that others still need, says who, and then does nothing else either', async t => {
    const folder = aFolder(t)
    write(folder, 'groups: { staff: }\npolicies: { inside: { default_policy: one_factor } }')
    await run(['apply'], folder)
    await run(
      [
        'client',
        'create',
        'Wiki',
        'public',
        '-u',
        'https://wiki.example.com/cb',
        '--client-id',
        'wiki',
        '--set',
        'authorization_policy=inside',
      ],
      folder,
    )
    write(folder, 'groups: { staff: }')
    const kept = await run(['apply', '--prune', '--yes'], folder)
    assert.equal(kept.code, 78)
    assert.match(kept.err, /; nothing was changed\n {2}sallyport\.yaml:2 {2}policies inside: it is named by wiki/)
    write(folder, 'groups: { staff: { description: x } }')
    const rest = await run(['apply', '--prune', '--yes'], folder)
    assert.equal(rest.code, 78)
    assert.doesNotMatch(rest.out, /groups staff/)
    assert.equal((await run(['group', 'show', 'staff', '--json'], folder)).json().description, undefined)
    assert.match(rest.err, /; nothing was changed\n {2}sallyport\.yaml:2 {2}policies inside: it is named by wiki/)
  })

  it('takes the things of sallyport.example.yaml', async t => {
    const folder = aFolder(t)
    const example = readFileSync('sallyport.example.yaml', 'utf8').replaceAll(/^#(?=\w| {2})/gm, '')
    const things = example.slice(example.indexOf('\ngroups:'))
    mkdirSync(join(folder, 'vault'))
    for (const name of ['wiki', 'corporate'])
      writeFileSync(join(folder, 'vault', name), `the secret of ${name}, 0123456789`)
    write(folder, `secrets: { vault: vault }\n${things}`)
    const { code, out, err } = await run(['apply'], folder, { env: { ADA_PASSWORD: 'a long password of ada' } })
    assert.equal(code, 0, err)
    assert.match(out, /Applied: 6 made\./)
  })

  it('prints a secret that was made, once', async t => {
    const folder = aFolder(t)
    write(folder, WIKI)
    const first = await run(['apply'], folder)
    const [, secret = ''] = /client_secret of clients wiki, shown this once: (\S+)/.exec(first.out) ?? []
    assert.ok(secret.length > 20, first.out)
    const second = await run(['apply'], folder)
    assert.ok(!second.out.includes(secret))
  })

  it('tells the audit who it was, and what it was before and after', async t => {
    const folder = aFolder(t)
    write(folder, WIKI)
    await run(['apply'], folder)
    write(folder, WIKI.replace('Wiki,', 'Pages,'))
    await run(['apply'], folder)
    const event = (await auditEvents(folder)).find(({ type }) => type === 'client.changed')
    assert.equal(event?.address, 'cli')
    assert.equal(event?.detail.by, 'sallyport.yaml')
    assert.deepEqual(event?.detail.changed, ['client_name'])
    assert.equal(event?.detail['before.client_name'], 'Wiki')
    assert.equal(event?.detail['after.client_name'], 'Pages')
  })

  it('says what the files own where things are shown', async t => {
    const folder = aFolder(t)
    write(folder, WIKI)
    await run(['apply'], folder)
    const shown = (await run(['client', 'show', 'wiki', '--json'], folder)).json()
    assert.equal(shown.owned_by, 'sallyport.yaml:2')
  })

  it('lets a field go back to its standard when the file says nothing any more', async t => {
    const folder = aFolder(t)
    write(folder, WIKI.replace(' }\n', ', description: x, disabled: true }\n'))
    await run(['apply'], folder)
    write(folder, WIKI)
    await run(['apply'], folder)
    const shown = (await run(['client', 'show', 'wiki', '--json'], folder)).json()
    assert.deepEqual([shown.description, shown.disabled], [undefined, false])
  })
})
