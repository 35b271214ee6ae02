/** Tests of where somebody goes who has to sign in: hint, then address, then default, then the page. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { anUpstream } from '../../../../test/support/builders.ts'
import { parseParams } from '../../../spec/params.ts'
import { isRefusal } from '../../../spec/refusal.ts'
import { chooseUpstream, hintOf, type Preferences } from './choose-upstream.ts'
import { problemOfDefault, upstreamOfAddress, visibleUpstreams, waysToSignIn } from './usable-upstreams.ts'

const CORP = anUpstream({ alias: 'corp', emailDomains: ['corp.example'] })
const HIDDEN = anUpstream({ alias: 'hidden', hideOnLogin: true })
const OFF = anUpstream({ alias: 'off', enabled: false, emailDomains: ['off.example'] })
const LINKED = anUpstream({ alias: 'linked', linkOnly: true, emailDomains: ['linked.example'] })
const ALL = [CORP, HIDDEN, OFF, LINKED]

describe('the upstream that somebody goes to at once', () => {
  const rows: [what: string, preferences: Preferences, alias: string | undefined, ignored: string[]][] = [
    ['nothing is said: the page', {}, undefined, []],
    ['idp_hint names one', { hint: 'corp' }, 'corp', []],
    ['idp_hint names one that the page hides', { hint: 'hidden' }, 'hidden', []],
    ['idp_hint names one that is disabled', { hint: 'off' }, undefined, ['off disabled']],
    ['idp_hint names one that may only be linked', { hint: 'linked' }, undefined, ['linked link_only']],
    ['idp_hint names one that nobody knows', { hint: 'nobody' }, undefined, ['nobody unknown']],
    ['aliases are spelt exactly', { hint: 'CORP' }, undefined, ['CORP unknown']],
    ['the hint goes before the default', { hint: 'hidden', defaultAlias: 'corp' }, 'hidden', []],
    ['a hint that is ignored leaves the default', { hint: 'off', defaultAlias: 'corp' }, 'corp', ['off disabled']],
    ['the domain of login_hint', { loginHint: 'Ada@CORP.example' }, 'corp', []],
    ['the domain goes before the default', { loginHint: 'a@corp.example', defaultAlias: 'hidden' }, 'corp', []],
    ['a domain of none', { loginHint: 'a@other.example', defaultAlias: 'hidden' }, 'hidden', []],
    ['the domain of one that is disabled', { loginHint: 'a@off.example' }, undefined, []],
    ['the domain of one that may only be linked', { loginHint: 'a@linked.example' }, undefined, []],
    ['a login_hint that is no address', { loginHint: 'corp.example' }, undefined, []],
    ['the default', { defaultAlias: 'corp' }, 'corp', []],
    ['a default that is disabled', { defaultAlias: 'off' }, undefined, ['off disabled']],
  ]
  for (const [what, preferences, alias, ignored] of rows) {
    it(what, () => {
      const { upstream, lines } = chooseUpstream(ALL, preferences)
      assert.equal(upstream?.alias, alias)
      const left = lines.filter(({ facts }) => facts?.ignored !== undefined)
      assert.deepEqual(
        left.map(({ facts }) => `${facts?.ignored} ${facts?.reason}`),
        ignored,
      )
      assert.equal(lines.at(-1)?.facts?.upstream, alias)
    })
  }

  it('is none that cannot be as strong as the app asks for, unless the app names it (RFC 9470 §5)', () => {
    const never = (): boolean => false
    assert.equal(chooseUpstream(ALL, { defaultAlias: 'corp' }, never).upstream, undefined)
    assert.equal(chooseUpstream(ALL, { loginHint: 'a@corp.example' }, never).upstream, undefined)
    assert.equal(chooseUpstream(ALL, { hint: 'corp' }, never).upstream, CORP)
  })

  it('is not the default that does not exist, is disabled or may only be linked, and somebody is told', () => {
    assert.equal(problemOfDefault(undefined, ALL), undefined)
    assert.equal(problemOfDefault('corp', ALL), undefined)
    assert.match(problemOfDefault('nobody', ALL) ?? '', /broker\.default .* names nobody, which does not exist/)
    assert.match(problemOfDefault('off', ALL) ?? '', /names off, which is disabled/)
    assert.match(problemOfDefault('linked', ALL) ?? '', /names linked, which is link_only/)
  })

  it('is named by idp_hint, or by kc_idp_hint as apps of Keycloak say it', () => {
    const hint = (query: string) => {
      const params = parseParams(query)
      assert.ok(!isRefusal(params))
      return hintOf(params)
    }
    assert.equal(hint('idp_hint=corp&kc_idp_hint=other'), 'corp')
    assert.equal(hint('kc_idp_hint=other'), 'other')
    assert.equal(hint('idp_hint='), undefined)
  })
})

describe('the upstreams of the sign-in page', () => {
  it('are those that are enabled, not hidden and not for linking alone, in their order', () => {
    const first = anUpstream({ alias: 'first' })
    assert.deepEqual(visibleUpstreams([first, ...ALL]), [first, CORP])
  })

  it('are found by the domain after the last @, whatever is before it', () => {
    for (const address of ['a@corp.example', 'a@b@corp.example', ' a@Corp.Example '])
      assert.equal(upstreamOfAddress(address, ALL), CORP, address)
    for (const address of ['@corp.example', 'a@corp.example.org', 'a@sub.corp.example', 'corp.example', ''])
      assert.equal(upstreamOfAddress(address, ALL), undefined, address)
  })

  it('prove what they say, and a password where one is asked for besides (RFC 8176 §2)', () => {
    const upstreams = [
      anUpstream({ amr: ['mfa', 'hwk'] }),
      anUpstream({ amr: ['otp'], postLogin: 'password' }),
      anUpstream({ trustAmr: true }),
      anUpstream({ amr: ['no'], enabled: false }),
      anUpstream({ amr: ['no'], hideOnLogin: true }),
      anUpstream({ amr: ['sms'], hideOnLogin: true, emailDomains: ['corp.example'] }),
    ]
    assert.deepEqual(waysToSignIn(upstreams), [['pwd'], ['mfa', 'hwk'], ['otp', 'pwd'], 'any', ['sms']])
  })
})
