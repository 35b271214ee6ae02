/** Tests of loading the configuration: precedence, files, references, and every mistake with its place. */

import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { type ConfigSources, loadConfig } from './load-config.ts'
import { formatMistake } from './mistake.ts'

const KEY = 'k'.repeat(32)

describe('loadConfig', () => {
  it('needs no file: the defaults are a server on localhost with SQLite in ./data', async () => {
    const config = await configOf({})
    assert.equal(config.issuer, 'http://localhost:4000')
    assert.deepEqual(config.listen, { host: '127.0.0.1', port: 4000 })
    assert.equal(config.database, 'sqlite:/srv/data/sallyport.db')
    assert.deepEqual(config.masterKey, { kind: 'own-file', path: '/srv/data/master.key' })
    assert.equal(config.tls, undefined)
    assert.equal(config.tokens.refreshTokenSeconds, 30 * 86_400)
    assert.deepEqual(config.branding, { name: 'Sallyport', defaultLocale: 'en' })
  })

  it('lets the environment win over the file, and the file over the default', async () => {
    const yaml = 'listen: :8080\nissuer: https://file.example\ntokens: { access_token: 5m, id_token: 90 }'
    const config = await configOf({
      yaml,
      env: { SALLYPORT_ISSUER: 'https://env.example/idp', SALLYPORT_TOKENS_ID_TOKEN: '2m' },
    })
    assert.equal(config.issuer, 'https://env.example/idp')
    assert.deepEqual(config.listen, { host: '::', port: 8080 })
    assert.equal(config.tokens.accessTokenSeconds, 300)
    assert.equal(config.tokens.idTokenSeconds, 120)
  })

  it('takes what attests apps as JSON from the environment, and no private keys', async () => {
    const keys = [{ kty: 'EC', crv: 'P-256', x: 'x', y: 'y' }]
    const issuers = (with_: object) =>
      JSON.stringify([{ issuer: 'https://a.example', jwks: { keys: [{ ...keys[0], ...with_ }] } }])
    const config = await configOf({ env: { SALLYPORT_ATTESTATION_ISSUERS: issuers({}) } })
    assert.deepEqual(config.attestation.attesters, [{ issuer: 'https://a.example', keys }])
    const mistakes = await mistakesOf({ env: { SALLYPORT_ATTESTATION_ISSUERS: issuers({ d: 'd' }) } })
    assert.match(mistakes.join(), /attestation\.issuers\[0\]\.jwks must hold public keys only/)
  })

  it('wants TLS of its own for what only that can do, and says where else to look', async () => {
    const mistakes = await mistakesOf({ yaml: 'tls: { client_certificates: request, client_ca_file: ca.pem }' })
    assert.match(
      mistakes.join('\n'),
      /tls\.client_certificates needs tls\.certificate_file .*proxies\.client_certificate_header/,
    )
    assert.match(mistakes.join('\n'), /tls\.client_ca_file needs tls\.certificate_file/)
  })

  it('reads lists, numbers and booleans from the environment', async () => {
    const config = await configOf({
      env: {
        SALLYPORT_PROXIES_TRUSTED: '10.0.0.0/8, ::1',
        SALLYPORT_THROTTLING_ENABLED: 'false',
        SALLYPORT_PASSWORDS_MIN_LENGTH: '12',
        SALLYPORT_LOG_LEVEL: '',
      },
    })
    assert.deepEqual(config.proxies.trusted, ['10.0.0.0/8', '::1'])
    assert.equal(config.throttling.enabled, false)
    assert.equal(config.passwords.minLength, 12)
    assert.equal(config.log.level, 'info', 'a variable that is set to nothing counts as not set')
  })

  it('gives no thing a secret of this server, wherever it is read from', async () => {
    const files = { '/srv/environ': `HOME=/\0SALLYPORT_MASTER_KEY=${KEY}\0` }
    for (const reference of ['env.SALLYPORT_MASTER_KEY', 'file:environ']) {
      const yaml = `groups:\n  staff: { description: "${'$'}{${reference}}" }`
      const mistakes = await mistakesOf({ yaml, env: { SALLYPORT_MASTER_KEY: KEY }, files })
      assert.match(mistakes.join(), /sallyport\.yaml:2:\d+ {2}groups\.staff\.description holds a secret of this server/)
      assert.ok(!mistakes.join().includes(KEY))
    }
  })

  it('reads secrets from files, without the line break at the end, from file and environment alike', async () => {
    const files = { '/srv/key': `${KEY}\n`, '/run/secrets/db': 'postgres://u:p@db/sallyport\n' }
    const config = await configOf({
      yaml: 'master_key_file: key',
      env: { SALLYPORT_DATABASE_FILE: '/run/secrets/db' },
      files,
    })
    assert.deepEqual(config.masterKey, { kind: 'given', text: KEY })
    assert.equal(config.database, 'postgres://u:p@db/sallyport')
  })

  it("lets a secret from the environment replace the file's, whichever way each is given", async () => {
    const config = await configOf({ yaml: 'master_key_file: absent', env: { SALLYPORT_MASTER_KEY: KEY } })
    assert.deepEqual(config.masterKey, { kind: 'given', text: KEY })
  })

  it('resolves ${env.NAME} and ${file:PATH} inside values, and gives them the kind of the setting', async () => {
    const yaml = [
      'database: postgres://u:${file:/run/secrets/pw}@${env.DB_HOST}/sallyport',
      'log: { requests: "${env.LOG}" }',
      'branding: { name: "$${not.a.reference}" }',
    ].join('\n')
    const config = await configOf({ yaml, env: { DB_HOST: 'db', LOG: 'true' }, files: { '/run/secrets/pw': 'pw\n' } })
    assert.equal(config.database, 'postgres://u:pw@db/sallyport')
    assert.equal(config.log.requests, true)
    assert.equal(config.branding.name, '${not.a.reference}')
  })

  it('takes an empty file, and a section with everything commented out', async () => {
    assert.equal((await configOf({ yaml: '# nothing yet\n' })).issuer, 'http://localhost:4000')
    assert.equal((await configOf({ yaml: 'sessions:\n  # max_age: 1d\n' })).sessions.maxAgeSeconds, 14 * 86_400)
  })

  it('puts the SQLite file and the master key below the folder it was started in', async () => {
    const config = await configOf({ yaml: 'database: sqlite:../var/id.db' })
    assert.equal(config.database, 'sqlite:/var/id.db')
    assert.deepEqual(config.masterKey, { kind: 'own-file', path: '/var/master.key' })
  })

  it('loads sallyport.example.yaml, which shows every section', async () => {
    const example = readFileSync(new URL('../../sallyport.example.yaml', import.meta.url), 'utf8')
    const uncommented = example.replaceAll(/^#(?=\w| {2})/gm, '')
    const files = { '/run/secrets/master-key': KEY, '/run/secrets/mail-password': 'secret' }
    assert.equal((await configOf({ yaml: example, files })).issuer, 'https://id.example.com')
    const complete = await loadConfig(sources({ yaml: uncommented.replace(/^tls:(\n {2}.*)*/m, ''), files }))
    assert.deepEqual('mistakes' in complete ? complete.mistakes : [], [])
  })
})

describe('mistakes in the settings', () => {
  it('are reported all at once, in reading order, with file, line, column, setting and rule', async () => {
    const yaml = [
      'issuer: http://id.example.com',
      'isten: 1',
      'tls:',
      '  key_file: x.pem',
      'log:',
      '  level: loud',
    ].join('\n')
    assert.deepEqual(await mistakesOf({ yaml, env: { SALLYPORT_SESSIONS_MAX_AGE: 'soon' } }), [
      'sallyport.yaml:1:9  issuer must be https: plain http is for localhost only (write https://id.example.com; a proxy in front may do the TLS)',
      'sallyport.yaml:2:1  isten is no setting (did you mean listen?)',
      'sallyport.yaml:4:13  tls.key_file needs tls.certificate_file beside it: set both or neither',
      'sallyport.yaml:6:10  log.level must be one of debug, info, warn, error, silent',
      'SALLYPORT_SESSIONS_MAX_AGE  sessions.max_age must be a duration such as 30s, 5m, 12h or 14d, or a number of seconds',
    ])
  })

  const cases: ReadonlyArray<readonly [title: string, yaml: string, mistake: string]> = [
    ['a value of the wrong kind', 'log: { requests: "yes" }', '1:18  log.requests must be true or false'],
    ['text where a section belongs', 'log: info', '1:6  log must be a section with settings below it'],
    ['a setting without a value', 'issuer:', '1:8  issuer has no value'],
    [
      'an unknown key in a section',
      'tokens: { acces_token: 1h }',
      '1:11  tokens.acces_token is no setting (did you mean access_token?)',
    ],
    [
      'one bad item of a list',
      'metrics:\n  allow:\n    - 10.0.0.0/8\n    - 10.0.0.0/33',
      '4:7  metrics.allow[1] must be an IP address or a network such as 10.0.0.0/8 or fd00::/8',
    ],
    [
      'a duration out of range',
      'tokens: { authorization_code: 1h }',
      '1:31  tokens.authorization_code must be between 1s and 10m',
    ],
    [
      'a refresh token that outlives its maximum',
      'tokens: { refresh_token: 2y }',
      '1:26  tokens.refresh_token must not be longer than tokens.refresh_token_max',
    ],
    [
      'an issuer with a slash at the end',
      'issuer: https://id.example/',
      '1:9  issuer must not end with a slash: write https://id.example',
    ],
    ['an issuer with a query', 'issuer: https://id.example?x', '1:9  issuer must have no query and no fragment'],
    [
      'an issuer in another spelling',
      'issuer: https://ID.example:443',
      '1:9  issuer must be written as https://id.example',
    ],
    [
      'a port that is none',
      'listen: localhost:70000',
      '1:9  listen must be host:port, such as 127.0.0.1:4000, [::1]:4000, or :4000 for every address',
    ],
    [
      'a port alone',
      'listen: 4000',
      '1:9  listen must be host:port, such as 127.0.0.1:4000, [::1]:4000, or :4000 for every address',
    ],
    [
      'an unknown database',
      'database: mysql://x',
      '1:11  database must be sqlite:PATH (sqlite:./data/sallyport.db) or postgres://user:password@host:5432/name',
    ],
    [
      'half of TLS',
      'tls: { key_file: k }',
      '1:18  tls.key_file needs tls.certificate_file beside it: set both or neither',
    ],
    [
      'a reference to nothing',
      'database: ${env.NONE}',
      '1:11  database refers to the environment variable NONE, which is not set',
    ],
    [
      'an unknown reference',
      'database: ${evn.x}',
      '1:11  database has an unknown reference ${evn.x}: write ${env.NAME}, ${file:PATH} or ${vault.NAME}',
    ],
    [
      'a vault that is nowhere',
      'database: ${vault.x}',
      '1:11  database refers to x in the vault, but secrets.vault is not set',
    ],
    [
      'fixed metadata that there is not',
      'registration:\n  fixed_metadata: [require_pkcee=true]',
      '2:19  registration.fixed_metadata require_pkcee is no client metadata (did you mean require_pkce?)',
    ],
    [
      'software statements that nobody is trusted to sign',
      'registration: { software_statement: require }',
      '1:37  registration.software_statement needs registration.software_statement_issuers: nobody is trusted yet',
    ],
    [
      'apps that nobody knows and nobody is asked about',
      'registration: { mode: open, consent: never }',
      '1:38  registration.consent cannot be never with mode open: anybody could register an app and learn who people are, unasked',
    ],
    [
      'a host that is none',
      'client_id_metadata_documents: { hosts: ["https://app.example.com"] }',
      '1:41  client_id_metadata_documents.hosts[0] must be a host such as app.example.com, or *.example.com',
    ],
    ['a key that stands twice', 'log: {}\nlog: {}', '2:1  is not valid YAML: log stands there twice'],
    ['a list instead of settings', '- issuer', '1:1  must contain settings, such as issuer: https://id.example.com'],
  ]
  for (const [title, yaml, mistake] of cases) {
    it(`name the place and the rule of ${title}`, async () => {
      assert.deepEqual(await mistakesOf({ yaml }), [`sallyport.yaml:${mistake}`])
    })
  }

  it('never show the value of a secret', async () => {
    const mistakes = await mistakesOf({
      yaml: 'master_key: hunter2',
      env: { SALLYPORT_DATABASE: 'postgres//u:hunter2@h/d' },
    })
    assert.equal(mistakes.length, 2)
    assert.ok(mistakes.every(mistake => !mistake.includes('hunter2')))
  })

  it('count a secret that is given twice', async () => {
    const env = { SALLYPORT_MASTER_KEY: KEY, SALLYPORT_MASTER_KEY_FILE: '/key' }
    assert.deepEqual(await mistakesOf({ env, files: { '/key': KEY } }), [
      'SALLYPORT_MASTER_KEY_FILE  master_key_file and master_key are both set: keep one of them',
    ])
  })

  it('name a secret file that is missing or has the wrong content', async () => {
    assert.deepEqual(await mistakesOf({ env: { SALLYPORT_MASTER_KEY_FILE: '/key' } }), [
      'SALLYPORT_MASTER_KEY_FILE  master_key_file names /key, which cannot be read: no such file',
    ])
    assert.deepEqual(await mistakesOf({ env: { SALLYPORT_MASTER_KEY_FILE: '/key' }, files: { '/key': 'short' } }), [
      'SALLYPORT_MASTER_KEY_FILE  master_key_file names /key, whose content must have at least 32 characters (openssl rand -base64 32 makes a good one)',
    ])
  })

  it('tell a misspelt variable from one that an orchestrator sets', async () => {
    assert.deepEqual(await mistakesOf({ env: { SALLYPORT_ISUER: 'x' } }), [
      'SALLYPORT_ISUER  is no setting; did you mean SALLYPORT_ISSUER?',
    ])
    await configOf({
      env: { SALLYPORT_SERVICE_HOST: '10.0.0.1', SALLYPORT_PORT: 'tcp://10.0.0.1:4000', SALLYPORT_CLIENT_ID: 'x' },
    })
  })

  it('say which settings file is missing when one was asked for', async () => {
    const missing = 'the settings file other.yaml cannot be read: no such file'
    assert.deepEqual(await mistakesOf({ argvConfigPath: 'other.yaml' }), [missing])
    assert.deepEqual(await mistakesOf({ env: { SALLYPORT_CONFIG: 'other.yaml' } }), [`SALLYPORT_CONFIG  ${missing}`])
  })

  it('include TLS files without PEM in them', async () => {
    const key = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'pem', type: 'pkcs8' })
    const mistakes = await mistakesOf({
      yaml: 'tls:\n  certificate_file: c.pem\n  key_file: k.pem',
      files: { '/srv/c.pem': 'nothing', '/srv/k.pem': String(key) },
    })
    assert.deepEqual(mistakes, [
      'sallyport.yaml:2:21  tls.certificate_file names c.pem, which contains no PEM certificate',
    ])
  })
})

describe('mistakes in files', () => {
  const rows: ReadonlyArray<readonly [name: string, given: Given, files: RegExp]> = [
    ['tls.key_file', { yaml: 'tls: { key_file: /nope.pem }\nlisten: foo' }, /tls\.key_file needs/],
    ['database_file', { yaml: 'database_file: /nope\nlisten: foo' }, /database_file names \/nope/],
    ['master_key_file', { env: { SALLYPORT_MASTER_KEY_FILE: '/nope', SALLYPORT_LISTEN: 'x' } }, /_file names \/nope/],
  ]
  for (const [name, given, file] of rows) {
    it(`are told together with those of other settings: ${name}`, async () => {
      const mistakes = await mistakesOf(given)
      assert.equal(mistakes.length, 2)
      assert.match(mistakes.join('\n'), file)
      assert.match(mistakes.join('\n'), /listen /)
    })
  }
})

describe('issuer', () => {
  it('advises a value that is accepted', async () => {
    const [mistake = ''] = await mistakesOf({ env: { SALLYPORT_ISSUER: 'http://id.example.org/' } })
    const advised = /write (https?:\/\/[^\s;]+)/.exec(mistake)?.[1]
    assert.equal(advised, 'https://id.example.org')
    assert.deepEqual(await mistakesOf({ env: { SALLYPORT_ISSUER: advised } }), [])
  })
})

interface Given extends Partial<ConfigSources> {
  readonly yaml?: string
  readonly files?: Readonly<Record<string, string>>
}

function sources({ yaml, files = {}, env = {}, argvConfigPath }: Given): ConfigSources {
  const all = new Map(Object.entries({ ...files, ...(yaml === undefined ? {} : { '/srv/sallyport.yaml': yaml }) }))
  return {
    argvConfigPath,
    env,
    cwd: '/srv',
    readFile(path) {
      const text = all.get(path)
      if (text === undefined) throw Object.assign(new Error(path), { code: 'ENOENT' })
      return text
    },
  }
}

async function configOf(given: Given) {
  const loaded = await loadConfig(sources(given))
  if ('mistakes' in loaded) assert.fail(loaded.mistakes.map(formatMistake).join('\n'))
  return loaded.config
}

async function mistakesOf(given: Given): Promise<readonly string[]> {
  const loaded = await loadConfig(sources(given))
  return 'mistakes' in loaded ? loaded.mistakes.map(formatMistake) : []
}
