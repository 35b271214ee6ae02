/** Tests of the decisions behind the grants: one row per rule. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { aClient, aGrant, anAccount, NOON } from '../../../../../test/support/builders.ts'
import type { Grant, GrantFacts } from '../../../../core/grants/grant.ts'
import { addSeconds } from '../../../../lib/clock.ts'
import { isRefusal } from '../../../../spec/refusal.ts'
import { type CodeExchange, decide as decideCode } from './authorization-code.ts'
import { decide as decideClient } from './client-credentials.ts'
import { decide as decideRefresh } from './refresh-token.ts'

const client = aClient()
const account = anAccount()
const own = (changes: Partial<Grant> = {}) => aGrant({ clientUid: client.uid, accountId: account.id, ...changes })
const factsOf = (grant: Grant, changes: Partial<GrantFacts> = {}): GrantFacts => ({
  grant,
  account,
  sessionEnded: false,
  ...changes,
})

describe('the authorization code grant (RFC 6749 §4.1.3)', () => {
  const exchange: CodeExchange = { code: 'x', redirectUri: 'https://app.example.org/callback', codeVerifier: undefined }
  const online = { offline: false }

  it('exchanges a fresh code of this client', () => {
    const decision = decideCode(exchange, factsOf(own()), client, NOON)
    assert.ok(!isRefusal(decision) && decision.kind === 'exchange')
  })

  const rows: [string, CodeExchange, GrantFacts | undefined, string][] = [
    ['an unknown code', exchange, undefined, 'the code is unknown'],
    ['a code of another client (§5.2)', exchange, factsOf(aGrant()), 'it was issued to another client'],
    ['a code whose grant was revoked', exchange, factsOf(own({ revokedAt: NOON })), 'the grant was revoked'],
    ['a code that has expired (§4.1.2)', exchange, factsOf(own({ codeExpiresAt: NOON })), 'the code has expired'],
    [
      'another redirect URI',
      { ...exchange, redirectUri: 'https://app.example.org/callback?' },
      factsOf(own()),
      'redirect_uri differs from the authorization request',
    ],
    [
      'no redirect URI',
      { ...exchange, redirectUri: undefined },
      factsOf(own()),
      'redirect_uri differs from the authorization request',
    ],
    [
      'a missing verifier (RFC 7636 §4.6)',
      exchange,
      factsOf(own({ codeChallenge: 'x'.repeat(43), codeChallengeMethod: 'S256' })),
      'code_verifier is missing',
    ],
    ['an account that is gone', exchange, { grant: own(), sessionEnded: false }, 'the account is gone'],
    [
      'a disabled account',
      exchange,
      factsOf(own(), { account: anAccount({ disabledAt: NOON }) }),
      'the account is disabled',
    ],
    [
      'a sign-in from before the password changed',
      exchange,
      factsOf(own(), { account: anAccount({ validFrom: addSeconds(NOON, 1) }) }),
      'the password was changed since the person signed in',
    ],
    [
      'a code whose person has signed out',
      exchange,
      factsOf(own(online), { sessionEnded: true }),
      'the person has signed out',
    ],
  ]
  for (const [what, request, facts, description] of rows) {
    it(`refuses ${what}`, () => {
      const decision = decideCode(request, facts, client, NOON)
      assert.ok(isRefusal(decision))
      assert.deepEqual([decision.error, decision.description], ['invalid_grant', description])
    })
  }

  it('knows a second use as a replay, even after the code expired (§4.1.2)', () => {
    for (const now of [NOON, addSeconds(NOON, 3600)]) {
      const decision = decideCode(exchange, factsOf(own({ redeemedAt: NOON, generation: 1 })), client, now)
      assert.ok(!isRefusal(decision) && decision.kind === 'replay' && decision.refusal.error === 'invalid_grant')
    }
  })

  it("leaves a grant alone when another client replays its code: one app cannot end another's", () => {
    assert.ok(isRefusal(decideCode(exchange, factsOf(aGrant({ redeemedAt: NOON })), client, NOON)))
  })
})

describe('the refresh token grant (RFC 6749 §6, RFC 9700 §4.14.2)', () => {
  const lifetimes = { refreshGraceSeconds: 5, refreshTokenSeconds: 1000, refreshTokenMaxSeconds: 5000 }
  const live = (changes: Partial<Grant> = {}) => own({ redeemedAt: NOON, rotatedAt: NOON, generation: 3, ...changes })
  const decide = (generation: number, facts: GrantFacts, now = NOON, scope?: string) =>
    decideRefresh({ generation, scope }, facts, client, now, lifetimes)

  it('rotates the live generation, and its life slides until the absolute end', () => {
    const soon = decide(3, factsOf(live()))
    assert.ok(!isRefusal(soon) && soon.kind === 'rotate')
    assert.deepEqual(soon.expiresAt, addSeconds(NOON, 1000))
    const late = decide(3, factsOf(live()), addSeconds(NOON, 4500))
    assert.ok(!isRefusal(late) && late.kind === 'rotate')
    assert.deepEqual(late.expiresAt, addSeconds(NOON, 5000))
  })

  it('keeps to the lifetimes of the client', () => {
    const brief = { ...client, refreshTokenSeconds: 100, refreshTokenMaxSeconds: 250 }
    const at = (seconds: number) => {
      const decision = decideRefresh(
        { generation: 3, scope: undefined },
        factsOf(live()),
        brief,
        addSeconds(NOON, seconds),
        lifetimes,
      )
      assert.ok(!isRefusal(decision) && decision.kind === 'rotate')
      return decision.expiresAt
    }
    assert.deepEqual([at(10), at(200)], [addSeconds(NOON, 110), addSeconds(NOON, 250)])
  })

  it('repeats the answer for the generation before, within the grace', () => {
    const decision = decide(2, factsOf(live()), addSeconds(NOON, 4))
    assert.ok(!isRefusal(decision) && decision.kind === 'repeat')
  })

  for (const [what, generation, seconds] of [
    ['the generation before, after the grace', 2, 5],
    ['an older generation, even within the grace', 1, 0],
    ['a generation that never was', 4, 0],
  ] as const) {
    it(`knows ${what}, as reuse`, () => {
      const decision = decide(generation, factsOf(live()), addSeconds(NOON, seconds))
      assert.ok(!isRefusal(decision) && decision.kind === 'reuse' && decision.refusal.error === 'invalid_grant')
    })
  }

  const rows: [string, GrantFacts, string | undefined, string][] = [
    ["another client's token", factsOf(aGrant({ generation: 3 })), undefined, 'invalid_grant'],
    ['a revoked grant', factsOf(live({ revokedAt: NOON })), undefined, 'invalid_grant'],
    ['an expired grant', factsOf(live({ expiresAt: NOON })), undefined, 'invalid_grant'],
    ['a disabled account', factsOf(live(), { account: anAccount({ disabledAt: NOON }) }), undefined, 'invalid_grant'],
    ['a wider scope', factsOf(live()), 'openid groups', 'invalid_scope'],
  ]
  for (const [what, facts, scope, error] of rows) {
    it(`refuses ${what}`, () => {
      const decision = decide(3, facts, NOON, scope)
      assert.ok(isRefusal(decision) && decision.error === error)
    })
  }

  it('narrows the scope when less is asked for (§6)', () => {
    const decision = decide(3, factsOf(live()), NOON, 'openid')
    assert.ok(!isRefusal(decision) && decision.kind === 'rotate')
    assert.deepEqual(decision.scopes, ['openid'])
  })

  it('leaves out scopes that the client may no longer have', () => {
    const narrowed = { ...client, scopes: ['openid', 'offline_access'] }
    const decision = decideRefresh({ generation: 3, scope: undefined }, factsOf(live()), narrowed, NOON, lifetimes)
    assert.ok(!isRefusal(decision) && decision.kind === 'rotate')
    assert.deepEqual(decision.scopes, ['openid', 'offline_access'])
  })

  it('works while the person is signed out, because offline access says so (OIDC Core §11)', () => {
    const decision = decide(3, factsOf(live(), { sessionEnded: true }))
    assert.ok(!isRefusal(decision))
  })
})

describe('the client credentials grant (RFC 6749 §4.4)', () => {
  const api = aClient({ scopes: ['openid', 'email', 'reports:read', 'reports:write'] })

  it("grants the client's own scopes, and none about people", () => {
    assert.deepEqual(decideClient(undefined, api), ['reports:read', 'reports:write'])
    assert.deepEqual(decideClient('openid reports:read', api), ['reports:read'])
  })

  it('is for confidential clients only', () => {
    const decision = decideClient(undefined, aClient({ type: 'public' }))
    assert.ok(isRefusal(decision) && decision.error === 'unauthorized_client')
  })
})
