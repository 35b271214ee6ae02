/** Tests of the way out of upstreams: who is told how, and with which parameters. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { anUpstream, aSession, NOON, random } from '../../../../test/support/builders.ts'
import { newId } from '../../../lib/id.ts'
import { parseParams } from '../../../spec/params.ts'
import { isRefusal } from '../../../spec/refusal.ts'
import { createHandles } from '../../handles/handles.ts'
import type { Upstream } from '../upstream.ts'
import { type WayOut, wayOut } from './leave.ts'
import { readLogoutNotice, writeLogoutNotice } from './logout-notice.ts'
import { furtherOf, passedOn } from './logout-parameters.ts'
import { openLogoutState, sealLogoutState } from './logout-state.ts'

const END = 'https://idp.example/end'

describe('leaving an upstream (RP-Initiated Logout §2)', () => {
  const ways: readonly [what: string, settings: Partial<Upstream>, withBrowser: WayOut, without: WayOut][] = [
    ['by the browser', { logoutMode: 'redirect', endSessionEndpoint: END }, 'visit', 'none'],
    [
      'by the browser, at a discovered place',
      { discovered: { endSessionEndpoint: END, fetchedAt: NOON } },
      'visit',
      'none',
    ],
    ['not, where it has no place for it', { logoutMode: 'redirect' }, 'none', 'none'],
    ['by a call', { logoutMode: 'backchannel', logoutUri: END }, 'call', 'call'],
    ['by a call to its end session endpoint', { logoutMode: 'backchannel', endSessionEndpoint: END }, 'call', 'call'],
    ['not by a call to nowhere', { logoutMode: 'backchannel' }, 'none', 'none'],
    ['not, where that is set', { logoutMode: 'none', endSessionEndpoint: END, logoutUri: END }, 'none', 'none'],
    ['not while it is switched off', { enabled: false, endSessionEndpoint: END }, 'none', 'none'],
  ]
  for (const [what, settings, withBrowser, without] of ways) {
    it(`goes ${what}`, () => {
      const upstream = anUpstream(settings)
      assert.deepEqual([wayOut(upstream, true), wayOut(upstream, false)], [withBrowser, without])
    })
  }

  it('goes nowhere when the upstream is gone', () => {
    assert.equal(wayOut(undefined, true), 'none')
  })
})

describe('parameters of a sign-out that travel on', () => {
  const further = (query: string) => {
    const params = parseParams(query)
    assert.ok(!isRefusal(params))
    return furtherOf(params)
  }

  it('leave out what is for us, what is a credential, and what is longer than a parameter', () => {
    const ours = 'id_token_hint=a&client_id=b&post_logout_redirect_uri=c&state=d&logout_hint=e&ui_locales=f'
    const page = 'flow=a&csrf=b&decision=sign-out'
    const secret = 'client_secret=a&client_assertion=b&access_token=c'
    const disguised = 'Post_Logout_Redirect_Uri=a&state%5B%5D=b&post.logout.redirect.uri=c'
    assert.deepEqual(further(`${ours}&${page}&${secret}&${disguised}&theme=dark&long=${'x'.repeat(500)}`), [
      ['theme', 'dark'],
    ])
  })

  it('are no more than twenty', () => {
    const many = Array.from({ length: 50 }, (_, index) => `p${index}=x`).join('&')
    assert.equal(further(many).length, 20)
  })

  it('reach only an upstream that wants them', () => {
    assert.deepEqual(passedOn(anUpstream(), [['theme', 'dark']]), [])
    assert.deepEqual(passedOn(anUpstream({ logoutPassParameters: true }), [['theme', 'dark']]), [['theme', 'dark']])
  })

  it('never stand for what we say ourselves: its name for the return URI, its token, its static parameters', () => {
    const upstream = anUpstream({
      logoutPassParameters: true,
      postLogoutRedirectParameter: 'returnTo',
      logoutTokenParameter: 'tok',
      logoutParameters: { tenant: 'acme' },
    })
    const standard = ['id_token_hint', 'state', 'client_secret']
    const disguised = ['RETURNTO', 'Tok', 'tenant[]', 'post_logout_redirect.uri', 'Id_Token_Hint', 'return to']
    const names = ['returnTo', 'tok', 'tenant', ...standard, ...disguised, 'theme']
    assert.deepEqual(
      passedOn(
        upstream,
        names.map(name => [name, 'evil']),
      ),
      [['theme', 'evil']],
    )
  })
})

describe('the state of a sign-out at an upstream', () => {
  const handles = createHandles(random.bytes(32))
  const state = { flowId: newId<'flow'>(NOON, random), sessionId: aSession().id }

  it('comes back as it went', () => {
    assert.deepEqual(openLogoutState(handles, sealLogoutState(handles, state)), state)
  })

  it('is nobody else’s: a changed one, another kind and another key open nothing', () => {
    const text = sealLogoutState(handles, state)
    const flow = handles.seal('flow', Buffer.alloc(32))
    for (const other of [`${text}A`, text.slice(0, -1), flow, '', 'x'])
      assert.equal(openLogoutState(handles, other), undefined)
    assert.equal(openLogoutState(createHandles(random.bytes(32)), text), undefined)
  })
})

describe('the notice of a sign-out', () => {
  it('is read as it was written, after its time as JSON', () => {
    const upstream = anUpstream()
    const call = { accessToken: 'at', further: [['theme', 'dark']] as const }
    const content = JSON.parse(JSON.stringify(writeLogoutNotice(upstream, call)))
    assert.deepEqual(readLogoutNotice(content), { upstreamUid: upstream.uid, call })
  })
})
