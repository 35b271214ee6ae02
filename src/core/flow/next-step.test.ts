/** Tests of the map of a sign-in. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { aClient, aConsent, anAuthorizationRequest, NOON, signedIn } from '../../../test/support/builders.ts'
import { addSeconds } from '../../lib/clock.ts'
import type { Prompt } from '../../spec/authorization-request.ts'
import { nextStep, type StepFacts } from './next-step.ts'

function facts(changes: Partial<StepFacts> = {}): StepFacts {
  const request = anAuthorizationRequest()
  return {
    client: aClient(),
    request,
    signedIn: signedIn(),
    subject: 'somebody',
    acrLevels: [
      { value: 'silver', requires: ['pwd'] },
      { value: 'gold', requires: ['hwk'] },
    ],
    consent: aConsent({ scopes: [...request.scopes] }),
    address: '127.0.0.1',
    authenticatedInFlow: false,
    approvedInFlow: false,
    now: addSeconds(NOON, 60),
    ...changes,
  }
}

const request = anAuthorizationRequest

describe('the next step of a sign-in (OIDC Core §3.1.2)', () => {
  it('issues the code at once for somebody who is signed in and allowed it before', () => {
    assert.equal(nextStep(facts()).kind, 'issue')
  })

  const signInRows: [string, Partial<StepFacts>, string][] = [
    ['nobody is signed in (§3.1.2.3)', { signedIn: undefined }, 'no-session'],
    ['prompt=login (§3.1.2.1)', { request: request({ prompt: ['login'] }) }, 'prompt-login'],
    ['prompt=select_account (§3.1.2.1)', { request: request({ prompt: ['select_account'] }) }, 'select-account'],
    ['max_age is exceeded (§3.1.2.1)', { request: request({ maxAgeSeconds: 59 }) }, 'max-age'],
    [
      'the hint names another person (§3.1.2.1)',
      { request: request({ hintedSubject: 'somebody-else' }) },
      'other-account-expected',
    ],
  ]
  for (const [why, changes, reason] of signInRows) {
    it(`asks to sign in when ${why}`, () => {
      const step = nextStep(facts(changes))
      assert.deepEqual(step, { kind: 'sign-in', why: reason })
    })
  }

  it('lets exactly the person through whom the hint or the sub claim names (§3.1.2.1, §5.5.1)', () => {
    const claims = (value: string) => ({ idToken: { sub: { value } } })
    assert.equal(nextStep(facts({ request: request({ hintedSubject: 'somebody' }) })).kind, 'issue')
    assert.equal(nextStep(facts({ request: request({ claims: claims('somebody') }) })).kind, 'issue')
    const other = facts({ request: request({ claims: claims('somebody-else') }) })
    assert.deepEqual(nextStep(other), { kind: 'sign-in', why: 'other-account-expected' })
    const still = nextStep({ ...other, authenticatedInFlow: true })
    assert.equal(still.kind === 'refuse' && still.refusal.error, 'login_required')
  })

  const weak = signedIn({ session: { amr: ['otp'] } })
  const essential = (value: string) => ({ idToken: { acr: { essential: true, value } } })
  const acrRows: [string, Partial<StepFacts>, string][] = [
    ['a wish that the sign-in meets', { request: request({ acrValues: ['silver'] }) }, 'issue'],
    ['a wish that nobody can meet', { request: request({ acrValues: ['gold', 'platinum'] }) }, 'issue'],
    [
      'a wish that signing in again would meet',
      { request: request({ acrValues: ['silver'] }), signedIn: weak },
      'step-up',
    ],
    ['the default of the client', { client: aClient({ defaultAcrValues: ['silver'] }), signedIn: weak }, 'step-up'],
    [
      'a wish within a silent request',
      { request: request({ acrValues: ['silver'], prompt: ['none'] }), signedIn: weak },
      'issue',
    ],
    [
      'a wish, after signing in again',
      { request: request({ acrValues: ['silver'] }), signedIn: weak, authenticatedInFlow: true },
      'issue',
    ],
    ['an essential one that the sign-in meets', { request: request({ claims: essential('silver') }) }, 'issue'],
    [
      'an essential one that signing in again would meet',
      { request: request({ claims: essential('silver') }), signedIn: weak },
      'step-up',
    ],
    [
      'an essential one, silently',
      { request: request({ claims: essential('silver'), prompt: ['none'] }), signedIn: weak },
      'login_required',
    ],
    [
      'an essential one out of reach',
      { request: request({ claims: essential('gold') }), signedIn: undefined },
      'unmet_authentication_requirements',
    ],
    [
      'an essential one that signing in did not bring',
      { request: request({ claims: essential('silver') }), signedIn: weak, authenticatedInFlow: true },
      'unmet_authentication_requirements',
    ],
  ]
  for (const [what, changes, expected] of acrRows) {
    it(`answers acr ${what} with ${expected} (§3.1.2.1, §5.5.1.1, RFC 9470 §5)`, () => {
      const step = nextStep(facts(changes))
      const answer = step.kind === 'refuse' ? step.refusal.error : step.kind === 'sign-in' ? step.why : step.kind
      assert.equal(answer, expected)
    })
  }

  const closed = { name: 'closed', policy: { rules: [], standard: 'deny' } } as const
  const twoFactors = { name: 'two_factor', policy: { rules: [], standard: 'two_factor' } } as const
  const policyRows: [string, Partial<StepFacts>, string][] = [
    ['one that is open', { policy: { name: 'open', policy: { rules: [], standard: 'one_factor' } } }, 'issue'],
    ['one that is closed', { policy: closed }, 'denied'],
    ['one that is gone', { policy: { name: 'gone' } }, 'denied'],
    ['one that is closed, before anybody signed in', { policy: closed, signedIn: undefined }, 'no-session'],
    [
      'one that is closed, before a consent is asked',
      { policy: closed, consent: undefined, request: request({ prompt: ['consent'] }) },
      'denied',
    ],
    ['one that is closed, silently', { policy: closed, request: request({ prompt: ['none'] }) }, 'access_denied'],
    ['one that the sign-in meets', { policy: twoFactors, signedIn: signedIn({ session: { amr: ['mfa'] } }) }, 'issue'],
    ['one that signing in elsewhere would meet', { policy: twoFactors, ways: [['pwd', 'otp']] }, 'second-factor'],
    [
      'one that signing in elsewhere would meet, silently',
      { policy: twoFactors, ways: ['any'], request: request({ prompt: ['none'] }) },
      'login_required',
    ],
    ['one that no way meets', { policy: twoFactors }, 'denied'],
    ['one that signing in did not meet', { policy: twoFactors, ways: ['any'], authenticatedInFlow: true }, 'denied'],
  ]
  for (const [what, changes, expected] of policyRows) {
    it(`answers a policy, ${what}, with ${expected} (RFC 6749 §4.1.2.1, RFC 8176 §2)`, () => {
      const step = nextStep(facts(changes))
      const answer = step.kind === 'refuse' ? step.refusal.error : step.kind === 'sign-in' ? step.why : step.kind
      assert.equal(answer, expected)
    })
  }

  it('never issues anything to somebody whom the policy keeps out, whatever else is so', () => {
    const prompts = fc.subarray<Prompt>(['login', 'consent', 'select_account'])
    fc.assert(
      fc.property(prompts, fc.boolean(), fc.boolean(), fc.boolean(), (prompt, authenticated, approved, allowed) => {
        const step = nextStep(
          facts({
            policy: closed,
            request: request({ prompt }),
            authenticatedInFlow: authenticated,
            approvedInFlow: approved,
            ...(allowed ? {} : { consent: undefined }),
          }),
        )
        assert.ok(step.kind === 'denied' || step.kind === 'sign-in')
      }),
    )
  })

  it('asks no second time within the flow', () => {
    for (const prompt of ['login', 'select_account'] as const) {
      assert.equal(nextStep(facts({ request: request({ prompt: [prompt] }), authenticatedInFlow: true })).kind, 'issue')
    }
    assert.equal(nextStep(facts({ request: request({ maxAgeSeconds: 0 }), authenticatedInFlow: true })).kind, 'issue')
  })

  it('refuses when the person who signed in is not the one the hint names', () => {
    const step = nextStep(facts({ request: request({ hintedSubject: 'somebody-else' }), authenticatedInFlow: true }))
    assert.ok(step.kind === 'refuse' && step.refusal.error === 'login_required')
  })

  it('accepts a sign-in that is exactly max_age old', () => {
    assert.equal(nextStep(facts({ request: request({ maxAgeSeconds: 60 }) })).kind, 'issue')
  })

  const consentRows: [string, Partial<StepFacts>, 'consent' | 'issue'][] = [
    ['nothing was allowed before', { consent: undefined }, 'consent'],
    ['one scope is new', { request: request({ scopes: ['openid', 'groups'] }) }, 'consent'],
    ['fewer scopes than before', { request: request({ scopes: ['openid'] }) }, 'issue'],
    [
      'the consent has expired',
      { consent: aConsent({ scopes: ['openid', 'email'], expiresAt: addSeconds(NOON, 60) }) },
      'consent',
    ],
    ['a single claim is new (§5.5)', { request: request({ claims: { userinfo: { birthdate: {} } } }) }, 'consent'],
    [
      'a single claim that a scope covers',
      { request: request({ claims: { userinfo: { email: {} }, idToken: { acr: {}, auth_time: {} } } }) },
      'issue',
    ],
    ['an API is new (RFC 8707)', { request: request({ resources: ['https://api.example.org'] }) }, 'consent'],
    [
      'what was allowed with claims and APIs (RFC 8707)',
      {
        request: request({ claims: { userinfo: { name: {} } }, resources: ['https://api.example.org'] }),
        consent: aConsent({ scopes: ['claim name', 'email', 'openid', 'resource https://api.example.org'] }),
      },
      'issue',
    ],
    [
      'authorization details, every time (RFC 9396)',
      { request: request({ authorizationDetails: [{ type: 'payment' }] }) },
      'consent',
    ],
    [
      'authorization details with consent_mode never',
      { client: aClient({ consentMode: 'never' }), request: request({ authorizationDetails: [{ type: 'payment' }] }) },
      'issue',
    ],
    ['consent_mode always', { client: aClient({ consentMode: 'always' }) }, 'consent'],
    ['consent_mode never', { client: aClient({ consentMode: 'never' }), consent: undefined }, 'issue'],
    [
      'prompt=consent, even with consent_mode never',
      { client: aClient({ consentMode: 'never' }), request: request({ prompt: ['consent'] }) },
      'consent',
    ],
    [
      'it was allowed in this flow',
      { consent: undefined, approvedInFlow: true, request: request({ prompt: ['consent'] }) },
      'issue',
    ],
  ]
  for (const [why, changes, kind] of consentRows) {
    it(`${kind === 'consent' ? 'asks for consent' : 'issues without asking'}: ${why}`, () =>
      assert.equal(nextStep(facts(changes)).kind, kind))
  }

  it('answers prompt=none with login_required or consent_required, never with a page (§3.1.2.6)', () => {
    const silent = request({ prompt: ['none'] })
    const answers = [
      nextStep(facts({ request: silent, signedIn: undefined })),
      nextStep(facts({ request: silent, consent: undefined })),
      nextStep(facts({ request: silent })),
    ]
    assert.deepEqual(
      answers.map(step => (step.kind === 'refuse' ? step.refusal.error : step.kind)),
      ['login_required', 'consent_required', 'issue'],
    )
  })

  it('never shows a page for prompt=none and never issues without a session, whatever else holds', () => {
    const prompts = fc.subarray<Prompt>(['none', 'login', 'consent', 'select_account'])
    const arbitrary = fc.record({
      prompt: prompts,
      session: fc.boolean(),
      consent: fc.option(fc.subarray(['openid', 'email', 'groups']), { nil: undefined }),
      scopes: fc.subarray(['openid', 'email', 'groups'], { minLength: 1 }),
      mode: fc.constantFrom('always' as const, 'remember' as const, 'never' as const),
      maxAgeSeconds: fc.option(fc.nat(200), { nil: undefined }),
      authenticatedInFlow: fc.boolean(),
      approvedInFlow: fc.boolean(),
    })
    fc.assert(
      fc.property(arbitrary, row => {
        const step = nextStep(
          facts({
            client: aClient({ consentMode: row.mode }),
            request: request({
              prompt: row.prompt,
              scopes: row.scopes,
              ...(row.maxAgeSeconds === undefined ? {} : { maxAgeSeconds: row.maxAgeSeconds }),
            }),
            signedIn: row.session ? signedIn() : undefined,
            consent: row.consent && aConsent({ scopes: row.consent }),
            authenticatedInFlow: row.authenticatedInFlow,
            approvedInFlow: row.approvedInFlow,
          }),
        )
        if (row.prompt.includes('none')) assert.ok(step.kind === 'issue' || step.kind === 'refuse')
        if (!row.session) assert.notEqual(step.kind, 'issue')
        if (step.kind === 'issue' && !row.approvedInFlow && row.mode === 'remember') {
          assert.ok(
            row.scopes.every(scope => row.consent?.includes(scope)),
            'every scope was allowed before',
          )
        }
      }),
    )
  })
})
