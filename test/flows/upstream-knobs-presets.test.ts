/** Presets: whoever is well known is signed in through, at a stand-in that answers as that one does. */

import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { JsonObject } from '../../src/core/clients/client.ts'
import { PRESETS, withPreset } from '../../src/core/upstreams/settings/presets.ts'
import { exchange, query } from '../support/hand-app.ts'
import { sentAway, shown } from '../support/hand-browser.ts'
import { isSignedIn, type Knobs, startKnobs, type Way } from '../support/knobs.ts'
import type { OddAnswer, OddBehaviour } from '../support/upstreams/odd-upstream.ts'

describe('presets', () => {
  let knobs: Knobs

  before(async () => {
    knobs = await startKnobs()
  })
  after(() => knobs.close())

  /** The settings of a preset, with the stand-in where the real one would be. */
  function settingsOf(name: string, more: JsonObject = {}): JsonObject {
    const preset = PRESETS.find(each => each.name === name) ?? assert.fail(name)
    const place = preset.needsDiscovery === undefined ? {} : { discovery_uri: knobs.odd.issuer }
    const { odd } = knobs
    const settings = JSON.stringify(withPreset(preset, { ...place, ...more }))
      .replaceAll(
        /https:\/\/(?:accounts\.google\.com|gitlab\.com|appleid\.apple\.com)\/\.well-known/g,
        `${odd.issuer}/.well-known`,
      )
      .replaceAll('https://login.microsoftonline.com', odd.issuer)
      .replace('https://github.com/login/oauth/authorize', `${odd.issuer}/authorize`)
      .replace('https://github.com/login/oauth/access_token', `${odd.issuer}/token`)
      .replace('"https://api.github.com/user"', `"${odd.issuer}/userinfo"`)
      .replace('https://api.github.com/user/emails', `${odd.issuer}/user/emails`)
    return { discovery_uri: null, ...(JSON.parse(settings) as JsonObject) }
  }
  const json = (value: unknown): OddAnswer => ({
    status: 200,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(value),
  })

  const document = '/common/v2.0/.well-known/openid-configuration'
  /** Entra as every tenant sees it; `tenant` is whose token it is, and what it says of itself. */
  function ofTenant(tenant: string, person: string, says: JsonObject = {}): Way {
    const { issuer } = knobs.odd
    const metadata = {
      issuer: `${issuer}/{tenantid}/v2.0`,
      authorization_endpoint: `${issuer}/authorize`,
      token_endpoint: `${issuer}/token`,
      userinfo_endpoint: `${issuer}/userinfo`,
      jwks_uri: `${issuer}/jwks`,
      id_token_signing_alg_values_supported: ['RS256'],
    }
    const claims = {
      iss: `${issuer}/${tenant}/v2.0`,
      tid: tenant,
      preferred_username: `${person}-${tenant}`,
      ...says,
    }
    const userinfo = {
      preferred_username: undefined,
      email: `${person}@${tenant}.example`,
      email_verified: undefined,
    }
    return { person, behaviour: { idToken: { claims }, userinfo, answers: { [document]: () => json(metadata) } } }
  }

  /** Those with discovery: what is known of each. */
  const rows: readonly (readonly [name: string, takesHint: boolean, secretIn: 'header' | 'form', signsOut: boolean])[] =
    [
      ['google', true, 'header', false],
      ['gitlab', false, 'header', false],
      ['keycloak', true, 'header', true],
      ['authelia', false, 'header', false],
      ['auth0', true, 'form', true],
      ['okta', true, 'header', true],
      ['sallyport', true, 'header', true],
    ]
  for (const [name, takesHint, secretIn, signsOut] of rows) {
    // The ID token says nothing but who it is, and the user info the rest.
    it(`${name}: signs somebody in with a code, PKCE, state and nonce, and ${signsOut ? 'out there, too' : 'out here alone'}`, async () => {
      const visit = await knobs.signIn(settingsOf(name), { request: { login_hint: 'ada' } })
      isSignedIn(visit)
      for (const parameter of ['state', 'nonce', 'code_challenge']) assert.ok(visit.asked.has(parameter), parameter)
      assert.deepEqual(visit.asked.get('scope')?.split(' '), ['openid', 'profile', 'email'])
      assert.equal((await knobs.accountOf(visit)).attributes.name, 'Ada Lovelace')
      assert.equal(visit.asked.get('login_hint'), takesHint ? 'ada' : null)
      assert.equal(visit.token?.headers.authorization !== undefined, secretIn === 'header')
      const { id_token } = await exchange(knobs.app, knobs.by, sentAway(visit.landing).params.get('code') ?? '')
      const end = query({ id_token_hint: id_token, post_logout_redirect_uri: 'https://app.example.org/' })
      const { location } = sentAway(await visit.browser.open(`/end_session?${end}`))
      assert.equal(location.startsWith(`${knobs.odd.issuer}/logout?`), signsOut)
      assert.equal(location.includes('&client_id=sallyport'), name === 'auth0')
    })
  }

  describe('github', () => {
    const user = { id: 583_231, login: 'octo-cat', name: 'Mona', avatar_url: 'https://a.example/1', email: null }
    const emails = [
      { email: 'other@github.example', primary: false, verified: true },
      { email: 'mona@github.example', primary: true, verified: true },
    ]
    const answers: NonNullable<OddBehaviour['answers']> = {
      '/userinfo': () => json({ ...user, html_url: 'https://github.example/octo-cat' }),
      '/user/emails': () => json(emails),
      '/token': ({ body = '' }) => {
        const { access_token } = JSON.parse(body) as JsonObject
        return json({ access_token, token_type: 'bearer', scope: 'read:user,user:email' })
      },
    }

    it('github: there is no ID token; who somebody is says the user info, and their address a second document', async () => {
      const visit = await knobs.signIn(settingsOf('github'), { behaviour: { answers } })
      isSignedIn(visit)
      const { username, email, attributes } = await knobs.accountOf(visit, '583231')
      assert.deepEqual([username, email], ['octo-cat', 'mona@github.example'])
      assert.deepEqual([attributes.name, attributes.picture], ['Mona', 'https://a.example/1'])
      assert.deepEqual([visit.asked.get('nonce'), visit.asked.get('scope')], [null, 'read:user user:email'])
      assert.equal(visit.token?.headers.authorization, undefined, 'the secret is in the form')
      for (const path of ['/userinfo', '/user/emails']) {
        const headers = visit.requests.find(request => request.path === path)?.headers
        assert.deepEqual(
          [headers?.authorization, headers?.accept, headers?.['user-agent'] !== undefined],
          ['Bearer an-access-token', 'application/vnd.github+json', true],
        )
      }
    })

    it('github: never says when somebody signed in, and is believed where an app demands that they do', async () => {
      const own = {
        ...answers,
        '/userinfo': () => json({ ...user, id: 7, login: 'lin' }),
        '/user/emails': () => json([]),
      }
      const settings = settingsOf('github', { review_profile: 'never' })
      isSignedIn(await knobs.signIn(settings, { request: { max_age: '60' }, behaviour: { answers: own } }))
    })

    it('github: an error with status 200 is an error (RFC 6749 §5.2)', async () => {
      const error = { error: 'bad_verification_code', error_description: 'The code passed is incorrect or expired.' }
      const visit = await knobs.signIn(settingsOf('github'), {
        behaviour: { answers: { '/token': () => json(error) } },
      })
      assert.equal(await knobs.whyRefused(visit), 'RFC 6749 §5.2 token request at the upstream')
      assert.equal(visit.userinfo, undefined)
    })

    it('github: whoever took a name that is free again is somebody else, for the number counts', async () => {
      const as = (id: number, email: string): Way => ({
        behaviour: {
          answers: {
            ...answers,
            '/userinfo': () => json({ ...user, id, login: `renamed-${email}` }),
            '/user/emails': () => json([{ email: `${email}@github.example`, primary: true, verified: true }]),
          },
        },
      })
      const first = await knobs.signIn(settingsOf('github'), as(1, 'first'))
      const second = await knobs.signIn(first.upstream, as(2, 'second'))
      assert.notEqual((await knobs.accountOf(first, '1')).id, (await knobs.accountOf(second, '2')).id)
    })
  })

  for (const name of ['google', 'microsoft']) {
    it(`${name}: never says when somebody signed in, and is believed where an app demands that they do`, async () => {
      const way = name === 'microsoft' ? ofTenant('33333333-cccc', 'lin') : { person: `asked-${name}` }
      const claims = { preferred_username: `asked-${name}`, email: `asked@${name}.example` }
      const idToken = { claims: { ...claims, ...way.behaviour?.idToken?.claims, auth_time: undefined } }
      const settings = settingsOf(name)
      const asking: Way = { ...way, request: { max_age: '60' }, behaviour: { ...way.behaviour, idToken } }
      const visit = await knobs.signIn(settings, asking)
      isSignedIn(visit)
      assert.equal(visit.asked.get('prompt'), 'login')
    })
  }

  it('apple: the answer is a form, the name comes with it once, and “true” is true', async () => {
    const upstream = await knobs.add(settingsOf('apple', { trust_email: true }))
    const claims = { email: 'ada@relay.apple.example', email_verified: 'true', is_private_email: 'true' }
    knobs.odd.behave({ person: '000123.abc.0456', idToken: { claims } })
    const { browser, landing } = await knobs.setOut(upstream)
    const { params, location } = sentAway(landing)
    assert.deepEqual([params.get('response_mode'), params.get('scope')], ['form_post', 'openid name email'])
    const answer = await knobs.odd.signIn(location)
    answer.set(
      'user',
      JSON.stringify({ name: { firstName: 'Ada', lastName: 'Lovelace' }, email: 'evil@apple.example' }),
    )
    // The form of another site brings no cookies of ours.
    const other = await knobs.app.browser()
    const posted = await other.send(`/broker/${upstream.alias}/endpoint`, { method: 'POST', body: answer })
    const profile = shown(await browser.open(posted.headers.get('location') ?? ''), '/profile')
    const typed = { username: 'ada-of-apple', email: claims.email, name: 'Ada Lovelace' }
    sentAway(await browser.submit(profile, '/profile', typed))
    const { email, emailVerified, attributes } = await knobs.accountOf({ upstream, person: '000123.abc.0456' })
    assert.deepEqual([email, emailVerified], [claims.email, true])
    assert.deepEqual([attributes.given_name, attributes.family_name], ['Ada', 'Lovelace'])
    assert.equal(knobs.odd.last('/token')?.headers.authorization, undefined, 'the secret is in the form')
  })

  describe('microsoft', () => {
    const OWN = '11111111-aaaa'
    const OTHER = '22222222-bbbb'
    const subjectOf = (tenant: string, person: string): string => `${knobs.odd.issuer}/${tenant}/v2.0 ${person}`

    it('microsoft: two tenants with the same sub are two people (OIDC Core §2)', async () => {
      const first = await knobs.signIn(settingsOf('microsoft'), ofTenant(OWN, 'ada'))
      const second = await knobs.signIn(first.upstream, ofTenant(OTHER, 'ada'))
      for (const visit of [first, second]) isSignedIn(visit)
      assert.equal(first.token?.headers.authorization, undefined, 'the secret is in the form')
      const [one, two] = [
        await knobs.accountOf(first, subjectOf(OWN, 'ada')),
        await knobs.accountOf(second, subjectOf(OTHER, 'ada')),
      ]
      assert.notEqual(one.id, two.id)
      const again = await knobs.signIn(first.upstream, ofTenant(OWN, 'ada'))
      assert.equal((await knobs.accountOf(again, subjectOf(OWN, 'ada'))).id, one.id)
    })

    for (const trust_email of [false, true]) {
      it(`microsoft: a tenant that claims somebody’s address gets nothing (trust_email ${trust_email})`, async () => {
        const ada = await knobs.app.enrol({ emailVerified: true })
        const lie = {
          email: ada.email,
          email_verified: true,
          xms_edov: true,
          upn: ada.email,
          preferred_username: ada.username,
        }
        const { landing, browser } = await knobs.signIn(
          settingsOf('microsoft', { trust_email }),
          ofTenant(OTHER, 'eve', lie),
        )
        shown(landing, '/link-account')
        assert.deepEqual(await knobs.app.house.repositories.identities.listOfAccount(ada.id), [])
        shown(await browser.open('/account'), '/login')
      })
    }

    it('microsoft: a token whose tenant and issuer differ is refused (OIDC Core §3.1.3.7)', async () => {
      const iss = `${knobs.odd.issuer}/${OTHER}/v2.0`
      const visit = await knobs.signIn(settingsOf('microsoft'), ofTenant(OWN, 'ada', { iss }))
      assert.equal(await knobs.whyRefused(visit), 'OIDC Core §3.1.3.7 iss of the upstream')
    })

    it('microsoft: a key that signs for one tenant signs for no other (RFC 8725 §3.8)', async () => {
      const signedFor = (place: string): Way => {
        const way = ofTenant(OWN, `of-${place.replace(/\W/g, '')}`)
        const keys: OddBehaviour['keys'] = published =>
          published.map(key => ({ ...key, issuer: `${knobs.odd.issuer}/${place}/v2.0` }))
        return { ...way, behaviour: { ...way.behaviour, keys } }
      }
      for (const place of ['{tenantid}', OWN]) isSignedIn(await knobs.signIn(settingsOf('microsoft'), signedFor(place)))
      const refused = await knobs.signIn(settingsOf('microsoft'), signedFor(OTHER))
      assert.equal(await knobs.whyRefused(refused), 'RFC 7515 §5.2 signature by a key of the upstream')
    })

    it('microsoft: kept to one tenant, it lets nobody of another one in', async () => {
      const one = { discovery_uri: null, issuer: `ISSUER/${OWN}/v2.0`, authorization_endpoint: 'ISSUER/authorize' }
      const place = { ...one, token_endpoint: 'ISSUER/token', jwks_uri: 'ISSUER/jwks' }
      const settings = JSON.parse(JSON.stringify(place).replaceAll('ISSUER', knobs.odd.issuer)) as JsonObject
      const visit = await knobs.signIn(settingsOf('microsoft', settings), ofTenant(OTHER, 'ada'))
      assert.equal(await knobs.whyRefused(visit), 'OIDC Core §3.1.3.7 iss of the upstream')
      isSignedIn(await knobs.signIn(visit.upstream, ofTenant(OWN, 'grace', { email: 'grace@own.example' })))
    })
  })
})
