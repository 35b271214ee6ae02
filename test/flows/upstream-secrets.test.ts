/** What nobody finds after a sign-in that failed: not in the database, not in the log, not on the page, not in what an administrator is shown. */

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, describe, it } from 'node:test'
import type { JsonObject } from '../../src/core/clients/client.ts'
import { openAnswer, openRecordedAnswer } from '../../src/core/upstreams/arrival/recorded-answer.ts'
import { attemptSecrets } from '../../src/core/upstreams/attempt.ts'
import type { Logger } from '../../src/lib/logger.ts'
import { isRefusal } from '../../src/spec/refusal.ts'
import { shown } from '../support/hand-browser.ts'
import { type Knobs, startKnobs } from '../support/knobs.ts'
import type { OddAnswer, OddBehaviour } from '../support/upstreams/odd-upstream.ts'
import { attemptAt, paramsOf, relyingPartyOf } from '../support/upstreams/upstream-room.ts'

describe('secrets of a sign-in through an upstream that failed', () => {
  let knobs: Knobs
  before(async () => {
    knobs = await startKnobs()
  })
  after(() => knobs.close())

  /** The upstream complains with all that it was sent. */
  const echo = (usual: OddAnswer): OddAnswer => {
    const sent = new URLSearchParams(knobs.odd.last('/token')?.body)
    const error_description = [...sent.values(), decodeURIComponent(String(usual.body))].join(' ').slice(0, 150)
    return { status: 400, body: JSON.stringify({ error: 'invalid_grant', error_description }) }
  }
  const failures: readonly [what: string, behaviour: () => OddBehaviour][] = [
    ['the upstream refuses', () => ({ response: { code: undefined, error: 'server_error', error_description: 'no' } })],
    ['another issuer answers', () => ({ response: { iss: 'https://elsewhere.example' } })],
    ['the token endpoint says no', () => ({ answers: { '/token': echo } })],
    [
      'the token endpoint sends a page',
      () => ({ answers: { '/token': ({ body = '' }) => ({ status: 500, body: `<p>${body}` }) } }),
    ],
    ['the ID token is forged', () => ({ idToken: { signer: 'stranger' } })],
    ['the ID token is for another sign-in', () => ({ idToken: { claims: { nonce: 'another' } } })],
    ['the ID token is for somebody else', () => ({ idToken: { claims: { aud: 'another' } } })],
    ['the user info is about somebody else', () => ({ userinfo: { sub: 'eve' } })],
    [
      'the user info cannot be had',
      () => ({ answers: { '/userinfo': () => ({ status: 403, body: 'an-access-token' }) } }),
    ],
  ]
  for (const [what, behaviour] of failures)
    it(`${what}: no code, token, secret or nonce is to be found anywhere (RFC 9700 §4.2)`, async () => {
      const visit = await knobs.signIn({ client_auth_method: 'client_secret_post' }, { behaviour: behaviour() })
      const page = shown(visit.landing)
      assert.equal(page.status, 400, page.html)
      const sent = new URLSearchParams(visit.token?.body)
      const secrets = {
        ...ALWAYS,
        secret: knobs.odd.secret,
        state: visit.asked.get('state'),
        nonce: visit.asked.get('nonce'),
        verifier: sent.get('code_verifier'),
        code: sent.get('code'),
      }
      assert.ok(secrets.state && secrets.nonce, 'there is something to look for')
      const everything = { page: page.html, database: databaseOf(knobs), headers: JSON.stringify([...page.headers]) }
      assert.ok(everything.database.includes(visit.upstream.alias), 'it is the right file')
      for (const [place, text] of Object.entries(everything))
        for (const [name, secret] of Object.entries(secrets))
          assert.equal(secret ? text.includes(secret) : false, false, `${name} in the ${place}`)
    })

  const kept: readonly [what: string, settings: JsonObject, behaviour: OddBehaviour][] = [
    ['on the way', {}, { userinfo: { sub: 'eve' } }],
    ['here, where nobody is let in without a claim', { essential_claim: 'nowhere', essential_claim_value: '.+' }, {}],
  ]
  for (const [where, settings, behaviour] of kept)
    it(`what is kept of a sign-in that failed ${where} has claims alone in it, no tokens`, async () => {
      const tokenResponse = { deep: [{ access_token: 'an-access-token' }] }
      const visit = await knobs.signIn(settings, { behaviour: { ...behaviour, tokenResponse } })
      const { repositories, clock } = knobs.app.house
      const [event] = await repositories.audit.list({ type: 'upstream-sign-in.refused', limit: 1 })
      assert.ok(event?.traceCode !== undefined && event.detail.upstream === visit.upstream.alias)
      const attempt = await repositories.attempts.findByTraceCode(event.traceCode)
      assert.ok(attempt?.sealedAnswer !== undefined)
      const { sealer } = knobs.app.keys
      const answer = openAnswer(attempt.sealedAnswer, attempt.id, sealer)
      for (const token of Object.values(ALWAYS)) assert.equal(JSON.stringify(answer).includes(token), false, token)
      const ports = { attempts: repositories.attempts, sealer, now: clock.now() }
      const recorded = await openRecordedAnswer(event.traceCode, visit.upstream, ports)
      assert.ok(recorded.kind === 'found' && recorded.sources.id_token?.sub === visit.person)
      const unopened = { open: () => assert.fail('another upstream does not get as far') }
      const other = await openRecordedAnswer(event.traceCode, await knobs.add(), { ...ports, sealer: unopened })
      assert.equal(other.kind, 'of-another-upstream')
    })

  it('what the log is told names places and rules, never what was in an answer', async () => {
    const told: string[] = []
    const tell = (fields: unknown, message: string): void => {
      told.push(`${message} ${JSON.stringify(fields)}`)
    }
    const logger: Logger = { debug: tell, info: tell, warn: tell, error: tell, isEnabled: () => true }
    const { app, odd } = knobs
    const upstream = await knobs.add()
    for (const [, behaviour] of [...failures, ['not validated', () => ({})] as const]) {
      const party = relyingPartyOf(app, { logger })
      odd.behave(behaviour())
      const attempt = attemptAt(upstream)
      const url = await party.authorizationUrl(upstream, attempt, { further: [] })
      assert.ok(!isRefusal(url))
      await party.receive({ ...upstream, disableJwtValidation: true }, attempt, paramsOf(await odd.signIn(url)))
      await party.refresh(upstream, 'a-refresh-token', 'no.id.token')
      const secrets = { ...ALWAYS, secret: odd.secret, ...attemptSecrets(app.keys.handles, attempt.id) }
      for (const secret of Object.values(secrets)) assert.equal(told.join('\n').includes(secret), false, secret)
    }
    assert.ok(told.length > 0)
  })
})

/** The head of every ID token that the odd upstream signs stands for the whole. */
const ALWAYS = {
  accessToken: 'an-access-token',
  refreshToken: 'a-refresh-token',
  idToken: Buffer.from('{"alg":"RS256","kid":"first"').toString('base64url').slice(0, -2),
}

function databaseOf({ app }: Knobs): string {
  const path = app.database.slice('sqlite:'.length)
  return [path, `${path}-wal`].map(name => readFileSync(name, 'latin1')).join('')
}
