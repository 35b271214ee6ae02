/** `client create --file`, `--set`, `--unset`, `client show`, `profile …`: clients by their registered metadata, on a real SQLite file. */

import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { aFolder, execute, inHouse, LAUNCHER, run } from '../support/command-line.ts'

const JWK = {
  ...generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'jwk' }),
  kid: 'app-1',
  use: 'sig',
}
const METADATA = {
  client_name: 'Bank',
  'client_name#de': 'Die Bank',
  redirect_uris: ['https://bank.example/cb'],
  response_types: ['code'],
  grant_types: ['authorization_code', 'refresh_token', 'client_credentials'],
  scope: 'openid email',
  contacts: ['it@bank.example'],
  token_endpoint_auth_method: 'private_key_jwt',
  token_endpoint_auth_signing_alg: 'ES256',
  jwks: { keys: [JWK] },
  profile: 'fapi2',
  access_token_lifetime: 300,
  default_acr_values: ['urn:mfa'],
}

describe('client create --file', () => {
  it('takes the metadata by its registered names, from a file and from standard input (RFC 7591 §2)', async t => {
    const cwd = aFolder(t)
    writeFileSync(join(cwd, 'bank.json'), JSON.stringify({ ...METADATA, client_id: 'bank' }))
    const created = await execute(LAUNCHER, ['client', 'create', '--file', 'bank.json', '--json'], cwd)
    assert.equal(created.code, 0, created.err)
    const printed = JSON.parse(created.out)
    const { token_endpoint_auth_method: method, ...same } = METADATA
    for (const [name, value] of Object.entries(same)) assert.deepEqual(printed[name], value, name)
    assert.deepEqual([printed.token_endpoint_auth_method, printed.token_endpoint_auth_methods], [method, [method]])
    // RFC 7591 §3.2.1: who proves itself with a key is given no secret.
    assert.deepEqual(
      [printed.client_id, printed.client_type, 'client_secret' in printed],
      ['bank', 'confidential', false],
    )
    const input = JSON.stringify({ token_endpoint_auth_method: 'none', redirect_uris: ['https://spa.example/cb'] })
    const fromInput = await run(['client', 'create', '--file', '-', '--client-id', 'spa', '--json'], cwd, { input })
    assert.deepEqual([fromInput.json().client_type, fromInput.json().client_name], ['public', 'spa'])
  })

  it('takes what client show prints: the same client again, with another name', async t => {
    const cwd = aFolder(t)
    const input = JSON.stringify(METADATA)
    await run(['client', 'create', '--file', '-', '--client-id', 'one'], cwd, { input })
    const shown = await run(['client', 'show', 'one', '--json'], cwd)
    const again = await run(['client', 'create', '--file', '-', '--client-id', 'two', '--json'], cwd, {
      input: shown.out,
    })
    assert.equal(again.code, 0, again.err)
    const withoutIdentity = ({
      client_id: _,
      outcome: __,
      created_at: ___,
      updated_at: ____,
      ...rest
    }: Record<string, unknown>) => rest
    assert.deepEqual(withoutIdentity(again.json()), withoutIdentity(shown.json()))
  })

  it('lets --set win over the file, and options over --set', async t => {
    const cwd = aFolder(t)
    const input = JSON.stringify({
      client_name: 'A',
      scope: 'openid',
      contacts: ['a@a.example'],
      consent_mode: 'never',
    })
    const words = ['--set', 'scope=openid email', '--set', 'contacts=b@b.example', '--consent', 'always']
    const set = ['--set', 'contacts=c@c.example', '--set', 'consent_ttl=90d', '--set', 'consent_mode=remember']
    const made = (
      await run(['client', 'create', 'B', '--file', '-', ...words, ...set, '--json'], cwd, { input })
    ).json()
    assert.deepEqual(
      [made.client_name, made.scope, made.contacts, made.consent_mode, made.consent_ttl],
      ['B', 'openid email', ['b@b.example', 'c@c.example'], 'always', 90 * 86_400],
    )
    assert.match(made.client_secret, /^[\w-]{43}$/)
  })

  it('reports all mistakes at once: names, kinds and rules', async t => {
    const cwd = aFolder(t)
    const input = JSON.stringify({ redirect_uri: 'https://a.example', client_name: 5, frontchannel_logout: true })
    const unread = await run(['client', 'create', '--file', '-', '--set', 'logo_url=x', '--set', 'scope'], cwd, {
      input,
    })
    assert.equal(unread.code, 2)
    assert.deepEqual(unread.err.trimEnd().split('\n'), [
      'sallyport: the client was not created:',
      '  logo_url: is no client metadata (did you mean logo_uri?)',
      '  --set: "scope" must be NAME=VALUE',
      '  redirect_uri: is no client metadata (did you mean redirect_uris?)',
      '  frontchannel_logout: is no client metadata',
      '  client_name: must be a text',
    ])
    const wrong = ['jwks_uri=http://a.example/jwks', 'request_uris=ftp://x', 'scope=emial', 'profile=fapi2']
    const words = wrong.flatMap(text => ['--set', text])
    const ruled = await run(['client', 'create', 'W', 'public', '--client-id', 'w', ...words], cwd)
    assert.equal(ruled.code, 2)
    for (const name of ['jwks_uri', 'request_uris', 'scope', 'client_type']) {
      assert.match(ruled.err, new RegExp(`^  ${name}: `, 'm'))
    }
    assert.deepEqual((await run(['client', 'list', '--json'], cwd)).json(), [])
  })

  it('refuses a file that is none, or no JSON object', async t => {
    const cwd = aFolder(t)
    writeFileSync(join(cwd, 'list.json'), '[]')
    const none = await run(['client', 'create', '--file', 'absent.json'], cwd)
    assert.equal(none.code, 2)
    assert.match(none.err, /--file: ENOENT/)
    assert.match((await run(['client', 'create', '--file', 'list.json'], cwd)).err, /list\.json is not one JSON object/)
    assert.equal((await run(['client', 'create', '--file', '-'], cwd, { input: '{' })).code, 2)
  })
})

describe('client edit --set and --unset', () => {
  it('change metadata of every kind, and take it away again', async t => {
    const cwd = aFolder(t)
    await run(['client', 'create', 'W', 'confidential', '--client-id', 'w', '-u', 'https://w.example/cb'], cwd)
    const set = [
      'client_name#de=Unser Wiki',
      'client_name#fr=Notre wiki',
      'default_acr_values=urn:a,urn:b',
      'request_uris=["https://w.example/r#1"]',
      'require_auth_time=yes',
      'access_token_lifetime=10m',
      'access_token_format=jwt',
      `jwks=${JSON.stringify({ keys: [JWK] })}`,
      'scope=openid groups',
      'description=',
    ]
    const changed = (await run(['client', 'edit', 'w', ...set.flatMap(text => ['--set', text]), '--json'], cwd)).json()
    assert.deepEqual(
      [changed['client_name#de'], changed.default_acr_values, changed.request_uris, changed.require_auth_time],
      ['Unser Wiki', ['urn:a', 'urn:b'], ['https://w.example/r#1'], true],
    )
    assert.deepEqual(
      [changed.access_token_lifetime, changed.access_token_format, changed.jwks, changed.scope],
      [600, 'jwt', { keys: [JWK] }, 'openid groups'],
    )
    const unset = ['client_name#de', 'jwks', 'access_token_lifetime', 'require_auth_time', 'scope']
    const back = (await run(['client', 'edit', 'w', ...unset.flatMap(name => ['--unset', name]), '--json'], cwd)).json()
    for (const name of unset.slice(0, 4)) assert.equal(name in back, false, name)
    assert.deepEqual([back['client_name#fr'], back.default_acr_values], ['Notre wiki', ['urn:a', 'urn:b']])
    assert.match(back.scope, /^openid profile /)
  })

  it('hold the result to the rules, and name what is unknown or cannot be taken away', async t => {
    const cwd = aFolder(t)
    await run(['client', 'create', 'W', 'confidential', '--client-id', 'w', '-u', 'https://w.example/cb'], cwd)
    const wrong = ['redirect_uri=x', 'require_pkce=maybe', 'client_secret=x', 'id_token_lifetime=soon']
    const unknown = [...wrong.flatMap(text => ['--set', text]), '--unset', 'jwk', '--unset', 'client_type']
    const refused = await run(['client', 'edit', 'w', ...unknown], cwd)
    assert.equal(refused.code, 2)
    assert.deepEqual(refused.err.trimEnd().split('\n'), [
      'sallyport: the client w was not changed:',
      '  redirect_uri: is no client metadata (did you mean redirect_uris?)',
      '  require_pkce: must be true or false',
      '  client_secret: is said with --client-secret when the client is created; sallyport client rotate-secret changes it',
      '  id_token_lifetime: must be a time such as 30s, 10m or 90d, or a number of seconds',
      '  jwk: is no client metadata (did you mean jwks?)',
      '  client_type: cannot be taken away',
    ])
    const ruled = await run(['client', 'edit', 'w', '--set', 'response_types=code id_token'], cwd)
    assert.match(ruled.err, /grant_types: response type "code id_token" needs implicit/)
    const grants = ['--set', 'grant_types=authorization_code,implicit,refresh_token']
    const both = await run(
      ['client', 'edit', 'w', '--set', 'response_types=code id_token,code', ...grants, '--json'],
      cwd,
    )
    assert.deepEqual(both.json().response_types, ['code id_token', 'code'])
  })

  it('make a new secret where the old one, a hash, would have to be a key (OIDC Core §10.1)', async t => {
    const cwd = aFolder(t)
    await run(['client', 'create', 'W', 'confidential', '--client-id', 'w', '-u', 'https://w.example/cb'], cwd)
    const turned = await run(['client', 'edit', 'w', '--set', 'id_token_signed_response_alg=HS256', '--json'], cwd)
    assert.equal(turned.code, 0, turned.err)
    assert.match(turned.err, /warning: A new secret was made/)
    assert.match(turned.json().client_secret, /^[\w-]{43,64}$/)
    const stored = await inHouse(cwd, ({ repositories }) => repositories.clients.findByClientId('w'))
    assert.deepEqual(
      stored?.secrets.map(({ sealed }) => sealed !== undefined),
      [true, false],
    )
  })
})

describe('client show', () => {
  it('prints registered names, to people as to programs', async t => {
    const cwd = aFolder(t)
    await run(['client', 'create', '--file', '-', '--client-id', 'bank'], cwd, { input: JSON.stringify(METADATA) })
    const { out } = await run(['client', 'show', 'bank'], cwd)
    assert.match(out, /^client_id +bank$/m)
    assert.match(out, /^client_name#de +Die Bank$/m)
    assert.match(out, /^scope +openid email$/m)
    assert.match(out, /^grant_types +authorization_code, refresh_token, client_credentials$/m)
    assert.match(out, /^dpop_bound_access_tokens +yes$/m)
    assert.match(out, /^jwks +\{"keys":\[/m)
  })
})

describe('profile commands', () => {
  it('list the profiles and show their rules, with sections', async t => {
    const cwd = aFolder(t)
    const names = (await run(['profile', 'list', '--json'], cwd)).json().map(({ name }: { name: string }) => name)
    assert.deepEqual(names, ['default', 'oauth2.1', 'fapi1-advanced', 'fapi2'])
    const { rules } = (await run(['profile', 'show', 'fapi2', '--json'], cwd)).json()
    assert.ok(rules.some(({ name }: { name: string }) => name === 'pushed_requests'))
    assert.match((await run(['profile', 'show', 'fapi2'], cwd)).out, /^pushed_requests +.*FAPI 2\.0 §5\.3\.2\.2-3$/m)
    const unknown = await run(['profile', 'show', 'fapi'], cwd)
    assert.deepEqual([unknown.code, /did you mean fapi2/.test(unknown.err)], [4, true])
  })
})
