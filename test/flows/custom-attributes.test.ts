/** Attributes that a house defines for itself: from what an upstream says to what an app reads, and what becomes of them when they change. */

import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { AttributeDefinition } from '../../src/core/attributes/attribute-definition.ts'
import { bearer, callAdmin, ownToken, registerManager } from '../support/admin-caller.ts'
import { NOON } from '../support/builders.ts'
import { eventually } from '../support/eventually.ts'
import {
  authorizePath,
  CHALLENGE,
  exchange,
  metadataOf,
  payloadOf,
  tokensFor,
  userinfo,
  VERIFIER,
} from '../support/hand-app.ts'
import { sentAway, shown } from '../support/hand-browser.ts'
import type { RunningApp } from '../support/running-app.ts'
import type { Registered } from '../support/seeding.ts'
import { startUpstreamPair, type UpstreamPair } from '../support/upstream-pair.ts'

describe('attributes of a house', () => {
  let pair: UpstreamPair
  let app: RunningApp
  let token: string

  const ask = (method: string, path: string, body?: unknown) =>
    callAdmin(app, { method, path, headers: bearer(token), ...(body === undefined ? {} : { body }) })
  async function done(method: string, path: string, body?: unknown) {
    const reply = await ask(method, path, body)
    assert.ok(reply.status < 300, `${method} ${path}: ${reply.text}`)
    return reply
  }
  async function refused(status: number, method: string, path: string, body?: unknown): Promise<string> {
    const reply = await ask(method, path, body)
    assert.equal(reply.status, status, reply.text)
    return reply.text
  }

  before(async () => {
    pair = await startUpstreamPair()
    app = pair.app
    token = await ownToken(app, await registerManager(app), 'administrator')
    await done('POST', '/attributes', { name: 'department', title: 'Department', scopes: ['work'] })
    await done('POST', '/attributes', {
      name: 'desk',
      type: 'number',
      scopes: ['work'],
      claim: 'https://house.example/desk',
    })
    await done('POST', '/attributes', { name: 'skills', list: true, scopes: ['profile'] })
    await done('POST', '/attributes', { name: 'note' })
  })
  after(async () => {
    await pair.close()
    assert.deepEqual([...pair.app.failures, ...pair.idp.failures], [])
  })

  const VALUES = { department: 'Sales', desk: 12, skills: ['go', 'sql, a little'], note: 'for nobody' }
  const enrol = (attributes: object = VALUES) => app.enrol({ attributes: { name: 'Ada', ...attributes } })
  const register = (
    scopes: readonly string[],
    changes: Parameters<RunningApp['register']>[0] = {},
  ): Promise<Registered> => app.register({ scopes, ...changes })
  async function claimsFor(
    by: Registered,
    account: Awaited<ReturnType<typeof enrol>>,
    changes: Record<string, string> = {},
  ) {
    const tokens = await tokensFor(app, await app.browser(account), by, changes)
    return {
      userinfo: (await (await userinfo(app, tokens.access_token)).json()) as Readonly<Record<string, unknown>>,
      idToken: payloadOf(tokens.id_token),
    }
  }

  it('travel from the claim of an upstream to the user info of an app (OIDC Core §5.1.2)', async () => {
    const definition: AttributeDefinition = {
      name: 'unit',
      type: 'text',
      isList: false,
      choices: [],
      scopes: ['profile'],
      createdAt: NOON,
      updatedAt: NOON,
    }
    const { repositories } = pair.idp.house
    assert.ok((await repositories.commit([repositories.attributeDefinitions.insert(definition)])).committed)
    await eventually(async () => (await metadataOf(pair.idp)).claims_supported?.includes('unit') === true)
    const there = await pair.idp.enrol({
      username: 'lovelace',
      attributes: { unit: 'Engines', nickname: '42' } as object,
    })
    await pair.addUpstream('corp')
    const mappings = [
      { kind: 'attribute', attribute: 'department', claim: 'unit', sync: 'force' },
      { kind: 'attribute', attribute: 'desk', claim: 'nickname' },
      { kind: 'hardcoded', attribute: 'skills', value: 'go,sql' },
    ]
    const { mappings: before } = (await done('GET', '/upstreams/corp')).json as { mappings: readonly object[] }
    await done('PATCH', '/upstreams/corp', { mappings: [...before, ...mappings] })
    const by = await register(['openid', 'profile', 'work'])
    const visit = async () => {
      const path = authorizePath(by.client, { scope: 'openid profile work', idp_hint: 'corp', ...CHALLENGE })
      const { params } = sentAway(await (await pair.browser()).open(path, there))
      const tokens = await exchange(app, by, params.get('code') ?? assert.fail('no code'), { code_verifier: VERIFIER })
      return (await (await userinfo(app, tokens.access_token)).json()) as Readonly<Record<string, unknown>>
    }
    const claims = await visit()
    assert.deepEqual(
      [claims.department, claims['https://house.example/desk'], claims.skills],
      ['Engines', 42, ['go', 'sql']],
    )
    const account = await app.house.repositories.accounts.findByLogin('lovelace')
    assert.equal(account?.createdBy, 'upstream corp')
    await repositories.commit([repositories.accounts.replace({ ...there, attributes: {} }, there)])
    const { department, skills } = await visit()
    assert.deepEqual([department, skills], [undefined, ['go', 'sql']], 'what is synchronised goes with its claim')
    const after = await app.house.repositories.accounts.findByLogin('lovelace')
    assert.equal(after?.updatedBy, 'upstream corp')
  })

  it('reach an app through their scopes, and no app without (OIDC Core §5.4)', async () => {
    const account = await enrol()
    const by = await register(['openid', 'profile', 'work'])
    const all = (await claimsFor(by, account, { scope: 'openid profile work' })).userinfo
    assert.deepEqual(
      [all.department, all['https://house.example/desk'], all.skills, all.note],
      ['Sales', 12, VALUES.skills, undefined],
    )
    const some = (await claimsFor(by, account, { scope: 'openid profile' })).userinfo
    assert.deepEqual([some.department, some.skills], [undefined, VALUES.skills])
    const without = await register(['openid', 'email'])
    const none = (await claimsFor(without, account, { scope: 'openid email work' })).userinfo
    assert.deepEqual([none.department, none.skills], [undefined, undefined])
  })

  it('reach it by name as well, in user info and ID token, within its scopes (OIDC Core §5.5)', async () => {
    const account = await enrol()
    const claims = JSON.stringify({
      userinfo: { department: null, note: null },
      id_token: { department: { value: 'Sales' }, 'https://house.example/desk': { value: 13 } },
    })
    const by = await register(['openid', 'work'])
    const told = await claimsFor(by, account, { scope: 'openid', claims })
    assert.deepEqual([told.userinfo.department, told.userinfo.note], ['Sales', undefined])
    assert.deepEqual([told.idToken.department, told.idToken['https://house.example/desk']], ['Sales', undefined])
    const without = await register(['openid', 'profile'])
    assert.equal((await claimsFor(without, account, { scope: 'openid', claims })).userinfo.department, undefined)
  })

  it('stand in discovery while they are there (OpenID Connect Discovery §3)', async () => {
    const both = async () => {
      const { scopes_supported: scopes, claims_supported: claims } = await metadataOf(app)
      return [scopes?.includes('fleeting'), claims?.includes('passing')]
    }
    assert.deepEqual(await both(), [false, false])
    await done('POST', '/attributes', { name: 'passing', scopes: ['fleeting'] })
    assert.deepEqual(await both(), [true, true])
    await done('DELETE', '/attributes/passing')
    assert.deepEqual(await both(), [false, false])
  })

  it('are told by their titles on the consent page, and shown to the person who has them', async () => {
    const account = await enrol()
    const by = await register(['openid', 'profile', 'work'], { consentMode: 'always' })
    const browser = await app.browser(account)
    const path = authorizePath(by.client, { scope: 'openid profile work' })
    assert.match(shown(await browser.open(path), '/consent').html, /Department, desk/)
    const { html } = shown(await browser.open('/account'), '/account')
    assert.match(html, /Department<\/strong><span dir="auto">Sales/)
    assert.doesNotMatch(html, /for nobody/)
  })

  it('are held to their types, wherever they are written', async () => {
    const { username } = await enrol({})
    const wrong: ReadonlyArray<readonly [attributes: object, field: string]> = [
      [{ department: 'a\u0000b' }, 'attributes.department'],
      [{ desk: 'twelve' }, 'attributes.desk'],
      [{ skills: 7 }, 'attributes.skills'],
      [{ unheard: 'x' }, 'attributes.unheard'],
    ]
    for (const [attributes, field] of wrong)
      assert.match(
        await refused(400, 'PATCH', `/accounts/${username}`, { attributes }),
        new RegExp(`"field":"${field}"`),
      )
    const mapping = { kind: 'attribute', attribute: 'unheard', claim: 'x' }
    await pair.addUpstream('mapped')
    const answer = await refused(400, 'PATCH', '/upstreams/mapped', { mappings: [mapping] })
    assert.match(answer, /\\"unheard\\" is no attribute/)
    const hardcoded = { kind: 'hardcoded', attribute: 'desk', value: 'twelve' }
    assert.match(await refused(400, 'PATCH', '/upstreams/mapped', { mappings: [hardcoded] }), /must be a number/)
  })

  it('change only as far as the values allow that accounts have', async () => {
    await done('POST', '/attributes', { name: 'size', choices: ['s', 'm'] })
    const { username } = await enrol({ size: 'm' })
    assert.match(await refused(409, 'PATCH', '/attributes/size', { type: 'number', choices: [] }), new RegExp(username))
    await refused(409, 'PATCH', '/attributes/size', { choices: ['s'] })
    await refused(409, 'PATCH', '/attributes/size', { list: true })
    await done('PATCH', '/attributes/size', { choices: ['s', 'm', 'l'] })
    await done('PATCH', `/accounts/${username}`, { attributes: { size: 'l' } })
  })

  it('leave their values behind when they go, which nobody reads and everybody may keep', async () => {
    await done('POST', '/attributes', { name: 'badge', type: 'number', scopes: ['profile'] })
    const account = await enrol({ badge: 7 })
    const { username } = account
    const { headers } = await done('DELETE', '/attributes/badge')
    assert.match(headers.get('sallyport-warnings') ?? '', /1 account keeps a value of badge/)
    const by = await register(['openid', 'profile'])
    assert.equal((await claimsFor(by, account, { scope: 'openid profile' })).userinfo.badge, undefined)
    const kept = await done('PATCH', `/accounts/${username}`, { name: 'Another' })
    assert.deepEqual(kept.json.attributes, { badge: 7 })
    await refused(400, 'PATCH', `/accounts/${username}`, { attributes: { badge: 8 } })
    await refused(409, 'POST', '/attributes', { name: 'badge', type: 'boolean' })
    await done('POST', '/attributes', { name: 'badge', type: 'number', scopes: ['profile'] })
    assert.equal((await claimsFor(by, account, { scope: 'openid profile' })).userinfo.badge, 7)
  })

  it('stay while an app may ask for a scope that only they bring (RFC 6749 §3.3)', async () => {
    await done('POST', '/attributes', { name: 'car', scopes: ['garage'] })
    const body = { client_id: 'parking', client_type: 'confidential', redirect_uris: ['https://parking.example/cb'] }
    const scope = 'openid garage'
    await done('POST', '/clients', { ...body, scope })
    await refused(400, 'POST', '/clients', { ...body, client_id: 'other', scope: 'openid nowhere' })
    assert.match(await refused(409, 'DELETE', '/attributes/car'), /parking may ask for garage/)
    await refused(409, 'PATCH', '/attributes/car', { scopes: [] })
    await done('PATCH', '/clients/parking', { scope: 'openid' })
    await done('DELETE', '/attributes/car')
    const everything = (await done('POST', '/clients', { ...body, client_id: 'modest' })).json
    assert.doesNotMatch(`${everything.scope}`, /work/, 'an app has such a scope only where it is named')
  })

  const badDefinitions: ReadonlyArray<readonly [body: object, field: string]> = [
    [{ name: 'Department2' }, 'name'],
    [{ name: 'constructor' }, 'name'],
    [{ name: '__proto__' }, 'name'],
    [{ name: 'email' }, 'name'],
    [{ name: 'birthdate' }, 'name'],
    [{ name: 'login' }, 'name'],
    [{ name: 'x', type: 'colour' }, 'type'],
    [{ name: 'x', type: 'number', choices: ['1'] }, 'choices'],
    [{ name: 'iss' }, 'claim'],
    [{ name: 'x', claim: 'sub' }, 'claim'],
    [{ name: 'x', claim: 'department' }, 'claim'],
    [{ name: 'x', claim: 'name#de' }, 'claim'],
    [{ name: 'x', scopes: ['openid'] }, 'scopes'],
    [{ name: 'x', scopes: ['admin.administrator'] }, 'scopes'],
    [{ name: 'x', scopes: ['two words'] }, 'scopes'],
  ]
  for (const [body, field] of badDefinitions) {
    it(`are refused where they would be mistaken for something else: ${JSON.stringify(body)} (OIDC Core §5.1.2, RFC 6749 §3.3)`, async () => {
      assert.match(await refused(400, 'POST', '/attributes', body), new RegExp(`"field":"${field}"`))
    })
  }
})
