/** Tests of mappings as they are written: what is taken, and what would break a sign-in. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parseMappings } from './parse-mappings.ts'

const ATTRIBUTE = { kind: 'attribute', attribute: 'email', claim: 'mail' }
const TEMPLATE = '${ALIAS}.${CLAIM.email|localpart}'
const UUID = '${UUID}'

describe('parseMappings', () => {
  it('takes one of every kind as it is', () => {
    const written = [
      { ...ATTRIBUTE, name: 'the address', source: 'userinfo', sync: 'force' },
      { kind: 'attribute', attribute: 'address.locality', claim: 'city' },
      { kind: 'template', attribute: 'login', template: TEMPLATE },
      { kind: 'template', attribute: 'login', template: UUID },
      { kind: 'hardcoded', attribute: 'locale', value: 'de' },
      { kind: 'hardcoded', attribute: 'roles.grant', value: 'guests' },
      { kind: 'hardcoded_group', group: 'guests' },
      { kind: 'group', group: 'staff', claims: { roles: ['a', 'b'] }, match: 'contains' },
      { kind: 'group', group: 'staff', claims: { 'https://example\\.com/role': 'staff-\\d+' }, match: 'regex' },
      { kind: 'administrator', claims: { 'resource_access.us.roles[0]': 'admin' } },
    ]
    assert.deepEqual(parseMappings(written), { mappings: written, mistakes: [] })
  })

  it("knows Aurora's names of attributes", () => {
    const names = ['profile.url_icon', 'profile.name_first', 'profile.name_last', 'roles.remove', 'login', 'ssoid']
    const { mappings } = parseMappings(names.map(attribute => ({ kind: 'attribute', attribute, claim: 'x' })))
    assert.deepEqual(
      mappings.map(mapping => 'attribute' in mapping && mapping.attribute),
      ['picture', 'given_name', 'family_name', 'roles.remove', 'login', 'ssoid'],
    )
  })

  it('keeps those that are right beside those that are wrong, and names the wrong ones by their place', () => {
    const { mappings, mistakes } = parseMappings([ATTRIBUTE, ATTRIBUTE, { kind: 'attribute', attribute: 'email' }])
    assert.equal(mappings.length, 2)
    assert.deepEqual(
      mistakes.map(({ member, message }) => [member, message]),
      [['mappings[2].claim', 'is missing: a mapping of kind attribute needs it']],
    )
  })

  const bad: readonly (readonly [rule: string, mapping: unknown, mistake: RegExp])[] = [
    ['what is no object', 'email=mail', /^mappings\[0\]: must be an object$/],
    ['a kind that is missing', { attribute: 'email' }, /^mappings\[0\]\.kind: is missing; choose attribute/],
    ['a kind that there is not', { kind: 'groups' }, /^mappings\[0\]\.kind: "groups" .*did you mean group\?/],
    [
      'a member that means nothing',
      { ...ATTRIBUTE, clam: 'x' },
      /^mappings\[0\]\.clam: means nothing for attribute \(did you mean claim\?\)$/,
    ],
    [
      'an attribute that there is not',
      { ...ATTRIBUTE, attribute: 'emial' },
      /"emial" is no attribute \(did you mean email\?\)/,
    ],
    ['the subject by its name in tokens', { ...ATTRIBUTE, attribute: 'sub' }, /did you mean ssoid\?/],
    ["Keycloak's name of an attribute", { ...ATTRIBUTE, attribute: 'firstName' }, /did you mean given_name\?/],
    ['an attribute that is everything', { ...ATTRIBUTE, attribute: '__proto__' }, /is no attribute/],
    ['an attribute that is no text', { ...ATTRIBUTE, attribute: 7 }, /\.attribute: must be a text/],
    ['a claim path that is none', { ...ATTRIBUTE, claim: 'a[' }, /^mappings\[0\]\.claim: has a \[ without/],
    ['a claim that is no text', { ...ATTRIBUTE, claim: ['a'] }, /^mappings\[0\]\.claim: must be a text$/],
    [
      'a source that there is not',
      { ...ATTRIBUTE, source: 'idtoken' },
      /^mappings\[0\]\.source: .*did you mean id_token\?/,
    ],
    ['a sync mode that there is not', { ...ATTRIBUTE, sync: 'inherit' }, /^mappings\[0\]\.sync: /],
    [
      'a template that is none',
      { kind: 'template', attribute: 'login', template: `${TEMPLATE}$${'{'}` },
      /\.template: has a \$\{ without/,
    ],
    [
      'a template without a claim for the subject',
      { kind: 'template', attribute: 'ssoid', template: 'x' },
      /\.template: must hold a claim and no UUID/,
    ],
    [
      'a subject that is another one each time',
      { kind: 'template', attribute: 'ssoid', template: `${TEMPLATE}${UUID}` },
      /\.template: must hold a claim and no UUID/,
    ],
    [
      'one address for everybody by a template',
      { kind: 'template', attribute: 'email', template: 'a@b.example' },
      /must hold a claim: email is unique/,
    ],
    [
      'one subject for everybody',
      { kind: 'hardcoded', attribute: 'ssoid', value: 'x' },
      /\.value: cannot be the same for everybody/,
    ],
    [
      'one address for everybody',
      { kind: 'hardcoded', attribute: 'email', value: 'a@b.example' },
      /\.value: cannot be the same/,
    ],
    [
      'a value that the attribute cannot have',
      { kind: 'hardcoded', attribute: 'picture', value: 'x' },
      /^mappings\[0\]\.value: /,
    ],
    ['a group without a name', { kind: 'hardcoded_group', group: ' ' }, /^mappings\[0\]\.group: is empty$/],
    [
      'conditions that are none',
      { kind: 'group', group: 'a', claims: {} },
      /\.claims: must be an object of 1 to 20 claims/,
    ],
    [
      'a wanted value that is no text',
      { kind: 'administrator', claims: { admin: true } },
      /\.claims\.admin: must be a text$/,
    ],
    ['no wanted value', { kind: 'group', group: 'a', claims: { b: [] } }, /\.claims\.b: must be 1 to 50 texts$/],
    [
      'an expression that is none',
      { kind: 'group', group: 'a', claims: { b: '(' }, match: 'regex' },
      /\.claims\.b: has a \( without/,
    ],
    [
      'rights by way of the browser',
      { kind: 'group', group: 'a', claims: { b: 'c' }, source: 'authorization_response' },
      /\.source: cannot be authorization_response for group/,
    ],
    [
      'roles by way of the browser',
      { ...ATTRIBUTE, attribute: 'roles.grant', source: 'authorization_response' },
      /\.source: cannot be/,
    ],
  ]
  for (const [rule, mapping, mistake] of bad) {
    it(`refuses ${rule}`, () => {
      const { mappings, mistakes } = parseMappings([mapping])
      assert.deepEqual(mappings, [])
      assert.match(mistakes.map(({ member, message }) => `${member}: ${message}`).join('\n'), mistake)
    })
  }

  it('refuses more mappings than anybody needs', () => {
    const { mistakes } = parseMappings(Array.from({ length: 201 }, () => ATTRIBUTE))
    assert.deepEqual(
      mistakes.map(({ message }) => message),
      ['has 201 mappings'],
    )
  })
})
