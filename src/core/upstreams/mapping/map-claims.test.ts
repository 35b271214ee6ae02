/** Tests of mappings: what each kind makes of claims, and what nobody may make of them. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { NOON } from '../../../../test/support/builders.ts'
import { aMapping, contextOf, lineOf, mapped, refused } from '../../../../test/support/mapping.ts'
import type { AttributeDefinition } from '../../attributes/attribute-definition.ts'
import type { JsonObject } from '../../clients/client.ts'
import { mapClaims } from './map-claims.ts'

const SUB = { id_token: { sub: 'ada' } }

describe('mapClaims: the subject (ssoid)', () => {
  it('is the sub of the ID token where no mapping says otherwise (OIDC Core §2)', () => {
    const sources = { access_token: { sub: 'other' }, id_token: { sub: 'ada' }, userinfo: { sub: 'ada' } }
    assert.equal(mapped(sources).patch.subject, 'ada')
  })

  it('keeps its case and its blanks', () => {
    assert.equal(mapped({ id_token: { sub: ' Ada ' } }).patch.subject, ' Ada ')
  })

  it('may be a whole number, as GitHub has it', () => {
    const mappings = [aMapping({ attribute: 'ssoid', claim: 'id' })]
    assert.equal(mapped({ userinfo: { id: 583231 } }, { kind: 'oauth2', mappings }).patch.subject, '583231')
  })

  const wrong: ReadonlyArray<readonly [what: string, sub: unknown]> = [
    ['is missing', undefined],
    ['is null', null],
    ['is empty', ''],
    ['is blank', '  '],
    ['has 256 characters', 'x'.repeat(256)],
    ['is a number that JSON readers round', 2 ** 60],
    ['is a fraction', 1.5],
    ['is a boolean', true],
    ['is a list', ['ada']],
    ['is an object', { sub: 'ada' }],
    ['has a NUL in it', 'ada\0'],
    ['has half a character in it, which would become another when it is stored', 'ada\ud800'],
  ]
  for (const [what, sub] of wrong) {
    it(`refuses the sign-in when it ${what}`, () => {
      assert.equal(refused({ id_token: { sub } }).rule, 'upstream mappings give a subject (ssoid)')
    })
  }

  it('never comes from another claim than that of its first mapping', () => {
    const mappings = [
      aMapping({ attribute: 'ssoid', claim: 'oid' }),
      aMapping({ attribute: 'ssoid', claim: 'sub', name: 'second' }),
    ]
    assert.match(String(refused(SUB, { mappings }).facts.problem), /claim "oid" does not stand in the ID token/)
    const { patch, lines } = mapped({ id_token: { sub: 'victim', oid: 'mallory' } }, { mappings })
    assert.equal(patch.subject, 'mallory')
    assert.equal(lineOf(lines, 'second').outcome, 'refused')
  })

  it('carries the issuer of its tenant where each tenant is an issuer of its own (OIDC Core §2)', () => {
    const issuer = 'https://login.example/{tenantid}/v2.0'
    const id_token = { iss: 'https://login.example/evil/v2.0', sub: 'ada' }
    assert.equal(mapped({ id_token }, { issuer }).patch.subject, 'https://login.example/evil/v2.0 ada')
    assert.equal(
      mapped({ id_token }, { discovered: { issuer, fetchedAt: new Date(0) } }).patch.subject,
      `${id_token.iss} ada`,
    )
    assert.equal(mapped({ id_token }, { issuer: 'https://login.example/' }).patch.subject, 'ada')
    assert.match(String(refused(SUB, { issuer }).facts.problem), /does not name the issuer/)
  })

  it('needs a mapping when the standard ones are off', () => {
    assert.match(String(refused(SUB, { standardMappings: false }).facts.problem), /no mapping speaks about ssoid/)
  })
})

describe('mapClaims: where claims are looked up', () => {
  it('access token, ID token, user info, token response: the first that has it', () => {
    const sources = {
      token_response: { a: 'token response', b: 'token response', c: 'token response', d: 'token response' },
      userinfo: { a: 'user info', b: 'user info', c: 'user info' },
      id_token: { sub: 'ada', a: 'ID token', b: 'ID token' },
      access_token: { a: 'access token' },
    }
    const mappings = ['a', 'b', 'c', 'd'].map((claim, at) =>
      aMapping({ attribute: ['name', 'nickname', 'given_name', 'family_name'][at] ?? '', claim }),
    )
    assert.deepEqual(
      mapped(sources, { mappings }).patch.attributes.map(({ value }) => value),
      ['access token', 'ID token', 'user info', 'token response'],
    )
  })

  it('only in the document that a mapping names', () => {
    const mappings = [aMapping({ attribute: 'name', claim: 'name', source: 'userinfo' })]
    const { patch, lines } = mapped({ id_token: { sub: 'ada', name: 'Ada' } }, { mappings })
    assert.deepEqual(patch.attributes, [])
    assert.equal(lineOf(lines, 'attribute name').why, 'claim "name" does not stand in the user info: there is none')
  })

  it('never by itself in the authorization response, which comes through the browser (RFC 6749 §4.1.2)', () => {
    const authorization_response = { email: 'victim@example.org', email_verified: 'true', preferred_username: 'root' }
    const { patch } = mapped({ ...SUB, authorization_response }, { trustEmail: true })
    assert.deepEqual([patch.email, patch.username, patch.isEmailVerified], [undefined, undefined, false])
  })

  it('in the authorization response when a mapping says so, but an address from there is not verified', () => {
    const mappings = [aMapping({ attribute: 'email', claim: 'user.email', source: 'authorization_response' })]
    const sources = {
      id_token: { sub: 'a', email_verified: true },
      authorization_response: { user: { email: 'a@example.org' } },
    }
    const { patch } = mapped(sources, { mappings, trustEmail: true })
    assert.deepEqual([patch.email?.value, patch.isEmailVerified], ['a@example.org', false])
  })

  for (const attribute of ['ssoid', 'roles.grant', 'roles.remove', 'email_verified']) {
    it(`never in the authorization response for ${attribute}`, () => {
      const mappings = [
        aMapping({ attribute, claim: 'x', source: 'authorization_response' }),
        ...(attribute === 'ssoid' ? [] : [aMapping({ attribute: 'ssoid', claim: 'sub' })]),
      ]
      const { lines } = mapClaims({ ...SUB, authorization_response: { x: 'staff' } }, contextOf({ mappings }))
      assert.match(lineOf(lines, `attribute ${attribute}`).why, /everybody can write into the address line/)
    })
  }

  it('never among the tokens of the token response', () => {
    const mappings = [aMapping({ attribute: 'nickname', claim: 'refresh_token', source: 'token_response' })]
    const { patch, lines } = mapped({ ...SUB, token_response: { refresh_token: 'secret-token' } }, { mappings })
    assert.deepEqual(patch.attributes, [])
    assert.doesNotMatch(JSON.stringify(lines), /secret-token/)
  })
})

describe('mapClaims: user name, e-mail address and attributes', () => {
  it('makes user names lower-case unless the upstream tells them apart', () => {
    const sources = { id_token: { sub: 'ada', preferred_username: 'Ada' } }
    assert.deepEqual(mapped(sources).patch.username, { value: 'ada', sync: 'import' })
    assert.deepEqual(mapped(sources, { caseSensitiveUsername: true }).patch.username, { value: 'Ada', sync: 'import' })
  })

  for (const preferred_username of [' ada', 'ada\u0007', 'x'.repeat(256), ['a', 'b'], 'ada\ud800']) {
    it(`drops a user name that breaks a rule, and says so: ${JSON.stringify(preferred_username).slice(0, 20)}`, () => {
      const { patch, lines } = mapped({ id_token: { sub: 'ada', preferred_username } })
      assert.equal(patch.username, undefined)
      assert.equal(lineOf(lines, 'standard login').outcome, 'refused')
    })
  }

  it('drops what is no e-mail address, and says so', () => {
    const { patch, lines } = mapped({ id_token: { sub: 'ada', email: 'ada' } })
    assert.equal(patch.email, undefined)
    assert.match(lineOf(lines, 'standard email').why, /is not an e-mail address/)
  })

  it('keeps the standard claims (OIDC Core §5.1), and drops alone the one that breaks its rule', () => {
    const address = { locality: 'Berlin', street_address: 7, planet: 'Earth' }
    const id_token = {
      sub: 'ada',
      name: 'Ada',
      locale: 'de_AT',
      zoneinfo: 'Nowhere/Here',
      picture: 'javascript:x',
      address,
    }
    const { patch, lines } = mapped({ id_token })
    assert.deepEqual(Object.fromEntries(patch.attributes.map(({ name, value }) => [name, value])), {
      name: 'Ada',
      locale: 'de-AT',
      address: { locality: 'Berlin' },
    })
    assert.match(lineOf(lines, 'standard zoneinfo').why, /must be a time zone/)
    assert.match(lineOf(lines, 'standard picture').why, /must be a URL/)
  })

  it('does not say in our name that a telephone number was verified, unless a mapping says so', () => {
    const sources = { id_token: { sub: 'ada', phone_number_verified: true } }
    assert.deepEqual(mapped(sources).patch.attributes, [])
    const mappings = [aMapping({ attribute: 'phone_number_verified', claim: 'phone_number_verified' })]
    assert.deepEqual(mapped(sources, { mappings }).patch.attributes[0]?.value, true)
  })

  it('takes the first mapping of an attribute that has a value', () => {
    const mappings = [
      aMapping({ attribute: 'email', claim: 'mail' }),
      aMapping({ attribute: 'email', claim: 'upn' }),
      aMapping({ attribute: 'name', claim: 'display' }),
      { kind: 'hardcoded', attribute: 'name', value: 'Somebody' } as const,
    ]
    const { patch } = mapped(
      { id_token: { sub: 'a', mail: 'not one', upn: 'a@example.org', display: 'Ada' } },
      { mappings },
    )
    assert.deepEqual([patch.email?.value, patch.attributes[0]?.value], ['a@example.org', 'Ada'])
  })

  it('leaves to a mapping what it speaks about, though it finds nothing', () => {
    const mappings = [aMapping({ attribute: 'email', claim: 'work_email' })]
    assert.equal(mapped({ id_token: { sub: 'ada', email: 'home@example.org' } }, { mappings }).patch.email, undefined)
  })

  it('fills templates, and has no value when a claim is missing', () => {
    const template = '${ALIAS}.${CLAIM.login|lowercase}'
    const mappings = [{ kind: 'template', attribute: 'login', template } as const]
    assert.equal(mapped({ id_token: { sub: 'a', login: 'Ada' } }, { mappings }).patch.username?.value, 'idp.ada')
    const { patch, lines } = mapped(SUB, { mappings })
    assert.equal(patch.username, undefined)
    assert.match(lineOf(lines, 'template login').why, /claim "login" of the template has no text in the ID token/)
  })

  it('takes an attribute away when its claim is gone, if its own mapping has sync force', () => {
    const forced = aMapping({ attribute: 'nickname', claim: 'nick', sync: 'force' })
    assert.deepEqual(mapped(SUB, { mappings: [forced] }).patch.attributes, [
      { name: 'nickname', value: '', sync: 'force' },
    ])
    assert.deepEqual(mapped(SUB, { mappings: [{ ...forced, sync: 'import' }] }).patch.attributes, [])
    assert.deepEqual(mapped(SUB, { syncMode: 'force' }).patch.attributes, [], 'standard mappings take nothing away')
  })
})

describe('mapClaims: whether an e-mail address is verified (OIDC Core §5.1)', () => {
  const email = 'ada@example.org'
  const cases: ReadonlyArray<readonly [what: string, claims: object, trustEmail: boolean, verified: boolean]> = [
    ['never without trust_email', { email, email_verified: true }, false, false],
    ['with trust_email, when the upstream says so', { email, email_verified: true }, true, true],
    ['with trust_email, when it says so as text', { email, email_verified: 'true' }, true, true],
    ['with trust_email, when it says nothing', { email }, true, true],
    ['not when it says no', { email, email_verified: false }, true, false],
    ['not when it says something else', { email, email_verified: 1 }, true, false],
    ['not when it says null', { email, email_verified: null }, true, false],
  ]
  for (const [what, claims, trustEmail, verified] of cases) {
    it(what, () =>
      assert.equal(mapped({ id_token: { sub: 'a', ...claims } }, { trustEmail }).patch.isEmailVerified, verified),
    )
  }

  it('is asked of the document that the address stands in', () => {
    const mappings = [aMapping({ attribute: 'email', claim: 'email', source: 'userinfo' })]
    const of = (inIdToken: boolean, inUserinfo: boolean) =>
      mapped(
        {
          id_token: { sub: 'a', email: 'other@example.org', email_verified: inIdToken },
          userinfo: { email, email_verified: inUserinfo },
        },
        { mappings, trustEmail: true },
      ).patch
    assert.equal(of(true, false).isEmailVerified, false)
    assert.equal(of(true, false).isEmailDenied, true)
    assert.equal(of(false, true).isEmailVerified, true)
  })

  it('is asked of the object that the address stands in', () => {
    const mappings = [aMapping({ attribute: 'email', claim: 'user.email' })]
    const id_token = { sub: 'a', email_verified: true, user: { email, email_verified: false } }
    assert.equal(mapped({ id_token }, { mappings, trustEmail: true }).patch.isEmailVerified, false)
  })

  it('hears the no of another document when its own says nothing', () => {
    const sources = { id_token: { sub: 'a', email }, userinfo: { email, email_verified: false } }
    assert.equal(mapped(sources, { trustEmail: true }).patch.isEmailVerified, false)
  })

  it('is not known of an address that a template made, unless a mapping says so', () => {
    const made = { kind: 'template', attribute: 'email', template: '${CLAIM.login}@example.org' } as const
    const id_token = { sub: 'a', login: 'victim', email, email_verified: true }
    const { patch } = mapped({ id_token }, { mappings: [made], trustEmail: true })
    assert.deepEqual(
      [patch.email?.value, patch.isEmailVerified, patch.isEmailDenied],
      ['victim@example.org', false, undefined],
    )
    const vouched = { kind: 'hardcoded', attribute: 'email_verified', value: 'true' } as const
    assert.equal(mapped({ id_token }, { mappings: [made, vouched], trustEmail: true }).patch.isEmailVerified, true)
  })

  it('is asked of the claim that a mapping names; a claim that is missing is a no', () => {
    const mappings = [
      aMapping({ attribute: 'email', claim: 'emails[primary=true].email' }),
      aMapping({ attribute: 'email_verified', claim: 'emails[primary=true].verified' }),
    ]
    const of = (primary: object) =>
      mapped(
        { id_token: { sub: 'a' }, userinfo: { emails: [{ email, primary: true, ...primary }] } },
        { mappings, trustEmail: true },
      ).patch.isEmailVerified
    assert.deepEqual([of({ verified: true }), of({ verified: false }), of({})], [true, false, false])
  })
})

describe('mapClaims: groups and the right to manage this server', () => {
  const existingGroups = ['staff', 'admins', 'administrator']
  const group = (claims: Record<string, string | string[]>, more: object = {}) =>
    ({ kind: 'group', group: 'staff', claims, ...more }) as const
  const groupsOf = (claims: object, mapping: ReturnType<typeof group>) => {
    const { patch, lines } = mapped({ id_token: { sub: 'a', ...claims } }, { mappings: [mapping] }, existingGroups)
    return { added: patch.addGroups, removed: patch.removeGroups, why: lineOf(lines, 'group staff').why }
  }

  const matching: ReadonlyArray<
    readonly [what: string, claims: object, mapping: ReturnType<typeof group>, is: boolean]
  > = [
    ['exact: a text', { dept: 'eng' }, group({ dept: 'eng' }), true],
    ['exact: an element of a list', { groups: ['x', 'eng'] }, group({ groups: 'eng' }), true],
    ['exact: a boolean as text', { employee: true }, group({ employee: 'true' }), true],
    ['exact: a part is not enough', { dept: 'engineering' }, group({ dept: 'eng' }), false],
    ['exact: the case counts', { dept: 'Eng' }, group({ dept: 'eng' }), false],
    ['exact: an object is no text', { dept: { eng: true } }, group({ dept: 'eng' }), false],
    ['exact: all pairs must match', { a: '1', b: '2' }, group({ a: '1', b: '3' }), false],
    ['exact: all wanted values of a list', { groups: ['x', 'y'] }, group({ groups: ['x', 'y'] }), true],
    ['exact: one wanted value is missing', { groups: ['x'] }, group({ groups: ['x', 'y'] }), false],
    ['contains: a part of a text', { dn: 'cn=ada,ou=eng' }, group({ dn: 'ou=eng' }, { match: 'contains' }), true],
    [
      'contains: a part of an element',
      { dns: ['a', 'ou=eng,dc=x'] },
      group({ dns: 'ou=eng' }, { match: 'contains' }),
      true,
    ],
    ['contains: not there', { dn: 'ou=ops' }, group({ dn: 'ou=eng' }, { match: 'contains' }), false],
    ['regex: the whole value', { dept: 'eng-42' }, group({ dept: 'eng-\\d+' }, { match: 'regex' }), true],
    ['regex: a part is not enough', { dept: 'xeng-42' }, group({ dept: 'eng-\\d+' }, { match: 'regex' }), false],
    ['a claim that is missing', {}, group({ dept: 'eng' }), false],
    ['a claim that every object has', {}, group({ 'constructor.name': 'Object' }), false],
  ]
  for (const [what, claims, mapping, is] of matching) {
    it(`${is ? 'match' : 'do not match'}: ${what}`, () => {
      assert.deepEqual(groupsOf(claims, mapping).added, is ? [{ group: 'staff', sync: 'import' }] : [])
    })
  }

  it('names the pair that did not match', () => {
    assert.equal(
      groupsOf({ groups: ['x'] }, group({ groups: 'eng' })).why,
      'claim "groups" of the ID token has no value "eng" among its values',
    )
  })

  it('takes the group away with force, and only then', () => {
    assert.deepEqual(groupsOf({}, group({ dept: 'eng' }, { sync: 'force' })).removed, [
      { group: 'staff', sync: 'force' },
    ])
    assert.deepEqual(groupsOf({}, group({ dept: 'eng' })).removed, [])
  })

  it('does not take away what another mapping gives', () => {
    const mappings = [group({ a: '1' }, { sync: 'force' }), group({ b: '2' }, { sync: 'force', name: 'b' })]
    const { patch } = mapped({ id_token: { sub: 'a', b: '2' } }, { mappings }, existingGroups)
    assert.deepEqual([patch.addGroups, patch.removeGroups], [[{ group: 'staff', sync: 'force' }], []])
  })

  const unsafe: ReadonlyArray<readonly [what: string, mapping: ReturnType<typeof group>]> = [
    ['without any condition, which would match everybody', group({})],
    ['that wants a part that is empty', group({ sub: '' }, { match: 'contains' })],
    ['with a pattern that cannot be read', group({ sub: '(' }, { match: 'regex' })],
    ['with a path that cannot be read', group({ '[0]': 'a' })],
  ]
  for (const [what, mapping] of unsafe) {
    it(`gives and takes nothing by a rule ${what}`, () => {
      const { added, removed } = groupsOf({ dept: 'eng' }, { ...mapping, sync: 'force' } as typeof mapping)
      assert.deepEqual([added, removed], [[], []])
    })
  }

  it('gives no group that does not exist, and says how to make it', () => {
    const mappings = [{ kind: 'hardcoded_group', group: 'ghosts' } as const]
    const { patch, lines } = mapped(SUB, { mappings }, existingGroups)
    assert.deepEqual(patch.addGroups, [])
    assert.match(lineOf(lines, 'hardcoded_group ghosts').why, /sallyport group create/)
  })

  it('reads roles.grant and roles.remove as comma-separated texts and as lists, and removal wins', () => {
    const mappings = [
      aMapping({ attribute: 'roles.grant', claim: 'grant' }),
      aMapping({ attribute: 'roles.remove', claim: 'remove' }),
    ]
    const { patch, lines } = mapped(
      { id_token: { sub: 'a', grant: 'staff, admins,ghosts', remove: ['admins'] } },
      { mappings },
      existingGroups,
    )
    assert.deepEqual(patch.addGroups, [{ group: 'staff', sync: 'import' }])
    assert.deepEqual(patch.removeGroups, [{ group: 'admins', sync: 'import' }])
    assert.match(lineOf(lines, 'attribute roles.grant').why, /there is no group "ghosts"/)
  })

  for (const name of ['administrator', 'Administrator']) {
    it(`never makes an administrator by a list that the upstream fills: ${name}`, () => {
      const mappings = [aMapping({ attribute: 'roles.grant', claim: 'grant' })]
      const { patch, lines } = mapped({ id_token: { sub: 'a', grant: name } }, { mappings }, [...existingGroups, name])
      assert.deepEqual([patch.administrator, patch.addGroups], [undefined, []])
      assert.match(lineOf(lines, 'attribute roles.grant').why, /is never given by a list/)
    })
  }

  it('gives the right to manage this server by a rule of its own, and takes it away with force', () => {
    const mapping = { kind: 'administrator', claims: { groups: 'root' }, sync: 'force' } as const
    const of = (groups: readonly string[]) => mapped({ id_token: { sub: 'a', groups } }, { mappings: [mapping] }).patch
    assert.deepEqual(of(['root']).administrator, { value: true, sync: 'force' })
    assert.deepEqual(of(['user']).administrator, { value: false, sync: 'force' })
    const { patch } = mapped(SUB, { mappings: [{ ...mapping, claims: {} }] })
    assert.equal(patch.administrator, undefined)
  })

  it('never by what stands in the authorization response', () => {
    const mappings = [
      { kind: 'administrator', claims: { role: 'root' }, source: 'authorization_response' } as const,
      group({ role: 'root' }, { source: 'authorization_response' }),
    ]
    const { patch } = mapped({ ...SUB, authorization_response: { role: 'root' } }, { mappings }, existingGroups)
    assert.deepEqual([patch.administrator, patch.addGroups], [undefined, []])
  })
})

describe('mapClaims: the essential claim', () => {
  const gate = { essentialClaim: 'groups', essentialClaimValue: 'staff-.*' }
  it('lets in whom it matches', () => {
    assert.equal(mapped({ id_token: { sub: 'a', groups: ['x', 'staff-1'] } }, gate).patch.subject, 'a')
    assert.equal(mapped({ id_token: { sub: 'a', groups: 'any' } }, { essentialClaim: 'groups' }).patch.subject, 'a')
  })

  const out: ReadonlyArray<readonly [what: string, claims: object, settings: object]> = [
    ['without the claim', {}, gate],
    ['with another value', { groups: ['not-staff-1'] }, gate],
    ['when the claim is null', { groups: null }, { essentialClaim: 'groups' }],
    ['when the pattern cannot be read', { groups: 'a' }, { ...gate, essentialClaimValue: '(' }],
    ['when the path cannot be read', { groups: 'a' }, { ...gate, essentialClaim: '[' }],
  ]
  for (const [what, claims, settings] of out) {
    it(`keeps out everybody ${what}`, () => {
      const refusal = refused({ id_token: { sub: 'a', ...claims } }, settings)
      assert.deepEqual([refusal.error, refusal.rule], ['access_denied', 'upstream essential_claim'])
    })
  }

  it('does not hear the browser', () => {
    assert.equal(
      refused({ ...SUB, authorization_response: { groups: 'staff-1' } }, gate).rule,
      'upstream essential_claim',
    )
  })
})

describe('mapClaims: the sign-in itself', () => {
  it('takes amr and auth_time from the ID token alone (OIDC Core §2)', () => {
    const sources = {
      id_token: { sub: 'a', amr: ['otp', 7, 'otp'], auth_time: 1700000000 },
      userinfo: { amr: ['hwk'] },
    }
    const { amr, authTime } = mapped(sources).patch
    assert.deepEqual([amr, authTime], [['otp'], 1700000000])
    const none = mapped({ ...SUB, userinfo: { amr: ['hwk'], auth_time: 5 } }).patch
    assert.deepEqual([none.amr, none.authTime], [[], undefined])
  })

  it('calls people by user name, else e-mail address, else name', () => {
    const all = { preferred_username: 'ada', email: 'ada@example.org', name: 'Ada' }
    assert.equal(mapped({ id_token: { sub: 'a', ...all } }).patch.label, 'ada')
    assert.equal(mapped({ id_token: { sub: 'a', ...all, preferred_username: '' } }).patch.label, 'ada@example.org')
    assert.equal(mapped({ id_token: { sub: 'a', name: 'Ada' } }).patch.label, 'Ada')
    assert.equal(mapped(SUB).patch.label, undefined)
  })

  it('shortens values in its explanation, and never shows a token', () => {
    const mappings = [aMapping({ attribute: 'nickname', claim: 'n' }), aMapping({ attribute: 'name', claim: 'jwt' })]
    const jwt = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl'
    const { lines } = mapped({ id_token: { sub: 'a', n: 'x'.repeat(100), jwt } }, { mappings })
    assert.equal(lineOf(lines, 'attribute nickname').result, `${'x'.repeat(60)}…`)
    assert.equal(lineOf(lines, 'attribute name').result, '(a token)')
  })

  it('holds no control character in its explanation, which is stored (a NUL would be refused there)', () => {
    const mappings = [aMapping({ attribute: 'roles.grant', claim: 'r' })]
    const { lines } = mapped({ id_token: { sub: 'a', r: 'x\0\u001b[2Jy\ud800' } }, { mappings })
    assert.match(lineOf(lines, 'attribute roles.grant').why, /there is no group "x \[2Jy\ufffd"/)
  })
})

describe('mapClaims: attributes of this house', () => {
  const definition = (name: string, changes: Partial<AttributeDefinition> = {}): AttributeDefinition => ({
    name,
    type: 'text',
    isList: false,
    choices: [],
    scopes: [],
    createdAt: NOON,
    updatedAt: NOON,
    ...changes,
  })
  const definitions = [
    definition('unit'),
    definition('badge', { type: 'number' }),
    definition('skills', { isList: true }),
    definition('desk', { type: 'json' }),
  ]
  const given = (name: string, value: unknown) => {
    const mappings = [aMapping({ attribute: name, claim: 'x' })]
    const result = mapClaims(
      { ...SUB, userinfo: { x: value } as JsonObject },
      { ...contextOf({ mappings }), definitions },
    )
    const patched = 'patch' in result ? result.patch.attributes.find(attribute => attribute.name === name) : undefined
    return patched?.value
  }

  const rows: ReadonlyArray<readonly [name: string, said: unknown, value: unknown]> = [
    ['unit', 'Sales', 'Sales'],
    ['unit', ['Sales'], 'Sales'],
    ['unit', 4711, '4711'],
    ['unit', ['Sales', 'Support'], undefined],
    ['unit', { name: 'Sales' }, undefined],
    ['unit', 'a\0b', undefined],
    ['badge', '12', 12],
    ['badge', 'twelve', undefined],
    ['skills', 'go, a little', ['go, a little']],
    ['skills', ['go', 7], ['go', '7']],
    ['skills', ['go', { sql: true }], undefined],
    ['desk', { floor: 3, near: ['window'] }, { floor: 3, near: ['window'] }],
    ['desk', { note: 'a\0b' }, undefined],
    ['desk', { 'a\ud800': 1 }, undefined],
    ['nowhere', 'x', undefined],
  ]
  for (const [name, said, value] of rows) {
    it(`makes ${JSON.stringify(value)} of ${JSON.stringify(said)} for ${name}`, () => {
      assert.deepEqual(given(name, said), value)
    })
  }
})
