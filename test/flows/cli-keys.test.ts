/** `sallyport key …`, and secrets that are keys: the real program on a real SQLite file. */

import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { createClientKeys } from '../../src/core/clients/client-keys.ts'
import { aFolder, auditEvents, inHouse, run } from '../support/command-line.ts'

/** A database as the first start leaves it. */
async function aStartedHouse(cwd: string): Promise<void> {
  await run(['client', 'create', 'Wiki', 'public', '--client-id', 'wiki', '-u', 'myapp:/cb'], cwd)
  await inHouse(cwd, house => house.openKeys())
}

async function keysIn(cwd: string): Promise<readonly Readonly<Record<string, string>>[]> {
  return (await run(['key', 'list', '--json'], cwd)).json()
}

describe('key commands', () => {
  it('list the keys that sign and that are encrypted to, none of our own secrets', async t => {
    const cwd = aFolder(t)
    await aStartedHouse(cwd)
    assert.deepEqual((await keysIn(cwd)).map(({ alg, state }) => `${alg} ${state}`).sort(), [
      'ECDH-ES in use',
      'ES256 in use',
      'EdDSA in use',
      'RS256 in use',
      'RSA-OAEP in use',
    ])
    const { out } = await run(['key', 'list'], cwd)
    assert.match(out, /^ALG +KID +STATE +CREATED +PUBLISHED UNTIL\n/)
    assert.doesNotMatch(out, /handle|pairwise/)
  })

  it('say so when there are none yet', async t => {
    const cwd = aFolder(t)
    await run(['client', 'create', 'Wiki', 'public', '--client-id', 'wiki', '-u', 'myapp:/cb'], cwd)
    const { code, err } = await run(['key', 'list'], cwd)
    assert.equal(code, 0)
    assert.match(err, /^There are no keys yet/)
    assert.deepEqual(await keysIn(cwd), [])
  })

  it('(37) put a new key in the place of the old one, which stays for as long as was said, and can be taken away', async t => {
    const cwd = aFolder(t)
    await aStartedHouse(cwd)
    const old = (await keysIn(cwd)).find(({ alg }) => alg === 'RS256')?.kid ?? assert.fail()
    const { out } = await run(['key', 'rotate', 'RS256', '--keep', '12h'], cwd)
    assert.match(out, new RegExp(`^new key {2}[\\w-]{43}\nold key {2}${old}, published until 20\\S+Z\n$`))
    const { retired_at, unpublish_at, state } = (await keysIn(cwd)).find(({ kid }) => kid === old) ?? assert.fail()
    assert.equal(state, 'published')
    assert.equal(Date.parse(unpublish_at ?? '') - Date.parse(retired_at ?? ''), 12 * 3_600_000)

    const retired = await run(['key', 'retire', old], cwd)
    assert.equal(retired.out, `The RS256 key ${old} is gone.\n`)
    assert.equal((await run(['key', 'retire', old], cwd)).code, 4)
    assert.ok(!(await keysIn(cwd)).some(({ kid }) => kid === old))
    const told = (await auditEvents(cwd)).filter(({ type }) => type.startsWith('key.'))
    assert.deepEqual(
      told.map(({ type, address, detail }) => [type, address, detail.old_kid ?? detail.kid]),
      [
        ['key.rotated', 'cli', old],
        ['key.retired', 'cli', old],
      ],
    )
  })

  it('make the key of an algorithm that nobody has asked for', async t => {
    const cwd = aFolder(t)
    await aStartedHouse(cwd)
    const made = (await run(['key', 'rotate', 'PS512', '--json'], cwd)).json()
    assert.deepEqual(Object.keys(made).sort(), ['alg', 'kid'])
  })

  it('refuse what is no key, what is in use, and a wrong duration, all at once', async t => {
    const cwd = aFolder(t)
    await aStartedHouse(cwd)
    const { code, err } = await run(['key', 'rotate', 'RS257', '--keep', 'soon'], cwd)
    assert.equal(code, 2)
    assert.match(err, /alg: "RS257" is no key.*RS256/)
    assert.match(err, /--keep: must be a duration/)
    const [first] = await keysIn(cwd)
    const refused = await run(['key', 'retire', first?.kid ?? ''], cwd)
    assert.equal(refused.code, 2)
    assert.match(refused.err, /is the \S+ key in use: rotate \S+ first/)
  })

  it('seal nothing under another master key than the server (exit code 78)', async t => {
    const cwd = aFolder(t)
    await aStartedHouse(cwd)
    const env = { SALLYPORT_MASTER_KEY: 'another master key, 32 characters or more' }
    assert.equal((await run(['key', 'rotate', 'RS256'], cwd, { env })).code, 78)
    const create = ['client', 'create', 'Mac', 'confidential', '-u', 'https://a.example/cb', '--alg', 'HS256']
    assert.equal((await run(create, cwd, { env })).code, 78)
  })
})

describe('the secret of a client', () => {
  const create = [
    'client',
    'create',
    'Mac',
    'confidential',
    '--client-id',
    'mac',
    '-u',
    'https://a.example/cb',
    '--json',
  ]
  const readable = (cwd: string) =>
    inHouse(cwd, async house => {
      const client = (await house.repositories.clients.findByClientId('mac')) ?? assert.fail()
      const sealer = await house.openSealer()
      const fetch = () => assert.fail('nothing is fetched')
      return createClientKeys({ fetch, sealer, clock: house.clock }).secretsOf(client, house.clock.now())
    })

  it('is kept as a hash, and the master key is not even opened', async t => {
    const cwd = aFolder(t)
    assert.equal((await run(create, cwd)).code, 0)
    assert.equal(existsSync(join(cwd, 'data/master.key')), false)
  })

  it('is kept sealed where it signs ID tokens, and so is the next one (OIDC Core §10.1)', async t => {
    const cwd = aFolder(t)
    const made = (await run([...create, '--alg', 'HS256'], cwd)).json()
    assert.deepEqual(await readable(cwd), [made.client_secret])
    const rotated = (await run(['client', 'rotate-secret', 'mac', '--overlap', '1h', '--json'], cwd)).json()
    assert.deepEqual(await readable(cwd), [rotated.client_secret, made.client_secret])
    for (const words of [
      ['client', 'show', 'mac', '--json'],
      ['client', 'list', '--json'],
    ]) {
      const { out } = await run(words, cwd)
      assert.doesNotMatch(out, /sealed/)
      assert.ok(!out.includes(rotated.client_secret))
    }
  })

  it('is replaced when the client begins to need it as a key', async t => {
    const cwd = aFolder(t)
    await run(create, cwd)
    const edited = (await run(['client', 'edit', 'mac', '--alg', 'HS256', '--json'], cwd)).json()
    assert.deepEqual(await readable(cwd), [edited.client_secret])
  })

  it('that was chosen has to be long enough for its MAC (OIDC Core §16.19)', async t => {
    const cwd = aFolder(t)
    const { code, err } = await run([...create, '--alg', 'HS256', '--client-secret', 'short'], cwd)
    assert.equal(code, 2)
    assert.match(err, /must have at least 32 characters/)
  })
})
