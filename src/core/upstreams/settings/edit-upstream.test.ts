/** Tests of new and changed upstreams: what stays, what goes, and what of secrets is kept. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { masterKeyFromText } from '../../../lib/master-key.ts'
import { createSystemRandom } from '../../../lib/random.ts'
import { createSealer } from '../../../lib/seal.ts'
import type { JsonObject } from '../../clients/client.ts'
import type { Upstream } from '../upstream.ts'
import { openUpstreamSecret } from '../upstream-secrets.ts'
import { createUpstream } from './create-upstream.ts'
import { changedSettings, editUpstream, mergeMappings, type UpstreamChange } from './edit-upstream.ts'
import { settingsOfDocument } from './metadata-document.ts'
import { parseUpstream } from './parse-upstream.ts'
import { PRESETS, withPreset } from './presets.ts'
import { settingsJson } from './read-settings.ts'

const random = createSystemRandom()
const sealer = createSealer(masterKeyFromText('a'.repeat(43)), random)
const CREATED = new Date('2026-01-01T00:00:00Z')
const LATER = new Date('2026-02-01T00:00:00Z')
const RULES = { allowHttp: false }
const SETTINGS: JsonObject = {
  alias: 'work',
  client_id: 'sallyport',
  client_secret: 'first',
  discovery_uri: 'https://sso.example.com/.well-known/openid-configuration',
  scopes: 'openid groups',
  mappings: [{ kind: 'attribute', attribute: 'email', claim: 'mail' }],
}
const NOTHING: UpstreamChange = { set: {}, unset: [], map: [], unmap: [] }

describe('createUpstream', () => {
  it('seals the secret for this upstream alone', () => {
    const upstream = created()
    assert.equal(upstream.clientSecret?.kind, 'sealed')
    assert.ok(!JSON.stringify(upstream).includes('first'))
    assert.equal(secretOf(upstream), 'first')
    assert.throws(() => secretOf({ ...upstream, uid: created().uid }))
  })

  it('keeps identity, secret and what was discovered of one that it replaces', () => {
    const discovered = { fetchedAt: CREATED, issuer: 'https://sso.example.com' }
    const before = { ...created(), discovered }
    const { client_secret: _, ...rest } = SETTINGS
    const result = createUpstream(rest, RULES, { random, now: LATER, sealer }, before)
    assert.ok('upstream' in result)
    assert.equal(result.upstream.uid, before.uid)
    assert.deepEqual([result.upstream.createdAt, result.upstream.updatedAt], [CREATED, LATER])
    assert.equal(secretOf(result.upstream), 'first')
    assert.deepEqual(result.upstream.discovered, discovered)
  })

  it('says what becomes of the links of one that it replaces by another place', () => {
    const elsewhere = { ...SETTINGS, discovery_uri: 'https://new.example.com' }
    const result = createUpstream(elsewhere, RULES, { random, now: LATER, sealer }, created())
    assert.ok('warnings' in result)
    assert.match(result.warnings.join(), /whoever has the same ssoid there signs in/)
  })
})

describe('editUpstream', () => {
  it('changes what is mentioned and leaves the rest', () => {
    const before = created()
    const after = edited(before, { set: { display_name: 'Our people', sync_mode: 'force' } })
    assert.deepEqual(after, { ...before, displayName: 'Our people', syncMode: 'force', updatedAt: LATER })
    assert.deepEqual(changedSettings(before, after), ['display_name', 'sync_mode'])
  })

  it('lets a default count again', () => {
    const after = edited(created(), { unset: ['scopes', 'mappings'] })
    assert.deepEqual(after.scopes, ['openid', 'profile', 'email'])
    assert.deepEqual(after.mappings, [])
  })

  it('names a new secret in what changed, and never shows it', () => {
    const before = created()
    const after = edited(before, { set: { client_secret: 'second' } })
    assert.equal(secretOf(after), 'second')
    assert.deepEqual(changedSettings(before, after), ['client_secret'])
  })

  it('takes a secret away where none is needed, and refuses to where it is', () => {
    const unset = ['client_secret']
    const after = edited(created(), { unset, set: { client_auth_method: 'none' } })
    assert.equal(after.clientSecret, undefined)
    assert.match(mistakesOf(created(), { unset }), /^client_secret: is missing: client_secret_basic needs it$/)
  })

  it('forgets what was discovered elsewhere', () => {
    const before: Upstream = { ...created(), discovered: { fetchedAt: CREATED }, keysClearedAt: CREATED }
    assert.deepEqual(edited(before, { set: { order: 3 } }).discovered, { fetchedAt: CREATED })
    const after = edited(before, { set: { discovery_uri: 'https://other.example.com' } })
    assert.equal(after.discovered, undefined)
    assert.equal(after.keysClearedAt, CREATED)
  })

  it('takes away what was typed in about the place before: one tenant is not left with the issuer of all', () => {
    const typed = { issuer: 'https://sso.example.com/{tenantid}', userinfo_endpoint: 'https://sso.example.com/me' }
    const before = edited(created(), { set: typed })
    const set = { discovery_uri: 'https://one.example.com', userinfo_endpoint: 'https://one.example.com/me' }
    const after = edited(before, { set })
    assert.deepEqual([after.issuer, after.userinfoEndpoint], [undefined, 'https://one.example.com/me'])
    const result = editUpstream(before, { ...NOTHING, set }, { ...RULES, now: LATER, sealer })
    assert.ok('warnings' in result)
    const [gone, links] = result.warnings
    assert.equal(gone, 'issuer: gone, for it was said about the place before.')
    assert.match(links ?? '', /people who signed in before are not known any more/)
    assert.equal(edited(before, { set: { discovery_uri: 'https://sso.example.com/' } }).issuer, typed.issuer)
  })

  it('replaces the mappings of an attribute, and takes them away', () => {
    const map = [{ kind: 'attribute', attribute: 'email', claim: 'upn' }]
    assert.deepEqual(edited(created(), { map }).mappings, map)
    assert.deepEqual(edited(created(), { unmap: ['email'] }).mappings, [])
    assert.match(mistakesOf(created(), { unmap: ['picture'] }), /^mappings: have none for picture$/)
  })

  it('adds up mappings that give groups', () => {
    const grant = (claim: string) => ({ kind: 'attribute', attribute: 'roles.grant', claim })
    assert.deepEqual(mergeMappings([grant('a')], [grant('b')]), [grant('a'), grant('b')])
  })

  it('keeps the alias, the client_id and all rules', () => {
    assert.match(mistakesOf(created(), { set: { alias: 'other' } }), /^alias: cannot change/)
    assert.match(mistakesOf(created(), { unset: ['client_id'] }), /^client_id: cannot be taken away$/)
    assert.match(mistakesOf(created(), { unset: ['promt'] }), /^promt: .*did you mean prompt\?/)
    assert.match(mistakesOf(created(), { set: { scopes: 'email' } }), /^scopes: must have openid/)
  })

  it('changes nothing when it is given what it prints', () => {
    const before = created()
    assert.deepEqual(edited(before, { set: settingsJson(before, true) }), { ...before, updatedAt: LATER })
    assert.deepEqual(changedSettings(before, edited(before, {})), [])
  })
})

describe('presets', () => {
  for (const preset of PRESETS) {
    it(`are right as they are: ${preset.name}`, () => {
      const place = preset.needsDiscovery === undefined ? {} : { discovery_uri: preset.needsDiscovery }
      const said = { alias: preset.name, client_id: 'x', client_secret: 'y', ...place }
      const result = parseUpstream(withPreset(preset, said), RULES)
      assert.deepEqual('mistakes' in result ? result.mistakes : [], [])
    })
  }

  it("take nothing of the preset's own place with another one: one tenant is not left with the issuer of all", () => {
    const microsoft = presetOf('microsoft')
    const own = withPreset(microsoft, { discovery_uri: 'https://login.microsoftonline.com/one/v2.0' })
    assert.equal(own.issuer, undefined)
    assert.equal(own.discovery_uri, 'https://login.microsoftonline.com/one/v2.0')
    assert.match(`${withPreset(microsoft, {}).issuer}`, /\{tenantid\}/)
  })

  it('lose against what is said, and never trust an address', () => {
    assert.equal(withPreset(presetOf('google'), { display_name: 'Ours' }).display_name, 'Ours')
    for (const { settings } of PRESETS) assert.equal(settings.trust_email, undefined)
  })
})

describe('a discovery document from a file (OIDC Discovery §3)', () => {
  it('becomes settings: its places, its algorithms without none and secrets, its doors for certificates (RFC 8705 §5), and the one method that it takes', () => {
    const settings = settingsOfDocument({
      issuer: 'https://a.example',
      token_endpoint: 'https://a.example/token',
      response_types_supported: ['code'],
      id_token_signing_alg_values_supported: ['none', 'HS256', 'ES256', 'XY1'],
      token_endpoint_auth_methods_supported: ['client_secret_post'],
      mtls_endpoint_aliases: { token_endpoint: 'https://mtls.a.example/token' },
    })
    assert.deepEqual(settings, {
      issuer: 'https://a.example',
      token_endpoint: 'https://a.example/token',
      mtls_token_endpoint: 'https://mtls.a.example/token',
      id_token_signing_algs: ['ES256'],
      client_auth_method: 'client_secret_post',
    })
  })
})

function created(): Upstream {
  const result = createUpstream(SETTINGS, RULES, { random, now: CREATED, sealer })
  if ('mistakes' in result) throw new Error(JSON.stringify(result.mistakes))
  return result.upstream
}

function edited(before: Upstream, change: Partial<UpstreamChange>): Upstream {
  const result = editUpstream(before, { ...NOTHING, ...change }, { ...RULES, now: LATER, sealer })
  if ('mistakes' in result) throw new Error(JSON.stringify(result.mistakes))
  return result.upstream
}

function mistakesOf(before: Upstream, change: Partial<UpstreamChange>): string {
  const result = editUpstream(before, { ...NOTHING, ...change }, { ...RULES, now: LATER, sealer })
  if (!('mistakes' in result)) throw new Error('it was taken')
  return result.mistakes.map(({ member, message }) => `${member}: ${message}`).join('\n')
}

function secretOf(upstream: Upstream): unknown {
  if (upstream.clientSecret === undefined) return undefined
  const sources = { sealer, readReference: () => 'elsewhere' }
  return openUpstreamSecret(upstream, 'clientSecret', upstream.clientSecret, sources)
}

function presetOf(name: string) {
  const preset = PRESETS.find(other => other.name === name)
  if (preset === undefined) throw new Error(name)
  return preset
}
