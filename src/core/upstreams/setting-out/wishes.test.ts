/** Tests of how an upstream is asked about somebody, and of what travels on to it. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { anAuthorizationRequest, anUpstream } from '../../../../test/support/builders.ts'
import type { AuthorizationRequest } from '../../../spec/authorization-request.ts'
import { type Params, parseParams } from '../../../spec/params.ts'
import { isRefusal } from '../../../spec/refusal.ts'
import type { SignInReason } from '../../flow/next-step.ts'
import type { Upstream } from '../upstream.ts'
import { forwardable } from './travelling-parameters.ts'
import { type Asked, wishesOf } from './wishes.ts'

const PLAIN = anUpstream()
const KNOWS_MAX_AGE = anUpstream({ passMaxAge: true })

function params(query: string): Params {
  const parsed = parseParams(query)
  assert.ok(!isRefusal(parsed))
  return parsed
}

function asked(changes: Partial<Asked> = {}): Asked {
  return { reason: 'no-session', switchesAccount: false, locales: [], params: params(''), ...changes }
}

describe('how fresh a sign-in at an upstream has to be (OIDC Core §3.1.2.1)', () => {
  const max = (maxAgeSeconds: number): Partial<AuthorizationRequest> => ({ maxAgeSeconds })
  const rows: [
    what: string,
    reason: SignInReason | undefined,
    request: Partial<AuthorizationRequest>,
    upstream: Upstream,
    expected: [prompt: string | undefined, heldTo: number | undefined],
  ][] = [
    ['nobody is signed in', 'no-session', {}, PLAIN, [undefined, undefined]],
    ['prompt=login', 'prompt-login', { prompt: ['login'] }, PLAIN, ['login', 0]],
    ['prompt=login, and nobody is signed in here', 'no-session', { prompt: ['login'] }, PLAIN, ['login', 0]],
    ['prompt=login with max_age', 'prompt-login', { prompt: ['login'], ...max(60) }, KNOWS_MAX_AGE, ['login', 0]],
    ['max_age is exceeded', 'max-age', max(60), PLAIN, ['login', 60]],
    ['max_age, and the upstream knows it', 'no-session', max(60), KNOWS_MAX_AGE, [undefined, 60]],
    ['max_age, and nobody is signed in here', 'no-session', max(60), PLAIN, ['login', 60]],
    ['a stronger sign-in', 'step-up', {}, PLAIN, ['login', undefined]],
    ['prompt=select_account', 'select-account', { prompt: ['select_account'] }, PLAIN, ['select_account', undefined]],
    [
      'prompt=select_account, and nobody is signed in here',
      'no-session',
      { prompt: ['select_account'] },
      PLAIN,
      ['select_account', undefined],
    ],
    ['prompt=login select_account', 'no-session', { prompt: ['login', 'select_account'] }, PLAIN, ['login', 0]],
    ['another person', 'other-account-expected', {}, PLAIN, ['select_account', undefined]],
    ['prompt=none', undefined, { prompt: ['none'] }, PLAIN, ['none', undefined]],
    ['prompt=none with max_age', undefined, { prompt: ['none'], ...max(60) }, KNOWS_MAX_AGE, ['none', 60]],
    [
      'prompt=none with max_age that does not travel on',
      undefined,
      { prompt: ['none'], ...max(60) },
      PLAIN,
      ['none', 60],
    ],
  ]
  for (const [what, reason, changes, upstream, expected] of rows) {
    it(what, () => {
      const request = anAuthorizationRequest(changes)
      const { wishes, terms } = wishesOf(asked({ reason, request }), upstream)
      assert.deepEqual([wishes.prompt, terms.maxAgeSeconds], expected)
      assert.equal(terms.silent, wishes.prompt === 'none')
      assert.equal(wishes.maxAgeSeconds, request.maxAgeSeconds)
    })
  }

  it('asks which account, when the person wants to go on as somebody else', () => {
    assert.equal(wishesOf(asked({ switchesAccount: true }), PLAIN).wishes.prompt, 'select_account')
    const again = asked({ switchesAccount: true, reason: 'prompt-login' })
    assert.equal(wishesOf(again, PLAIN).wishes.prompt, 'login')
  })

  it('is asked for by our own pages, and where an account is to be proven', () => {
    const { wishes, terms } = wishesOf(asked({ reason: 'prompt-login' }), PLAIN)
    assert.deepEqual([wishes.prompt, terms.maxAgeSeconds], ['login', 0])
  })

  it('counts for approvals, too', () => {
    const { wishes, terms } = wishesOf(asked({ approval: { maxAgeSeconds: 30, acrValues: ['gold'] } }), KNOWS_MAX_AGE)
    assert.deepEqual([wishes.maxAgeSeconds, terms.maxAgeSeconds, wishes.acrValues], [30, 30, ['gold']])
  })
})

describe('what an upstream hears of the person', () => {
  it('is the hint of the app, or the address that was typed', () => {
    const request = anAuthorizationRequest({ loginHint: 'ada' })
    assert.equal(wishesOf(asked({ request }), PLAIN).wishes.loginHint, 'ada')
    const typed = asked({ request, params: params('flow=1&login_hint=bob%40corp.example') })
    assert.equal(wishesOf(typed, PLAIN).wishes.loginHint, 'bob@corp.example')
  })

  it('is the language that the app asks for, or else that of the browser', () => {
    const locales = ['de-DE', 'de']
    assert.deepEqual(wishesOf(asked({ locales }), PLAIN).wishes.uiLocales, locales)
    const request = anAuthorizationRequest({ uiLocales: ['fr'] })
    assert.deepEqual(wishesOf(asked({ request, locales }), PLAIN).wishes.uiLocales, ['fr'])
  })
})

describe('parameters that travel on', () => {
  const link = 'flow=1&switch=no&hd=corp.example&tenant=7&scope=all&redirect_uri=https%3A%2F%2Fevil.example&state=x'
  const further = (upstream: Partial<Upstream>, changes: Partial<Asked> = {}) =>
    wishesOf(asked({ params: params(link), ...changes }), anUpstream(upstream)).wishes.further

  it('are those of the sign-in URL that persist_parameters lists', () => {
    assert.deepEqual(further({}), [])
    assert.deepEqual(further({ persistParameters: ['hd', 'missing'] }), [['hd', 'corp.example']])
  })

  it('are all of them with *, but never what is ours: the request itself and our own flow', () => {
    const all = [
      ['hd', 'corp.example'],
      ['tenant', '7'],
    ]
    assert.deepEqual(further({ persistParameters: ['*'] }), all)
    assert.deepEqual(further({ persistParameters: ['*', 'state', 'flow', 'redirect_uri', 'scope'] }), all)
  })

  it('are nothing that an upstream might take for what is ours (RFC 6749 appendix A)', () => {
    const disguised = [
      'Redirect_URI',
      'redirect.uri',
      'redirect uri',
      'redirect_uri[]',
      'state[x]',
      'STATE',
      'clıent_id',
    ]
    const asParams = params(
      `flow=1&hd=a&urn:x=b&list%5B%5D=c&${disguised.map(name => `${encodeURIComponent(name)}=evil`).join('&')}`,
    )
    assert.deepEqual(further({ persistParameters: ['*'] }, { params: asParams }), [
      ['hd', 'a'],
      ['urn:x', 'b'],
      ['list[]', 'c'],
    ])
  })

  it('are those of the app that forward_parameters lists, kept with its request', () => {
    const upstream = { forwardParameters: ['tenant', 'claims', 'nonce'] }
    const sent = params('client_id=app&nonce=n&tenant=8&claims=%7B%7D&other=1')
    const kept = forwardable(sent, [upstream, { forwardParameters: ['other'] }])
    assert.deepEqual(
      kept.map(([name]) => name),
      ['tenant', 'claims', 'other'],
    )
    const request = anAuthorizationRequest({ forwardable: kept })
    assert.deepEqual(further(upstream, { request }), [
      ['tenant', '8'],
      ['claims', '{}'],
    ])
  })

  it('make no request that shows no page, and no weaker one than ours', () => {
    const persistParameters = ['*']
    const silent = asked({ params: params('prompt=none&max_age=99999') })
    assert.deepEqual(wishesOf(silent, anUpstream({ persistParameters })).wishes.further, [['max_age', '99999']])
    const request = anAuthorizationRequest({ maxAgeSeconds: 60 })
    const again = asked({ reason: 'prompt-login', request, params: params('prompt=consent&max_age=99999') })
    assert.deepEqual(wishesOf(again, anUpstream({ persistParameters })).wishes.further, [])
    const proving = asked({ reason: 'prompt-login', params: params('prompt=consent&max_age=99999') })
    assert.deepEqual(wishesOf(proving, anUpstream({ persistParameters })).wishes.further, [])
    const plain = asked({ params: params('prompt=consent') })
    assert.deepEqual(wishesOf(plain, anUpstream({ persistParameters })).wishes.further, [['prompt', 'consent']])
  })

  it('are bounded in number and length', () => {
    const many = Array.from({ length: 60 }, (_, index) => `p${index}=1`).join('&')
    const persistParameters = ['*']
    const bounded = wishesOf(asked({ params: params(many) }), anUpstream({ persistParameters })).wishes.further
    assert.equal(bounded.length, 20)
    const long = asked({ params: params(`a=${'x'.repeat(2000)}&b=1`) })
    assert.deepEqual(wishesOf(long, anUpstream({ persistParameters })).wishes.further, [['b', '1']])
  })
})
