/** `sallyport import` with a file that means harm, or knows other people by the same names: nobody who was here before is touched. */

import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { aFolder, inHouse, run } from '../support/command-line.ts'

const PASSWORD = 'a password of the person here'
const DIGEST = '$pbkdf2-sha256$1000$c2l4dGVlbiBvY3RldHMuLg$ABvHu7SorOLWh61N64YMPL/bYhHJMhTX.UIv5khChzg'
const CREDENTIALS = [
  {
    type: 'password',
    credentialData: '{"hashIterations":1,"algorithm":"pbkdf2-sha256"}',
    secretData: '{"value":"WWPpOgxPr8avl7ZUyBayyGh+QMYztR3xcT9NFLIBkxw=","salt":"c2l4dGVlbiBvY3RldHMuLg=="}',
  },
]

/** Ada, with an e-mail address, and Root, who manages this server. */
async function aHouse(t: TestContext): Promise<{ cwd: string; subjects: readonly string[] }> {
  const cwd = aFolder(t)
  const create = async (...words: readonly string[]): Promise<string> => {
    const { code, err, json } = await run(['account', 'create', ...words, '--json'], cwd, {
      env: { SALLYPORT_ACCOUNT_PASSWORD: PASSWORD },
    })
    assert.equal(code, 0, err)
    return json().account?.sub ?? json().sub
  }
  const subjects = [
    await create('ada', '--email', 'ada@example.com'),
    await create('root', '--email', 'root@example.com', '--role', 'administrator'),
  ]
  return { cwd, subjects }
}

function importRealm(cwd: string, realm: object, ...words: readonly string[]) {
  writeFileSync(join(cwd, 'realm.json'), JSON.stringify({ realm: 'other', ...realm }))
  return run(['import', 'keycloak', join(cwd, 'realm.json'), '--yes', ...words], cwd)
}

function hashes(cwd: string): Promise<readonly (string | undefined)[]> {
  return inHouse(cwd, async ({ repositories: { accounts } }) =>
    Promise.all(['ada', 'root'].map(async name => (await accounts.findByLogin(name))?.passwordHash)),
  )
}

describe('an import into a house where people live', () => {
  it('changes nobody whose sub or e-mail address is a user name in the file', async t => {
    const { cwd, subjects } = await aHouse(t)
    const before = await hashes(cwd)
    for (const username of [subjects[0], 'ada@example.com', 'ADA@example.com']) {
      const user = { username, enabled: true, credentials: CREDENTIALS }
      for (const words of [[], ['--existing', 'replace']]) {
        const { code, err } = await importRealm(cwd, { users: [user] }, ...words)
        assert.equal(code, 2, err)
        assert.match(err, /is the (?:sub|e-mail address) of the account ada, who may be somebody else/)
      }
    }
    assert.deepEqual(await hashes(cwd), before)
  })

  it('gives no password, no link and no consent to whoever manages this server, also not to the same sub', async t => {
    const { cwd, subjects } = await aHouse(t)
    const before = await hashes(cwd)
    const provider = { alias: 'corp', providerId: 'oidc', config: { clientId: 'c', clientAuthMethod: 'none' } }
    const user = {
      id: subjects[1],
      username: 'root',
      enabled: true,
      credentials: CREDENTIALS,
      federatedIdentities: [{ identityProvider: 'corp', userId: 'mallory', userName: 'mallory' }],
    }
    const config = {
      ...provider.config,
      issuer: 'https://idp.example.net',
      authorizationUrl: 'https://idp.example.net/authorize',
      tokenUrl: 'https://idp.example.net/token',
      jwksUrl: 'https://idp.example.net/jwks',
      clientSecret: 'a-secret',
      clientAuthMethod: 'client_secret_post',
    }
    const realm = { users: [user], identityProviders: [{ ...provider, config }] }
    const { code, err } = await importRealm(cwd, realm, '--existing', 'replace')
    assert.equal(code, 0, err)
    assert.match(err, /accounts root: left out: root has the role administrator here/)
    assert.match(err, /identities corp\/mallory: left out: root has the role administrator here/)
    assert.deepEqual(await hashes(cwd), before)
    await inHouse(cwd, async ({ repositories: { accounts, identities } }) => {
      const root = await accounts.findByLogin('root')
      assert.ok(root)
      assert.deepEqual(await identities.listOfAccount(root.id), [])
    })
  })

  it('shows what it would change when it is told to replace, and leaves a password that somebody has', async t => {
    const { cwd } = await aHouse(t)
    const before = await hashes(cwd)
    await run(['account', 'create', 'bob', '--no-password'], cwd)
    const user = (username: string) => ({ username, enabled: true, firstName: 'Eve', credentials: CREDENTIALS })
    writeFileSync(join(cwd, 'realm.json'), JSON.stringify({ realm: 'other', users: [user('ada'), user('bob')] }))
    const words = ['import', 'keycloak', join(cwd, 'realm.json'), '--existing', 'replace']
    const { out } = await run([...words, '--plan'], cwd)
    assert.match(out, /^~ accounts ada {2}\(users\[0\]\)$/m)
    assert.match(out, /^~ accounts bob {2}\(users\[1\]\)$/m)
    assert.equal(out.match(/^ {4}password_hash +nothing → \(secret\)$/gm)?.length, 1)
    assert.equal((await run([...words, '--yes'], cwd)).code, 0)
    assert.deepEqual(await hashes(cwd), before)
    const bob = await inHouse(cwd, ({ repositories: { accounts } }) => accounts.findByLogin('bob'))
    assert.match(bob?.passwordHash ?? '', /^\$pbkdf2-sha256\$/)
  })

  it('links nobody by the subject of another provider with the same alias', async t => {
    const { cwd } = await aHouse(t)
    const provider = (host: string) => ({
      alias: 'corp',
      providerId: 'oidc',
      config: {
        clientId: 'c',
        clientSecret: 'a-secret',
        issuer: `https://${host}`,
        authorizationUrl: `https://${host}/authorize`,
        tokenUrl: `https://${host}/token`,
        jwksUrl: `https://${host}/jwks`,
      },
    })
    const user = (username: string) => ({
      id: `sub-of-${username}`,
      username,
      enabled: true,
      federatedIdentities: [{ identityProvider: 'corp', userId: `1-${username}`, userName: username }],
    })
    const first = await importRealm(cwd, { identityProviders: [provider('idp.example.net')], users: [user('bob')] })
    assert.equal(first.code, 0, first.err)
    const other = { identityProviders: [provider('other.example.net')], users: [user('carl')] }
    const second = await importRealm(cwd, other)
    assert.equal(second.code, 0, second.err)
    assert.match(second.err, /identities corp\/1-carl: left out: the upstream corp was here before/)
    const linked = await inHouse(cwd, ({ repositories: { accounts, identities } }) =>
      Promise.all(
        ['bob', 'carl'].map(async name => {
          const account = await accounts.findByLogin(name)
          return account === undefined ? undefined : (await identities.listOfAccount(account.id)).length
        }),
      ),
    )
    assert.deepEqual(linked, [1, 0])
  })

  it('leaves out links and consents of what is not imported, and says so once for all of them', async t => {
    const { cwd } = await aHouse(t)
    const user = (username: string) => ({
      username,
      enabled: true,
      federatedIdentities: [{ identityProvider: 'saml', userId: username, userName: username }],
      clientConsents: [{ clientId: 'account', grantedClientScopes: ['profile'] }],
    })
    const realm = {
      identityProviders: [{ alias: 'saml', providerId: 'saml', config: {} }],
      users: ['bob', 'carl', 'dora'].map(user),
    }
    const { code, err } = await importRealm(cwd, realm, '--without', 'accounts/dora')
    assert.equal(code, 0, err)
    assert.match(err, /identities saml\/bob and 1 more: left out: there is no upstream saml/)
    assert.match(err, /identities saml\/dora: left out: there is no account dora/)
    assert.match(err, /consents bob\/account and 1 more: left out: there is no client account/)
  })

  it('makes nothing where two people want the same name, address or sub', async t => {
    const { cwd } = await aHouse(t)
    const cases: readonly (readonly [object[], RegExp])[] = [
      [[{ username: 'Bob' }, { username: 'bob' }], /is what Bob in users\[0\] signs in with/],
      [[{ username: 'bob' }, { username: 'ｂｏｂ' }], /is what bob in users\[0\] signs in with/],
      [
        [
          { username: 'bob', email: 'x@example.com' },
          { username: 'carl', email: 'X@example.com' },
        ],
        /accounts carl: email is what bob in users\[0\] signs in with/,
      ],
      [
        [{ username: 'bob', email: 'carl@example.com' }, { username: 'carl@example.com' }],
        /is what bob in users\[0\] signs in with/,
      ],
      [
        [
          { id: 'one', username: 'bob' },
          { id: 'one', username: 'carl' },
        ],
        /is what bob in users\[0\] signs in with or is known by/,
      ],
    ]
    for (const [users, message] of cases) {
      const { code, err } = await importRealm(cwd, { users })
      assert.equal(code, 2, err)
      assert.match(err, message)
    }
    const first = await importRealm(cwd, { users: [{ id: 'one', username: 'bob' }] })
    assert.equal(first.code, 0, first.err)
    const second = await importRealm(cwd, { users: [{ id: 'one', username: 'dora' }] })
    assert.match(second.err, /the account bob has the sub one already/)
    assert.equal(second.code, 2)
  })
})

describe('an import of people with digests', () => {
  it('knows them by their names only', async t => {
    const { cwd } = await aHouse(t)
    writeFileSync(join(cwd, 'configuration.yml'), 'identity_providers: { oidc: { clients: [] } }\n')
    writeFileSync(join(cwd, 'users.yml'), `users: { 'ada@example.com': { password: '${DIGEST}', displayname: Eve } }\n`)
    const words = [
      'import',
      'authelia',
      join(cwd, 'configuration.yml'),
      '--users',
      join(cwd, 'users.yml'),
      '--existing',
      'replace',
      '--yes',
    ]
    const { code, err } = await run(words, cwd)
    assert.equal(code, 2)
    assert.match(err, /accounts ada@example\.com: is the e-mail address of the account ada/)
  })
})
