/** Tests of what revocation, introspection, user info and logout decide. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { aClient, aGrant, anAccount, NOON, signedIn } from '../../../test/support/builders.ts'
import { addSeconds } from '../../lib/clock.ts'
import { isRefusal } from '../../spec/refusal.ts'
import { decide as decideSignOut } from './end-session/end-session.ts'
import { describeRefreshToken } from './introspection.ts'
import { decide } from './revocation.ts'
import { decide as decideUserinfo } from './userinfo.ts'

const app = aClient()
const own = aGrant({ clientUid: app.uid, generation: 2, redeemedAt: NOON, rotatedAt: NOON })
const access = { kind: 'access', grantId: own.id, issuedAt: 100, expiresAt: 200, handle: 'h' } as const

describe('revocation (RFC 7009)', () => {
  it('takes an unknown token as revoked already (§2.2)', () => {
    assert.deepEqual(decide(app, undefined, undefined), { kind: 'nothing-to-revoke' })
    assert.deepEqual(decide(app, access, undefined), { kind: 'nothing-to-revoke' })
  })

  it("refuses another client's token, and keeps it (§2.1)", () => {
    const foreignClientToken = {
      kind: 'client-access',
      clientUid: aClient().uid,
      issuedAt: 1,
      expiresAt: 2,
      handle: 'h',
      scopes: [],
    } as const
    for (const decision of [decide(app, access, aGrant()), decide(app, foreignClientToken, undefined)]) {
      assert.ok(isRefusal(decision))
      assert.deepEqual(
        [decision.error, decision.description],
        ['invalid_grant', 'the token was issued to another client'],
      )
    }
  })

  it('ends one access token, but the whole grant of a refresh token (§2.1)', () => {
    assert.deepEqual(decide(app, access, own), {
      kind: 'revoke-token',
      handle: 'h',
      expiresAt: new Date(200_000),
    })
    const exchanged = { ...access, issuedTo: aClient().uid }
    assert.ok(isRefusal(decide(app, exchanged, own)), 'after a token exchange it belongs to who got it (RFC 8693)')
    assert.deepEqual(decide(app, { kind: 'refresh', grantId: own.id }, own), { kind: 'revoke-grant', id: own.id })
  })
})

describe('introspection of refresh tokens (RFC 7662 §2.2)', () => {
  const account = anAccount()
  const facts = { grant: own, account, sessionEnded: false }
  const keys = { pairwiseSubject: () => 'pairwise' }

  it('describes the live generation to the client it belongs to', () => {
    const answer = describeRefreshToken(facts, 2, app, NOON, 'https://id.example.org', keys)
    assert.ok(answer.active && 'sub' in answer && answer.sub === account.subject)
  })

  it('says nothing but inactive to others, about old generations, and about what has ended', () => {
    const answers = [
      describeRefreshToken(undefined, 2, app, NOON, '', keys),
      describeRefreshToken(facts, 2, aClient(), NOON, '', keys),
      describeRefreshToken(facts, 1, app, NOON, '', keys),
      describeRefreshToken({ ...facts, grant: { ...own, revokedAt: NOON } }, 2, app, NOON, '', keys),
      describeRefreshToken(facts, 2, app, addSeconds(own.expiresAt, 0), '', keys),
      describeRefreshToken({ grant: own, sessionEnded: false }, 2, app, NOON, '', keys),
    ]
    for (const answer of answers) assert.deepEqual(answer, { active: false })
  })
})

describe('user info (OIDC Core §5.3)', () => {
  const issuer = 'https://id.example.org'
  const live = { token: access, format: 'opaque', handle: 'h', client: app, owner: app } as const
  const person = { grant: own, account: anAccount() }

  it('needs a person and scope openid', () => {
    const noPerson = decideUserinfo({ ...live, scopes: ['openid'] }, issuer)
    assert.ok(isRefusal(noPerson) && noPerson.error === 'invalid_token')
    const noScope = decideUserinfo({ ...live, scopes: ['email'], person }, issuer)
    assert.ok(isRefusal(noScope) && noScope.error === 'insufficient_scope')
  })

  it('takes a token for an API only when its audience names this endpoint, too (RFC 9068 §4)', () => {
    const withAudience = (audience: readonly string[]) =>
      decideUserinfo({ ...live, token: { ...access, audience }, scopes: ['openid'], person }, issuer)
    const foreign = withAudience(['https://api.example.org'])
    assert.ok(isRefusal(foreign) && foreign.error === 'invalid_token')
    assert.ok(!isRefusal(withAudience(['https://api.example.org', `${issuer}/userinfo`])))
  })
})

describe('RP-initiated logout (§2)', () => {
  const person = signedIn()
  const keys = { pairwiseSubject: (sector: string, subject: string) => `${subject} at ${sector}` }
  const hint = { subject: person.account.subject, clientId: app.clientId, sessionId: person.session.id }

  it('signs out without a question when the hint names this very session', () => {
    assert.deepEqual(decideSignOut({ hint }, person, keys), { kind: 'sign-out' })
  })

  it('asks when there is no hint, or one of another session or person: a link on any site could be behind it', () => {
    const { sessionId: _, ...withoutSession } = hint
    for (const request of [
      {},
      { hint: withoutSession },
      { hint: { ...hint, sessionId: 'x' } },
      { hint: { ...hint, subject: 'x' } },
    ]) {
      assert.deepEqual(decideSignOut(request, person, keys), { kind: 'ask' })
    }
  })

  it('knows the person by the name that the app has for them (OIDC Core §8.1)', () => {
    const client = aClient({ subjectType: 'pairwise', sectorIdentifier: 'app.example' })
    assert.deepEqual(decideSignOut({ hint, client }, person, keys), { kind: 'ask' })
    const pairwise = { ...hint, subject: `${hint.subject} at app.example` }
    assert.deepEqual(decideSignOut({ hint: pairwise, client }, person, keys), { kind: 'sign-out' })
  })

  it('has nothing to end when nobody is signed in', () => {
    assert.deepEqual(decideSignOut({ hint }, undefined, keys), { kind: 'nothing-to-end' })
  })
})
