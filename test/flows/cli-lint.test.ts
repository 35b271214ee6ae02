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

const GOOD_FILES: Readonly<Record<string, string>> = {
  'a home with its apps behind a proxy': `issuer: https://auth.home.example
listen: 0.0.0.0:9091
proxies: { trusted: [172.18.0.0/16, fd00:18::/64] }
groups:
  admins: { description: They look after it. }
  family: {}
accounts:
  ada: { email: ada@home.example, groups: [admins, family], role: administrator, password_hash: '\${env.ADA_HASH}' }
policies:
  admins-only:
    default_policy: deny
    rules:
      - { policy: one_factor, subject: [group:admins] }
  at-home:
    default_policy: deny
    rules:
      - { policy: one_factor, subject: [group:family], networks: [192.168.178.0/24, fd00:178::/64] }
      - { policy: one_factor, subject: [user:ada] }
clients:
  grafana:
    client_name: Grafana
    client_secret_hash: $pbkdf2-sha512$310000$c8p78n7pUMln0jzvd4aK4Q$JNRBzwAo0ek5qKn50cFzzvE9RXV88h1wJn5KGiHrD0YKtZaR/nCb2CJPOsKaPK0hjf.9yHxzQGZziziccp6Yng
    redirect_uris: [https://grafana.home.example/login/generic_oauth]
    scope: openid profile email groups
    authorization_policy: admins-only
    require_pkce: true
  jellyfin:
    client_name: Jellyfin
    client_secret: \${file:/run/secrets/jellyfin}
    redirect_uris: [https://jellyfin.home.example/sso/OID/redirect/sallyport]
    authorization_policy: at-home
    require_pkce: true
`,
  'a shop with a page, phones, a television, a nightly job and an API': `issuer: https://id.shop.example
listen: 127.0.0.1:8080
proxies: { trusted: [127.0.0.1] }
resources:
  - { uri: https://api.shop.example, scopes: [orders.read, orders.write] }
clients:
  shop-web: { client_name: Shop, client_type: public, redirect_uris: [https://shop.example/callback, https://shop.example/silent.html], post_logout_redirect_uris: [https://shop.example/] }
  shop-app: { client_name: Shop for phones, client_type: public, application_type: native, redirect_uris: ['com.example.shop:/cb', 'http://127.0.0.1/cb', 'http://[::1]/cb'] }
  shop-tv: { client_name: Shop on TV, client_type: public, grant_types: ['urn:ietf:params:oauth:grant-type:device_code', refresh_token] }
  nightly: { client_name: Nightly job, client_secret: '\${env.NIGHTLY}', grant_types: [client_credentials], scope: orders.read, resources: ['https://api.shop.example'] }
  orders-api: { client_name: Orders, client_secret: '\${env.ORDERS}', grant_types: ['urn:ietf:params:oauth:grant-type:token-exchange'], token_exchange_subjects: [shop-web, shop-app] }
`,
  'a company whose people come from elsewhere with two factors': `issuer: https://login.corp.example
listen: 0.0.0.0:9091
proxies: { trusted: [10.0.0.0/24] }
broker: { default: entra }
groups: { staff: {}, finance: {} }
upstreams:
  entra:
    kind: oidc
    display_name: Corp
    discovery_uri: https://login.microsoftonline.com/11111111-2222-3333-4444-555555555555/v2.0/.well-known/openid-configuration
    client_id: 99999999-8888-7777-6666-555555555555
    client_secret: \${vault.ENTRA}
    amr: [pwd, otp]
    mappings:
      - { name: finance, kind: group, group: finance, claim: roles, value: finance, source: id_token }
policies:
  finance:
    default_policy: deny
    rules:
      - { policy: two_factor, subject: [[group:staff, group:finance]] }
clients:
  books: { client_name: Books, client_secret: '\${env.BOOKS}', redirect_uris: ['https://books.corp.example/cb'], authorization_policy: finance, require_pkce: true }
  wiki: { client_name: Wiki, token_endpoint_auth_methods: [private_key_jwt], jwks_uri: 'https://wiki.corp.example/jwks.json', redirect_uris: ['https://wiki.corp.example/cb'], authorization_policy: two_factor, require_pkce: true }
`,
  'a developer’s own machine': `issuer: http://localhost:9091
listen: 127.0.0.1:9091
clients:
  dev: { client_name: Dev, client_type: public, redirect_uris: ['http://localhost:3000/callback'] }
  dev-server: { client_name: Dev server, client_secret: '\${env.DEV}', redirect_uris: ['http://localhost:3001/callback'], require_pkce: true }
`,
  'apps of another time, with their secrets as keys': `issuer: https://accounts.old.example
listen: 0.0.0.0:443
clients:
  "123456":
    client_name: Old portal
    client_secret: \${env.OLD}
    response_types: [code, id_token]
    grant_types: [authorization_code, implicit]
    id_token_signed_response_alg: HS256
    redirect_uris: [https://portal.old.example/oidc/callback/]
    require_pkce: true
  old-spa: { client_name: Old SPA, client_type: public, response_types: [id_token], redirect_uris: ['https://spa.old.example/'] }
`,
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

  for (const [what, file] of Object.entries(GOOD_FILES)) {
    it(`says nothing about ${what}`, async t => {
      const done = await sallyport(t, file)('lint', '--files-only')
      assert.deepEqual([done.out, done.code], ['Nothing was found.\n', 0], done.err)
    })
  }

  it('writes nothing to a terminal that would rule it, whatever things are called', async t => {
    const name = '"evil\\e[2J\\u202E"'
    const file = `issuer: http://localhost:1\nclients:\n  ${name}: {client_name: x, redirect_uris: ["http://h.example/\\e[31m"]}\n`
    const done = await sallyport(t, file)('lint', '--files-only')
    assert.match(done.out, /client-http-redirect/)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are looked for.
    assert.doesNotMatch(done.out + done.err, /[\u0000-\u0009\u000b-\u001f\u202e]/)
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
