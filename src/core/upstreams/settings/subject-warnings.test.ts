/** Links are made of what an upstream calls people: who changes that is told what becomes of them. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { anUpstream } from '../../../../test/support/builders.ts'
import type { Upstream } from '../upstream.ts'
import { subjectWarnings } from './subject-warnings.ts'

describe('what becomes of the links of an upstream that is changed', () => {
  const issuer = 'https://sso.example.com'
  const before = anUpstream({ issuer, discoveryUri: `${issuer}/.well-known/openid-configuration` })
  const ssoid = (claim: string) => ({ kind: 'attribute', attribute: 'ssoid', claim }) as const
  const mapped = (claim: string): Partial<Upstream> => ({ mappings: [ssoid(claim)] })

  const quiet: readonly (readonly [what: string, from: Partial<Upstream>, to: Partial<Upstream>])[] = [
    ['other settings change', {}, { displayName: 'Our people', mappings: [{ ...ssoid('mail'), attribute: 'email' }] }],
    ['endpoints of the same issuer are typed in', {}, { tokenEndpoint: `${issuer}/token`, jwksUri: `${issuer}/jwks` }],
    [
      'the members of its mapping come in another order',
      mapped('id'),
      { mappings: [{ claim: 'id', attribute: 'ssoid', kind: 'attribute' }] },
    ],
    ['the mapping of ssoid gets a name', mapped('id'), { mappings: [{ ...ssoid('id'), name: 'the number' }] }],
  ]
  for (const [what, from, to] of quiet) {
    it(`is nothing when ${what}`, () =>
      assert.deepEqual(subjectWarnings({ ...before, ...from }, { ...before, ...to }), []))
  }

  const told: readonly (readonly [what: string, from: Partial<Upstream>, to: Partial<Upstream>])[] = [
    ['ssoid is mapped', {}, mapped('employee')],
    ['another claim is ssoid', mapped('id'), mapped('employee')],
    ['the issuer has a place for tenants', {}, { issuer: `${issuer}/{tenantid}` }],
    ['the tenants are left for one', { issuer: `${issuer}/{tenantid}` }, { issuer: `${issuer}/one` }],
  ]
  for (const [what, from, to] of told) {
    it(`is that nobody is known any more when ${what}`, () => {
      assert.match(subjectWarnings({ ...before, ...from }, { ...before, ...to }).join('\n'), /are not known any more/)
    })
  }

  it('is that somebody else may be taken for them at another place (OIDC Core §2)', () => {
    const { issuer: _, ...moved } = { ...before, discoveryUri: 'https://new.example/.well-known/openid-configuration' }
    for (const after of [moved, { ...before, issuer: 'https://new.example' }]) {
      assert.match(subjectWarnings(before, after).join('\n'), /whoever has the same ssoid there signs in/)
    }
  })
})
