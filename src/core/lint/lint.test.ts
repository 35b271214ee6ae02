/** Tests of lint: an example of each rule, what breaks none, what is left out, and how findings are written. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { NOON } from '../../../test/support/builders.ts'
import { addSeconds } from '../../lib/clock.ts'
import type { Document } from '../administration/ports.ts'
import { needsReadableSecret } from '../clients/client-secrets.ts'
import { METADATA } from '../clients/metadata-table.ts'
import { isAtLeast, SEVERITIES } from './finding.ts'
import { lint, subjectOf } from './lint.ts'
import type { HouseFacts, LintFacts, LintThing } from './lint-facts.ts'
import { fileLintFacts } from './load-lint-facts.ts'
import { LINT_RULES, lintRuleOf } from './rules.ts'
import { sarifOf } from './sarif.ts'
import { weaknessOf } from './secret-rules.ts'

const DAY = 86_400

function thing(resource: string, document: Document, written?: Document): LintThing {
  return { resource, key: 'wiki', document, place: 'sallyport.yaml:7', ...(written === undefined ? {} : { written }) }
}
/** Breaks no rule. */
const GOOD: Document = { client_name: 'Wiki', redirect_uris: ['https://wiki.example.com/cb'], require_pkce: true }
const client = (document: Document, written?: Document) => thing('clients', { ...GOOD, ...document }, written)
const upstream = (document: Document) => thing('upstreams', { kind: 'oidc', client_id: 'us', ...document })
const policy = (rules: readonly Document[], standard = 'deny') => thing('policies', { default_policy: standard, rules })
const mapping = (document: Document) => upstream({ mappings: [document] })

const HOUSE: HouseFacts = { accounts: 1, administrators: ['ada'], withoutWayIn: [], secrets: [], keys: [] }

function facts(changes: Partial<Omit<LintFacts, 'settings'>> & { settings?: Record<string, unknown> } = {}): LintFacts {
  const { settings = {}, ...rest } = changes
  return {
    issuer: 'https://id.example.com',
    now: NOON,
    things: [],
    known: {},
    ...rest,
    settings: new Map(Object.entries(settings).map(([name, value]) => [name, { value, place: 'sallyport.yaml:3' }])),
  }
}

const house = (changes: Partial<HouseFacts>) => facts({ house: { ...HOUSE, ...changes } })
const secret = (expiresAt?: Date) => ({
  clientId: 'wiki',
  ...(expiresAt === undefined ? {} : { expiresAt }),
})
const on = (...things: readonly LintThing[]) => facts({ things })
const TWO = { policy: 'two_factor' }

/** For each rule: what breaks it, and what nearly does. */
const EXAMPLES: Readonly<Record<string, readonly [broken: LintFacts, good: LintFacts]>> = {
  'client-public-with-secret': [
    on(client({ client_type: 'public', client_secret: '${env.X}' })),
    on(client({ client_secret: '${env.X}' })),
  ],
  'client-wildcard-redirect': [on(client({ redirect_uris: ['https://*.example.com/cb'] })), on(client({}))],
  'client-http-redirect': [
    on(client({ redirect_uris: ['http://wiki.example.com/cb'] })),
    on(client({ redirect_uris: ['http://127.0.0.1/cb', 'com.example.app:/cb'], client_type: 'public' })),
  ],
  'client-localhost-redirect-in-production': [
    on(client({ redirect_uris: ['http://localhost:3000/cb'] })),
    facts({ issuer: 'http://localhost:4000', things: [client({ redirect_uris: ['http://localhost:3000/cb'] })] }),
  ],
  'client-no-redirect': [
    on(client({ redirect_uris: [] })),
    on(client({ redirect_uris: [], grant_types: ['client_credentials'] })),
  ],
  'client-implicit-flow': [
    on(client({ response_types: ['code', 'code id_token token'] })),
    on(client({ response_types: ['code', 'id_token'] })),
  ],
  'client-pkce-off': [on(client({ require_pkce: false })), on(client({ require_pkce: false, client_type: 'public' }))],
  'client-pkce-plain': [on(client({ allow_plain_pkce: true })), on(client({ allow_plain_pkce: false }))],
  'client-id-token-unsigned': [
    on(client({ id_token_signed_response_alg: 'none' })),
    on(client({ id_token_signed_response_alg: 'ES256' })),
  ],
  'client-unknown-policy': [
    facts({ things: [client({ authorization_policy: 'staff' })], known: { policies: new Set() } }),
    on(client({ authorization_policy: 'staff' })),
  ],
  'client-admin-scope': [
    on(client({ scope: 'openid admin.administrator' })),
    on(client({ scope: 'openid administrator' })),
  ],
  'client-any-exchange': [
    on(client({ token_exchange_subjects: ['*'] })),
    on(client({ token_exchange_subjects: ['shop'] })),
  ],
  'client-consent-never-third-party': [
    on(client({ consent_mode: 'never', origin: 'registration' })),
    on(client({ consent_mode: 'never', origin: 'operator' })),
  ],
  'client-same-name': [on({ ...client({}), key: 'other' }, client({})), on(client({}))],
  'client-hs256-with-hashed-secret': [
    on(client({ id_token_signed_response_alg: 'HS256' }, { client_secret_hash: '$argon2id$v=19$…' })),
    on(client({ id_token_signed_response_alg: 'HS256' }, { client_secret_hash: '$plaintext$secret' })),
  ],
  'secret-in-clear-in-file': [
    on(client({}, { client_secret: 'hunter2' })),
    on(client({}, { client_secret: '${file:/run/secrets/wiki}' })),
  ],
  'secret-weak-digest': [
    on(client({}, { client_secret_hash: `$6$rounds=5000$salt$${'a'.repeat(86)}` })),
    on(client({}, { client_secret_hash: `$6$rounds=900000$salt$${'a'.repeat(86)}` })),
  ],
  'secret-expires-soon': [
    house({ secrets: [secret(addSeconds(NOON, 3 * DAY))] }),
    house({ secrets: [secret(addSeconds(NOON, 3 * DAY)), secret()] }),
  ],
  'secret-expired': [
    house({ secrets: [secret(addSeconds(NOON, -DAY)), secret(addSeconds(NOON, -2 * DAY))] }),
    house({ secrets: [secret(addSeconds(NOON, -DAY)), secret(addSeconds(NOON, 90 * DAY))] }),
  ],
  'policy-unknown-group': [
    facts({ things: [policy([{ ...TWO, subject: 'group:staf' }])], known: { groups: new Set(['staff']) } }),
    facts({ things: [policy([{ ...TWO, subject: 'group:staff' }])], known: { groups: new Set(['staff']) } }),
  ],
  'policy-unknown-user': [
    facts({ things: [policy([{ ...TWO, subject: 'user:ada' }])], known: { users: new Set() } }),
    facts({ things: [policy([{ ...TWO, subject: 'user:Ada' }])], known: { users: new Set(['ada']) } }),
  ],
  'policy-unknown-client': [
    facts({ things: [policy([{ ...TWO, subject: 'client:x' }])], known: { clients: new Set() } }),
    on(policy([{ ...TWO, subject: 'client:x' }])),
  ],
  'policy-unused': [
    facts({ things: [policy([])], known: { clients: new Set(['wiki']) } }),
    facts({ things: [policy([]), client({ authorization_policy: 'wiki' })], known: { clients: new Set(['wiki']) } }),
  ],
  'policy-rule-never-reached': [
    on(
      policy([
        { policy: 'deny', subject: 'group:a' },
        { ...TWO, subject: [['group:b', 'group:a']] },
      ]),
    ),
    on(
      policy([
        { policy: 'deny', subject: [['group:b', 'group:a']] },
        { ...TWO, subject: 'group:a' },
      ]),
    ),
  ],
  'policy-two-factor-unreachable': [
    facts({ things: [policy([TWO])], known: { upstreams: new Set() } }),
    facts({
      things: [policy([TWO]), upstream({ amr: ['otp'], post_login: 'password' })],
      known: { upstreams: new Set() },
    }),
  ],
  'policy-network-trusts-proxies': [
    facts({
      things: [policy([{ ...TWO, networks: ['192.168.0.0/16', '10.1.0.0/16'] }])],
      settings: { 'proxies.trusted': ['172.18.0.2', '10.0.0.0/8'] },
    }),
    facts({
      things: [policy([{ ...TWO, networks: ['192.168.0.0/16', 'fd00::/8'] }])],
      settings: { 'proxies.trusted': ['192.168.1.2', '192.168.1.3/32', 'fd00::2/128', '10.0.0.0/8', '2001:db8::/32'] },
    }),
  ],
  'upstream-validation-off': [
    on(upstream({ validate_signatures: false })),
    on(upstream({ validate_signatures: false, enabled: false })),
  ],
  'upstream-no-issuer-check': [
    on(upstream({ validate_issuer: false })),
    on(upstream({ validate_issuer: false, essential_claim: 'tid' })),
  ],
  'upstream-http': [
    on(upstream({ token_endpoint: 'http://sso.example.com/token' })),
    on(upstream({ token_endpoint: 'http://localhost:8080/token' })),
  ],
  'upstream-pkce-off': [on(upstream({ pkce_method: 'plain' })), on(upstream({ pkce_method: 'S256' }))],
  'upstream-nonce-off': [on(upstream({ nonce: false })), on(upstream({ nonce: false, kind: 'oauth2' }))],
  'upstream-unsigned-tokens': [
    on(upstream({ id_token_signing_algs: ['RS256', 'none'] })),
    on(upstream({ id_token_signing_algs: ['RS256'] })),
  ],
  'upstream-no-token-type-check': [on(upstream({ check_token_type: false })), on(upstream({}))],
  'upstream-trusts-email': [
    on(upstream({ trust_email: true })),
    on(upstream({ trust_email: true, email_domains: ['corp.example'] })),
  ],
  'upstream-trusts-amr': [on(upstream({ trust_amr: true })), on(upstream({ amr: ['otp'] }))],
  'default-upstream-unusable': [
    facts({ things: [upstream({ link_only: true })], settings: { 'broker.default': 'wiki' } }),
    facts({ things: [upstream({})], settings: { 'broker.default': 'wiki' } }),
  ],
  'mail-missing-for-linking': [
    on(upstream({ link_proofs: ['mail'] })),
    facts({ things: [upstream({ link_proofs: ['mail'] })], settings: { 'mail.server': 'smtp://mail' } }),
  ],
  'issuer-mismatch': [
    on(upstream({ redirect_uri_override: 'https://other.example.com/cb' })),
    on(upstream({ redirect_uri_override: 'https://id.example.com/old/cb' })),
  ],
  'mapping-without-source': [
    on(mapping({ kind: 'group', group: 'staff', claims: { a: 'b' } })),
    on(mapping({ kind: 'attribute', attribute: 'name', claim: 'n' })),
  ],
  'mapping-source-unavailable': [
    on(mapping({ kind: 'attribute', attribute: 'name', claim: 'n', source: 'access_token' })),
    on(mapping({ kind: 'attribute', attribute: 'name', claim: 'n', source: 'userinfo' })),
  ],
  'mapping-unknown-group': [
    facts({ things: [mapping({ kind: 'hardcoded_group', group: 'x' })], known: { groups: new Set() } }),
    on(mapping({ kind: 'hardcoded_group', group: 'x' })),
  ],
  'mapping-unknown-attribute': [
    facts({
      things: [mapping({ kind: 'attribute', attribute: 'dept', claim: 'd' })],
      known: { attributes: new Set() },
    }),
    facts({
      things: [mapping({ kind: 'attribute', attribute: 'dept', claim: 'd' })],
      known: { attributes: new Set(['dept']) },
    }),
  ],
  'mapping-gives-role': [
    on(mapping({ kind: 'administrator', claims: { role: 'admin' }, source: 'id_token' })),
    on(mapping({ kind: 'group', group: 'admins', claims: { role: 'admin' }, source: 'id_token' })),
  ],
  'issuer-unreachable': [
    facts({ settings: { listen: ':4000' } }),
    facts({ settings: { listen: ':4000', 'proxies.trusted': ['10.0.0.1'] } }),
  ],
  'proxies-trust-everybody': [
    facts({ settings: { 'proxies.trusted': '10.0.0.0/8,::/0' } }),
    facts({ settings: { 'proxies.trusted': ['10.0.0.0/8', '172.16.0.0/12'] } }),
  ],
  'throttling-trusts-everybody': [
    facts({ settings: { 'throttling.trusted_addresses': ['0.0.0.0/0'] } }),
    facts({ settings: { 'throttling.trusted_addresses': ['192.0.2.0/24'] } }),
  ],
  'outbound-allows-everything': [
    facts({ settings: { 'outbound.allow_private': ['0.0.0.0/0'] } }),
    facts({ settings: { 'outbound.allow_private': ['app.lan', '10.0.0.0/8'] } }),
  ],
  'throttling-off': [
    facts({ settings: { 'throttling.enabled': false } }),
    facts({ settings: { 'throttling.enabled': true } }),
  ],
  'passwords-short': [
    facts({ settings: { 'passwords.min_length': 6 } }),
    facts({ settings: { 'passwords.min_length': 8 } }),
  ],
  'registration-open': [
    facts({ settings: { 'registration.mode': 'open' } }),
    facts({ settings: { 'registration.mode': 'initial_access_token' } }),
  ],
  'account-without-way-in': [house({ withoutWayIn: ['grace'] }), house({})],
  'no-administrator': [house({ administrators: [] }), house({ administrators: [], accounts: 0 })],
  'last-administrator': [house({ accounts: 11 }), house({ accounts: 11, administrators: ['ada', 'grace'] })],
  'key-too-old': [
    house({ keys: [{ kid: 'k', alg: 'RS256', createdAt: addSeconds(NOON, -731 * DAY) }] }),
    house({ keys: [{ kid: 'k', alg: 'RS256', createdAt: addSeconds(NOON, -729 * DAY) }] }),
  ],
  'lint-ignore-unknown': [
    facts({ settings: { 'lint.ignore': ['client-pkce-of'] } }),
    facts({ settings: { 'lint.ignore': ['client-pkce-off'] } }),
  ],
}

const idsOf = (looked: LintFacts) => lint(looked).map(({ rule }) => rule)

describe('lint', () => {
  it('has an example of every rule, and no other', () => {
    assert.deepEqual(Object.keys(EXAMPLES).sort(), LINT_RULES.map(({ id }) => id).sort())
  })

  for (const [id, [broken, good]] of Object.entries(EXAMPLES)) {
    it(`finds ${id}, and is silent about what only looks like it`, () => {
      const found = lint(broken).filter(({ rule }) => rule === id)
      assert.equal(found.length, 1, idsOf(broken).join(' '))
      assert.equal(found[0]?.severity, lintRuleOf(id)?.severity)
      assert.ok(!idsOf(good).includes(id), JSON.stringify(lint(good)))
    })
  }

  it('tells of codes and tokens that others can read on their way (RFC 9700 §2.1.2, §2.6)', () => {
    const looked = on(client({ redirect_uris: ['http://wiki.example.com/cb'], response_types: ['token'] }))
    assert.deepEqual(
      lint(looked).map(({ message }) => message),
      ['http://wiki.example.com/cb is plain http', 'may ask for "token"'],
    )
  })

  it('says nothing about a fresh house, an app as it should be, and what is switched off', () => {
    assert.deepEqual(lint(facts({ house: { ...HOUSE, accounts: 0, administrators: [] } })), [])
    assert.deepEqual(lint(facts({ house: HOUSE, things: [client({})], known: { clients: new Set(['wiki']) } })), [])
    assert.deepEqual(lint(on(client({ disabled: true, redirect_uris: ['http://*.example.com'] }))), [])
  })

  it('puts the worst first, and leaves out what is milder than asked for', () => {
    const looked = on(
      client({ require_pkce: false, allow_plain_pkce: true, redirect_uris: ['https://*.example.com/cb'] }),
    )
    assert.deepEqual(
      lint(looked).map(({ severity }) => severity),
      ['error', 'warning', 'info'],
    )
    assert.deepEqual(
      lint(looked, { least: 'warning' }).map(({ rule }) => rule),
      ['client-wildcard-redirect', 'client-pkce-plain'],
    )
  })

  it('leaves out what the settings or the caller ignore', () => {
    const looked = facts({
      things: [client({ require_pkce: false, allow_plain_pkce: true })],
      settings: { 'lint.ignore': ['client-pkce-off'] },
    })
    assert.deepEqual(idsOf(looked), ['client-pkce-plain'])
    assert.deepEqual(lint(looked, { ignore: ['client-pkce-plain'] }), [])
  })

  it('knows every setting that makes the secret a key, as clients do (OIDC Core §10.1, §10.2)', () => {
    // RFC 9068 §2.1, CIBA Core §4: those are never symmetric.
    const asymmetric = ['access_token_signing_alg', 'backchannel_authentication_request_signing_alg']
    const algorithms = METADATA.filter(({ name }) => /_alg$/.test(name) && !asymmetric.includes(name))
    assert.ok(algorithms.length > 10)
    for (const { name, member } of algorithms) {
      for (const alg of [
        'HS256',
        'HS512',
        'RS256',
        'none',
        'dir',
        'A128KW',
        'A256GCMKW',
        'RSA-OAEP-256',
        'ECDH-ES+A128KW',
      ]) {
        const found = idsOf(on(client({ [name]: alg }, { client_secret_hash: '$argon2id$v=19$…' })))
        const fits = name.includes('encr') === /^(?:dir|A\d|RSA|ECDH)/.test(alg)
        if (fits)
          assert.equal(
            found.includes('client-hs256-with-hashed-secret'),
            needsReadableSecret({ [member]: alg }),
            `${name} ${alg}`,
          )
      }
    }
  })

  it('reads the policy that the settings fix for apps that register themselves', () => {
    const settings = { 'registration.fixed_metadata': ['require_pkce=true', 'authorization_policy=wiki'] }
    const known = { clients: new Set<string>(), policies: new Set(['wiki']) }
    assert.deepEqual(idsOf(facts({ settings, known, things: [policy([])] })), [])
    assert.deepEqual(idsOf(facts({ known, things: [policy([])] })), ['policy-unused'])
    const [found] = lint(facts({ settings, known: { policies: new Set() } }))
    assert.deepEqual(
      [found?.rule, found?.field, found?.place],
      ['client-unknown-policy', 'registration.fixed_metadata', 'sallyport.yaml:3'],
    )
  })

  it('finds a name that many have once for each but the first', () => {
    const called = (key: string): LintThing => ({ ...client({}), key })
    const found = lint(on(called('c'), called('a'), called('b')))
    assert.deepEqual(
      found.map(({ key, message }) => [key, message]),
      [
        ['b', 'is called Wiki, as a is'],
        ['c', 'is called Wiki, as a is'],
      ],
    )
  })

  it('survives documents of any shape, as files are looked at before their rules are checked', () => {
    for (const odd of [null, 17, 'text', [], {}, [null, 17, { kind: 17 }]]) {
      const document = Object.fromEntries(
        ['redirect_uris', 'response_types', 'mappings', 'rules', 'scope', 'amr', 'client_secret', 'issuer'].map(
          name => [name, odd],
        ),
      )
      for (const resource of ['clients', 'upstreams', 'policies', 'accounts'])
        assert.ok(Array.isArray(lint(on(thing(resource, document, document)))))
    }
  })

  it('says for each rule why it matters and what to do, in sentences', () => {
    for (const { id, title, why, fix } of LINT_RULES) {
      assert.match(id, /^[a-z0-9-]+$/)
      assert.ok(title !== '' && !title.endsWith('.'), id)
      assert.ok(why.endsWith('.') && fix.length > 10, id)
    }
  })
})

describe('lint on files alone', () => {
  const declared = (resource: string, key: string, document: Document) => ({
    resource,
    key,
    document,
    source: 'sallyport.yaml:9',
  })
  const files = (...things: readonly ReturnType<typeof declared>[]) =>
    fileLintFacts({ issuer: 'https://id.example.com', shown: [], declared: things }, NOON)

  it('takes a section for all there is of its kind, and is silent where there is none', () => {
    const rules = [{ policy: 'one_factor', subject: 'group:staff' }]
    const staffOnly = declared('policies', 'staff-only', { default_policy: 'deny', rules })
    assert.deepEqual(idsOf(files(staffOnly)), [])
    assert.deepEqual(idsOf(files(staffOnly, declared('groups', 'board', {}))), ['policy-unknown-group'])
    const ada = declared('accounts', 'ada', { groups: ['staff'] })
    assert.deepEqual(idsOf(files(staffOnly, declared('groups', 'board', {}), ada)), [])
  })

  it('names the place', () => {
    const [found] = lint(files(declared('clients', 'wiki', { ...GOOD, allow_plain_pkce: true })))
    assert.deepEqual([found?.place, found && subjectOf(found)], ['sallyport.yaml:9', 'clients/wiki allow_plain_pkce'])
  })
})

describe('weak digests', () => {
  const rows: [string, string | undefined][] = [
    [`$pbkdf2$310000$c2FsdA$${'a'.repeat(27)}`, 'PBKDF2 with SHA-1'],
    [`$pbkdf2-sha512$1000$c2FsdHNhbHQ$${'a'.repeat(86)}`, 'PBKDF2 with 1000 rounds'],
    [`$pbkdf2-sha512$310000$c2FsdHNhbHQ$${'a'.repeat(86)}`, undefined],
    [`$2b$08$${'a'.repeat(53)}`, 'bcrypt with cost 8'],
    [`$2b$12$${'a'.repeat(53)}`, undefined],
    ['sha256:abc', undefined],
    ['no digest', undefined],
  ]
  for (const [text, expected] of rows) {
    it(`${text.slice(0, 24)}: ${expected ?? 'none'}`, () => {
      assert.equal(weaknessOf(text), expected)
    })
  }
})

describe('findings as SARIF 2.1.0', () => {
  const looked = facts({
    things: [client({ allow_plain_pkce: true, require_pkce: false })],
    settings: { 'proxies.trusted': ['0.0.0.0/0'] },
    house: { ...HOUSE, withoutWayIn: ['grace'] },
  })
  const log = JSON.parse(JSON.stringify(sarifOf(lint(looked), '1.2.3')))

  it('has what a log must have (SARIF §3.13, §3.14, §3.18, §3.19)', () => {
    assert.equal(log.version, '2.1.0')
    assert.match(log.$schema, /^https:\/\/.*sarif-schema-2\.1\.0\.json$/)
    assert.equal(log.runs.length, 1)
    const { driver } = log.runs[0].tool
    assert.deepEqual([driver.name, driver.semanticVersion], ['sallyport lint', '1.2.3'])
    assert.equal(new Set(driver.rules.map(({ id }: { id: string }) => id)).size, LINT_RULES.length)
  })

  it('has results that lead to their rule, and to the line where there is one (SARIF §3.27)', () => {
    const { results, tool } = log.runs[0]
    assert.equal(results.length, 4)
    for (const result of results) {
      assert.equal(tool.driver.rules[result.ruleIndex].id, result.ruleId)
      assert.ok(['note', 'warning', 'error'].includes(result.level))
      assert.ok(typeof result.message.text === 'string' && result.message.text !== '')
      assert.ok(result.locations[0].logicalLocations[0].fullyQualifiedName !== '')
    }
    const [first] = results
    assert.deepEqual(first.locations[0].physicalLocation, {
      artifactLocation: { uri: 'sallyport.yaml' },
      region: { startLine: 3 },
    })
    const ofAccount = results.find(({ ruleId }: { ruleId: string }) => ruleId === 'account-without-way-in')
    assert.ok(!('physicalLocation' in ofAccount.locations[0]))
  })

  it('says with an empty list that nothing was found (SARIF §3.14.23)', () => {
    assert.deepEqual(JSON.parse(JSON.stringify(sarifOf([], '1.2.3'))).runs[0].results, [])
  })

  it('orders severities from the least to the worst', () => {
    assert.deepEqual(
      SEVERITIES.map(severity => isAtLeast(severity, 'warning')),
      [false, true, true],
    )
  })
})
