/** Tests of what is said about somebody whom the policy of an app keeps out. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { POLICY_EXISTS, POLICY_LETS_IN, POLICY_TWO_FACTORS } from '../policies/check-access.ts'
import { findRemedy } from './remedies.ts'

const AT = '2026-01-01T12:00:00.000Z'
const FACTS = { client_id: 'payroll', policy: 'staff-only', username: 'grace', groups: ['guests'], from: '10.0.0.7' }

function remedyOf(rule: string, facts: Readonly<Record<string, string | readonly string[]>>) {
  return findRemedy({ rule, facts: { ...FACTS, ...facts }, at: AT })
}

describe('the remedy for a policy', () => {
  it('names the rule that decided, the groups and the address', () => {
    assert.deepEqual(remedyOf(POLICY_LETS_IN, { decided_by: 'default_policy' }), {
      why: 'The account grace was kept out of the app payroll by the policy staff-only, as no rule fitted (default_policy): groups guests, from 10.0.0.7.',
      advice: 'Put the person into a group that a rule names, or change the rules, if they may use it.',
      setting: 'authorization_policy',
      settingOf: 'client',
      commands: ['sallyport policy show staff-only', 'sallyport policy evaluate grace --client payroll'],
    })
    const byRule = remedyOf(POLICY_LETS_IN, { decided_by: 'rule 2', on: ['group:guests'] })
    assert.match(byRule?.why ?? '', /the policy staff-only, rule 2 \(group:guests\): groups guests/)
  })

  it('has nothing to show of a policy that is always there', () => {
    const remedy = remedyOf(POLICY_LETS_IN, { policy: 'deny', decided_by: 'default_policy' })
    assert.equal(remedy?.advice, 'The policy lets nobody in. Give the app another one, if it may be used.')
    assert.deepEqual(remedy?.commands, ['sallyport policy evaluate grace --client payroll'])
  })

  it('says what the sign-in had where two factors were asked for (RFC 8176 §2)', () => {
    const remedy = remedyOf(POLICY_TWO_FACTORS, { decided_by: 'rule 1', amr: ['pwd'] })
    assert.equal(
      remedy?.why,
      'The account grace signed in with pwd, and the policy staff-only, rule 1 asks for two factors.',
    )
  })

  it('says that a policy is missing, and quotes what people wrote', () => {
    const remedy = findRemedy({ rule: POLICY_EXISTS, facts: { client_id: "o'app", policy: 'gone' }, at: AT })
    assert.match(remedy?.why ?? '', /names the policy gone, which does not exist/)
    assert.deepEqual(remedy?.commands, [
      'sallyport policy list',
      `sallyport client edit 'o'\\''app' --set authorization_policy=NAME`,
    ])
  })
})
