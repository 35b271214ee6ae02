/** Every setting of what becomes of what an upstream says: of the person, of their account, and of the tokens that were brought along. */

import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { JsonObject } from '../../src/core/clients/client.ts'
import { answered, exchange } from '../support/hand-app.ts'
import { sentAway, shown } from '../support/hand-browser.ts'
import { isSignedIn, type Knobs, startKnobs, type Visit, type Way } from '../support/knobs.ts'
import { type MailServer, startMailServer } from '../support/mail-server.ts'
import { PASSWORD } from '../support/seeding.ts'

describe('what becomes of what an upstream says', () => {
  let mailServer: MailServer
  let knobs: Knobs

  before(async () => {
    mailServer = await startMailServer()
    knobs = await startKnobs(mailServer.environment)
    const { groups, commit } = knobs.app.house.repositories
    await commit(['staff', 'guests'].map(name => groups.ensure({ name, createdAt: new Date() })))
  })
  after(async () => {
    await knobs.close()
    await mailServer.close()
  })

  const says = (userinfo: JsonObject): Way => ({ behaviour: { userinfo } })
  /** Somebody who comes with the address of an account that is there. */
  const comesAs = async (settings: JsonObject, way: (email: string) => Way = email => says({ email })) => {
    const account = await knobs.app.enrol()
    return { account, visit: await knobs.signIn(settings, way(account.email ?? '')) }
  }

  it('mappings: make attributes, groups and names of claims', async () => {
    const mappings = [
      { kind: 'attribute', attribute: 'profile.url_icon', claim: 'avatar.href' },
      { kind: 'template', attribute: 'login', template: `\${ALIAS}.\${CLAIM.nick|lowercase}` },
      { kind: 'hardcoded', attribute: 'website', value: 'https://work.example/' },
      { kind: 'attribute', attribute: 'roles.grant', claim: 'roles' },
      { kind: 'group', group: 'guests', claims: { 'kinds[0]': 'guest' } },
    ]
    const claims = {
      avatar: { href: 'https://a.example/a.png' },
      nick: 'Countess',
      roles: 'staff, nobody',
      kinds: ['guest'],
    }
    const visit = await knobs.signIn({ mappings }, says(claims))
    const { username, attributes, groups } = await knobs.accountOf(visit)
    assert.equal(username, `${visit.upstream.alias}.countess`)
    assert.deepEqual([attributes.picture, attributes.website], ['https://a.example/a.png', 'https://work.example/'])
    assert.deepEqual([...groups].sort(), ['guests', 'staff'])
  })

  it('mappings: ssoid says who somebody is, and tells capitals apart', async () => {
    const mappings = [{ kind: 'attribute', attribute: 'ssoid', claim: 'number' }]
    const first = await knobs.signIn({ mappings }, says({ number: 'aB1' }))
    const second = await knobs.signIn(first.upstream, says({ number: 'ab1' }))
    assert.notEqual((await knobs.accountOf(first, 'aB1')).id, (await knobs.accountOf(second, 'ab1')).id)
  })

  it('standard_mappings: take the claims of OIDC Core §5.1; off, only what is mapped counts', async () => {
    const claims = says({ name: 'Ada Lovelace', given_name: 'Ada' })
    const { attributes } = await knobs.accountOf(await knobs.signIn({}, claims))
    assert.deepEqual([attributes.name, attributes.given_name], ['Ada Lovelace', 'Ada'])
    const own = ['ssoid=sub', 'login=preferred_username', 'email=email'].map(text => {
      const [attribute, claim] = text.split('=')
      return { kind: 'attribute', attribute, claim }
    })
    const bare = await knobs.accountOf(await knobs.signIn({ standard_mappings: false, mappings: own }, claims))
    assert.deepEqual([bare.attributes.name, bare.attributes.given_name], [undefined, undefined])
  })

  it('sync_mode: import takes what was said at the first sign-in, force what is said at every one', async () => {
    const after = async (settings: JsonObject) => {
      const first = await knobs.signIn(settings, says({ nickname: 'first' }))
      const { person } = first
      return (await knobs.accountOf(await knobs.signIn(first.upstream, { ...says({ nickname: 'second' }), person })))
        .attributes.nickname
    }
    assert.deepEqual([await after({}), await after({ sync_mode: 'force' })], ['first', 'second'])
  })

  it('sync_mode: what a file declares of the account stays as the file says', async () => {
    const mappings = [{ kind: 'group', group: 'guests', claims: { kind: 'guest' } }]
    const settings = { sync_mode: 'force', mappings }
    const first = await knobs.signIn(settings, says({ nickname: 'first', middle_name: 'A' }))
    const { username } = await knobs.accountOf(first)
    const { declarations, commit } = knobs.app.house.repositories
    const document = { groups: [], attributes: { nickname: 'first' } }
    const source = 'sallyport.yaml:3'
    await commit([declarations.insert({ kind: 'accounts', key: username, source, document, appliedAt: new Date() })])
    const { person } = first
    const way = says({ nickname: 'second', middle_name: 'B', kind: 'guest' })
    const after = await knobs.accountOf(await knobs.signIn(first.upstream, { ...way, person }))
    assert.deepEqual([after.attributes.nickname, after.attributes.middle_name, after.groups], ['first', 'B', []])
  })

  it('trust_email: an address counts as verified, unless it says otherwise itself; it never links', async () => {
    const verified = async (settings: JsonObject, userinfo: JsonObject) =>
      (await knobs.accountOf(await knobs.signIn(settings, says(userinfo)))).emailVerified
    const trust = { trust_email: true }
    assert.equal(await verified({}, { email_verified: true }), false)
    assert.equal(await verified(trust, {}), true)
    assert.equal(await verified(trust, { email_verified: false }), false)
    const { visit, account } = await comesAs(trust)
    shown(visit.landing, '/link-account')
    assert.deepEqual(await knobs.app.house.repositories.identities.listOfAccount(account.id), [])
  })

  it('case_sensitive_username: keeps capitals, which go otherwise', async () => {
    const named = async (settings: JsonObject, preferred_username: string) =>
      (await knobs.accountOf(await knobs.signIn(settings, says({ preferred_username })))).username
    assert.equal(await named({}, 'AdaOne'), 'adaone')
    assert.equal(await named({ case_sensitive_username: true }, 'AdaTwo'), 'AdaTwo')
  })

  it('essential_claim: has to be there, and essential_claim_value: has to be the whole of it, or of one of a list', async () => {
    const gate = { essential_claim: 'department', essential_claim_value: 'R(&|n)D' }
    for (const department of ['R&D', ['sales', 'RnD']]) isSignedIn(await knobs.signIn(gate, says({ department })))
    for (const claims of [{}, { department: 'R&D, too' }, { department: ['sales'] }, { Department: 'R&D' }]) {
      const visit = await knobs.signIn(gate, says(claims))
      assert.match(await knobs.whyRefused(visit), /essential_claim/)
      assert.equal(await knobs.app.house.repositories.identities.find(visit.upstream.uid, visit.person), undefined)
    }
  })

  it('create_accounts: off lets nobody in who is unknown', async () => {
    const visit = await knobs.signIn({ create_accounts: false })
    assert.match(await knobs.whyRefused(visit), /create_accounts/)
    isSignedIn(await knobs.signIn({}))
  })

  it('link_existing: off offers no link to an account that is there', async () => {
    shown((await comesAs({})).visit.landing, '/link-account')
    const { landing } = (await comesAs({ link_existing: false })).visit
    assert.notEqual(shown(landing).url.pathname, '/link-account')
  })

  it('link_proofs: are the ways that are offered, and that count', async () => {
    for (const [proof, other] of [
      ['mail', 'sign_in'],
      ['sign_in', 'mail'],
    ] as const) {
      const account = await knobs.app.enrol({ emailVerified: true })
      const visit = await knobs.signIn({ link_proofs: [proof] }, says({ email: account.email }))
      const page = shown(visit.landing, '/link-account')
      assert.match(page.html, new RegExp(`value="${proof}"`))
      assert.doesNotMatch(page.html, new RegExp(`value="${other}"`))
      shown(await visit.browser.submit(page, '/link-account', { choice: other }), '/link-account')
    }
  })

  it('review_profile: missing asks for what is missing, always asks, never does not', async () => {
    const [whole, part] = [{}, { email: undefined }]
    const asks = async (review_profile: string, userinfo: JsonObject): Promise<string> => {
      const { landing } = await knobs.signIn({ review_profile }, says(userinfo))
      return landing.kind === 'page' ? landing.url.pathname : 'the app'
    }
    assert.deepEqual([await asks('missing', whole), await asks('missing', part)], ['the app', '/profile'])
    assert.deepEqual([await asks('always', whole), await asks('never', part)], ['/profile', 'the app'])
  })

  it('post_login: password asks for the password of the account besides', async () => {
    const first = await knobs.signIn({})
    const { accounts, commit } = knobs.app.house.repositories
    const account = await knobs.accountOf(first)
    const { passwordHash } = await knobs.app.enrol()
    assert.ok(passwordHash)
    await commit([accounts.replace({ ...account, passwordHash }, account)])
    const { person } = first
    const upstream = await knobs.change(first.upstream, { post_login: 'password' })
    const visit = await knobs.signIn(upstream, { person })
    const page = shown(visit.landing, '/login')
    const answer = { username: account.username, password: PASSWORD }
    isSignedIn({ ...visit, landing: await visit.browser.submit(page, '/login', answer) })
  })

  it('amr: is what a sign-in counts as; trust_amr: lets the upstream say more (RFC 8176)', async () => {
    const behaviour = { idToken: { claims: { amr: ['otp', 'pwd'] } } }
    const amrOf = async (settings: JsonObject) =>
      (await knobs.claimsOf(await knobs.signIn(settings, { behaviour }))).amr
    assert.deepEqual(await amrOf({ amr: ['mfa'] }), ['mfa'])
    assert.deepEqual(await amrOf({ amr: ['mfa'], trust_amr: true }), ['mfa', 'otp', 'pwd'])
    assert.deepEqual(await amrOf({ trust_amr: true }), ['otp', 'pwd'])
  })

  const readTokens = async (visit: Visit) => {
    const { access_token } = await exchange(knobs.app, knobs.by, sentAway(visit.landing).params.get('code') ?? '')
    const headers = { authorization: `Bearer ${access_token}` }
    return answered(fetch(`${knobs.app.issuer}/broker/${visit.upstream.alias}/token`, { headers }))
  }

  it('store_tokens: keeps its tokens, and stored_tokens_readable_by: says which apps read them', async () => {
    const readable = { store_tokens: true, stored_tokens_readable_by: [knobs.by.client.clientId] }
    const kept = await readTokens(await knobs.signIn(readable))
    assert.deepEqual([kept.status, kept.access_token], [200, 'an-access-token'])
    assert.equal((await readTokens(await knobs.signIn({ ...readable, store_tokens: false }))).status, 404)
    assert.equal((await readTokens(await knobs.signIn({ store_tokens: true }))).status, 403)
  })

  it('min_token_validity: a token that is valid for less is refreshed before it is read', async () => {
    const readable = { store_tokens: true, stored_tokens_readable_by: [knobs.by.client.clientId] }
    const way: Way = { behaviour: { tokenResponse: { expires_in: 600 } } }
    const refreshes = async (settings: JsonObject) => {
      const visit = await knobs.signIn({ ...readable, ...settings }, way)
      assert.equal((await readTokens(visit)).status, 200)
      return new URLSearchParams(knobs.odd.last('/token')?.body).get('grant_type') === 'refresh_token'
    }
    assert.deepEqual([await refreshes({}), await refreshes({ min_token_validity: 900 })], [false, true])
  })

  it('token_parameters and token_headers: are sent with the request for fresh tokens, too (RFC 6749 §6)', async () => {
    const settings = {
      store_tokens: true,
      stored_tokens_readable_by: [knobs.by.client.clientId],
      min_token_validity: 86_400,
      token_parameters: { resource: 'there' },
      token_headers: { 'x-tenant': 'blue' },
    }
    assert.equal((await readTokens(await knobs.signIn(settings))).status, 200)
    const { body, headers } = knobs.odd.last('/token') ?? assert.fail('not asked')
    const form = new URLSearchParams(body)
    assert.deepEqual([form.get('grant_type'), form.get('resource')], ['refresh_token', 'there'])
    assert.equal(headers['x-tenant'], 'blue')
  })
})
