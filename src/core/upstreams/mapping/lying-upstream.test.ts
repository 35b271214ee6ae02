/** Whatever an upstream says, in every combination: no exception, nobody else's identity, nothing out of nowhere. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { aMapping, contextOf } from '../../../../test/support/mapping.ts'
import { mapClaims } from './map-claims.ts'
import type { ClaimSource, ClaimSources, Mapping } from './mapping.ts'

const SOURCES = ['authorization_response', 'token_response', 'id_token', 'access_token', 'userinfo'] as const
const GROUPS = ['staff', 'admins', 'administrator']

const names = fc.constantFrom(
  ...['sub', 'iss', 'email', 'email_verified', 'preferred_username', 'name', 'address', 'locale', 'groups', 'amr'],
  ...['auth_time', 'phone_number', 'picture', '__proto__', 'constructor', 'toString', 'length', 'id_token'],
)
const values = fc.oneof(
  fc.constantFrom('ada', 'ada@example.org', 'staff', 'administrator', 'staff,admins', 'true', '', ' ', '\0', '\ud800'),
  fc.string(),
  fc.jsonValue({ maxDepth: 3 }),
  fc.array(fc.constantFrom('staff', 'admins', 'administrator', 7, null)),
)
const documents = fc
  .array(fc.tuple(fc.oneof(names, fc.string()), values), { maxLength: 8 })
  // As a parser makes it: `__proto__` is a member like any other.
  .map(members => JSON.parse(JSON.stringify(Object.fromEntries(members))) as Record<string, unknown>)

const sources: fc.Arbitrary<ClaimSources> = fc.record(
  Object.fromEntries(SOURCES.map(name => [name, documents])) as Record<ClaimSource, typeof documents>,
  { requiredKeys: [] },
)

const paths = fc.oneof(
  names,
  fc.tuple(names, names).map(parts => parts.join('.')),
  fc.constantFrom('groups[0]', 'a[', ''),
)
const common = {
  name: fc.string(),
  source: fc.constantFrom(...SOURCES),
  sync: fc.constantFrom('import' as const, 'force' as const),
}
const attributes = fc.constantFrom(
  ...[
    'ssoid',
    'login',
    'email',
    'email_verified',
    'name',
    'address',
    'address.locality',
    'roles.grant',
    'roles.remove',
  ],
  ...['sub', 'nonsense', '__proto__', 'constructor', 'administrator'],
)
const conditions = {
  claims: fc.dictionary(paths, fc.oneof(fc.string(), fc.constantFrom('staff', 'administrator'), fc.array(fc.string()))),
  match: fc.constantFrom('exact' as const, 'contains' as const, 'regex' as const),
}
/** The members of its kind always, those that all kinds have now and then. */
function ofKind(kind: Mapping['kind'], members: Readonly<Record<string, fc.Arbitrary<unknown>>>) {
  const own = fc.record({ kind: fc.constant(kind), ...members })
  return fc.tuple(own, fc.record(common, { requiredKeys: [] })).map(([is, may]) => ({ ...may, ...is }))
}

const mappings: fc.Arbitrary<readonly Mapping[]> = fc
  .array(
    fc.oneof(
      ofKind('attribute', { attribute: attributes, claim: paths }),
      ofKind('template', { attribute: attributes, template: fc.string() }),
      ofKind('hardcoded', { attribute: attributes, value: fc.string() }),
      ofKind('hardcoded_group', { group: fc.constantFrom(...GROUPS) }),
      ofKind('group', { ...conditions, group: fc.constantFrom(...GROUPS) }),
      ofKind('administrator', conditions),
    ),
    { maxLength: 6 },
  )
  .map(all => all as unknown as readonly Mapping[])

const settings = fc.record(
  {
    kind: fc.constantFrom('oidc' as const, 'oauth2' as const),
    mappings,
    standardMappings: fc.boolean(),
    trustEmail: fc.boolean(),
    caseSensitiveUsername: fc.boolean(),
    syncMode: fc.constantFrom('import' as const, 'force' as const),
    essentialClaim: paths,
    issuer: fc.constantFrom('https://idp.example', 'https://idp.example/{tenantid}'),
  },
  { requiredKeys: [] },
)

/** What a patch gives: a value by its target. An empty text takes something away. */
function given(said: ClaimSources, context: Parameters<typeof mapClaims>[1]): readonly string[] {
  const result = mapClaims(said, context)
  if ('refusal' in result) return []
  const { patch } = result
  return [
    ...(patch.username === undefined ? [] : ['login']),
    ...(patch.email === undefined ? [] : ['email']),
    ...patch.attributes.filter(({ value }) => value !== '').map(({ name }) => name),
    ...patch.addGroups.map(({ group }) => `group ${group}`),
    ...(patch.administrator?.value === true ? ['administrator'] : []),
  ]
}

describe('a lying upstream', () => {
  it('never makes an exception, and its answer is never more than the rules allow', () => {
    fc.assert(
      fc.property(sources, settings, (said, set) => {
        const result = mapClaims(said, contextOf(set, GROUPS))
        if ('refusal' in result) return
        const { patch } = result
        assert.ok(patch.subject !== '' && patch.subject.isWellFormed() && !patch.subject.includes('\0'))
        assert.ok([...patch.addGroups, ...patch.removeGroups].every(({ group }) => GROUPS.includes(group)))
        assert.ok(!patch.isEmailVerified || (patch.email !== undefined && set.trustEmail === true))
        for (const { group } of patch.addGroups) assert.ok(!patch.removeGroups.some(removed => removed.group === group))
      }),
      { numRuns: 2000 },
    )
  })

  it('never names the subject by another claim than that of its mapping (OIDC Core §2)', () => {
    fc.assert(
      fc.property(sources, mappings, (said, others) => {
        const own = aMapping({ attribute: 'ssoid', claim: 'real_subject', source: 'id_token' })
        const id_token = { ...said.id_token, real_subject: 'the real one' }
        const result = mapClaims({ ...said, id_token }, contextOf({ mappings: [own, ...others] }, GROUPS))
        assert.equal('patch' in result && result.patch.subject, 'the real one')
        const { real_subject: _, ...without } = id_token
        const missing = mapClaims({ ...said, id_token: without }, contextOf({ mappings: [own, ...others] }, GROUPS))
        assert.ok('refusal' in missing)
      }),
    )
  })

  it('makes no administrator but by a rule of that kind that names a claim', () => {
    const harmless = mappings.map(all => all.filter(({ kind }) => kind !== 'administrator'))
    fc.assert(
      fc.property(sources, harmless, (said, all) => {
        const result = mapClaims({ ...said, id_token: { sub: 'a' } }, contextOf({ mappings: all }, GROUPS))
        assert.ok('refusal' in result || result.patch.administrator === undefined)
      }),
    )
  })

  it('gets no more values from fewer documents, where each mapping names its own', () => {
    const bound = mappings.map(all => all.map(mapping => ({ ...mapping, source: mapping.source ?? 'userinfo' })))
    fc.assert(
      fc.property(sources, bound, fc.constantFrom(...SOURCES), (said, all, gone) => {
        const own = aMapping({ attribute: 'ssoid', claim: 'sub', source: 'id_token' })
        const context = contextOf({ mappings: [own, ...all], standardMappings: false }, GROUPS)
        const { [gone]: _, ...fewer } = { ...said, id_token: { ...said.id_token, sub: 'a' } }
        const before = given({ ...said, id_token: { ...said.id_token, sub: 'a' } }, context)
        // What `roles.remove` held back comes to light when its document is gone.
        if (all.some(mapping => 'attribute' in mapping && mapping.attribute === 'roles.remove')) return
        for (const target of given(fewer, context)) assert.ok(before.includes(target), target)
      }),
    )
  })

  it('says nothing by the address line of the browser that no mapping asks it for (RFC 6749 §4.1.2)', () => {
    const deaf = mappings.map(all => all.map(({ source: _, ...mapping }) => mapping as Mapping))
    fc.assert(
      fc.property(sources, deaf, documents, (said, all, forged) => {
        const context = contextOf({ mappings: all, trustEmail: true }, GROUPS)
        const { authorization_response: _, ...honest } = said
        assert.deepEqual(mapClaims({ ...honest, authorization_response: forged }, context), mapClaims(honest, context))
      }),
    )
  })

  it('a value that begins a million tokens and ends none is looked at in its beginning only', {
    timeout: 30_000,
  }, () => {
    const begun = 'eyJ-'.repeat(1_000_000)
    const mappings = [aMapping({ attribute: 'roles.grant', claim: 'groups' })]
    const { lines } = mapClaims({ id_token: { sub: 'ada', groups: [begun, 'staff'] } }, contextOf({ mappings }, GROUPS))
    const [line] = lines
    assert.equal(line?.result, 'staff')
    assert.ok(line.why.length < 200, line.why)
  })
})
