/** Tests of policies: what decides, what counts as two factors, and what is refused when one is written. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { aClient, anAccount } from '../../../test/support/builders.ts'
import { checkStillOpen } from './check-still-open.ts'
import { decidePolicy, isStricter, type PolicyFacts } from './decide-policy.ts'
import { policyOf } from './find-policy.ts'
import { openClients } from './open-clients.ts'
import { checkPolicyName, isPolicy, parsePolicy, writtenPolicy } from './parse-policy.ts'
import { POLICY_OUTCOMES, type PolicyOutcome, type PolicyRule } from './policy.ts'
import { parseSubject } from './policy-subject.ts'
import { canReachTwoFactors, hasTwoFactors } from './two-factors.ts'

const ADA: PolicyFacts = { username: 'ada', groups: ['staff', 'managers'], clientId: 'wiki', address: '10.0.0.7' }

function rule(outcome: PolicyOutcome, subjects: PolicyRule['subjects'] = [], networks: readonly string[] = []) {
  return { outcome, subjects, networks }
}

function decided(rules: readonly PolicyRule[], facts: Partial<PolicyFacts> = {}, standard: PolicyOutcome = 'deny') {
  const { outcome, decidedBy, on } = decidePolicy({ rules, standard }, { ...ADA, ...facts })
  return `${outcome} by ${decidedBy}${on.length === 0 ? '' : ` on ${on.join(', ')}`}`
}

describe('what a policy decides', () => {
  const rows: [string, readonly PolicyRule[], Partial<PolicyFacts>, string][] = [
    ['no rule', [], {}, 'deny by default_policy'],
    ['a rule for everybody from anywhere', [rule('one_factor')], {}, 'one_factor by rule 1'],
    ['a group', [rule('one_factor', [['group:staff']])], {}, 'one_factor by rule 1 on group:staff'],
    ['another group', [rule('one_factor', [['group:Staff']])], {}, 'deny by default_policy'],
    ['a user, whatever the case', [rule('one_factor', [['user:ADA']])], {}, 'one_factor by rule 1 on user:ADA'],
    ['an app', [rule('two_factor', [['client:wiki']])], {}, 'two_factor by rule 1 on client:wiki'],
    ['another app', [rule('two_factor', [['client:Wiki']])], {}, 'deny by default_policy'],
    [
      'all of a list',
      [rule('one_factor', [['group:staff', 'group:managers']])],
      {},
      'one_factor by rule 1 on group:staff, group:managers',
    ],
    ['not all of a list', [rule('one_factor', [['group:staff', 'group:board']])], {}, 'deny by default_policy'],
    [
      'one of several lists',
      [rule('one_factor', [['group:board'], ['user:ada']])],
      {},
      'one_factor by rule 1 on user:ada',
    ],
    ['a network', [rule('one_factor', [], ['192.0.2.1', '10.0.0.0/8'])], {}, 'one_factor by rule 1 on 10.0.0.0/8'],
    [
      'an IPv6 network',
      [rule('one_factor', [], ['2001:db8::/32'])],
      { address: '2001:db8::1' },
      'one_factor by rule 1 on 2001:db8::/32',
    ],
    [
      'an IPv4 address in IPv6 clothes (RFC 4291 §2.5.5.2)',
      [rule('one_factor', [], ['10.0.0.0/8'])],
      { address: '::ffff:10.0.0.7' },
      'one_factor by rule 1 on 10.0.0.0/8',
    ],
    ['a group from elsewhere', [rule('one_factor', [['group:staff']], ['192.0.2.0/24'])], {}, 'deny by default_policy'],
    [
      'the first that fits',
      [rule('one_factor', [['group:board']]), rule('two_factor', [['group:staff']]), rule('one_factor')],
      {},
      'two_factor by rule 2 on group:staff',
    ],
    ['a list of nobody', [rule('one_factor', [[]])], {}, 'deny by default_policy'],
    ['what is no address', [rule('one_factor', [], ['0.0.0.0/0'])], { address: 'cli' }, 'deny by default_policy'],
  ]
  for (const [what, rules, facts, expected] of rows) {
    it(`decides by ${what}: ${expected}`, () => {
      assert.equal(decided(rules, facts), expected)
    })
  }

  it('takes the strictest of what could be where the address is not known', () => {
    const nowhere = { address: undefined }
    const office = rule('one_factor', [], ['10.0.0.0/8'])
    const barred = rule('deny', [], ['203.0.113.0/24'])
    assert.match(decided([office], nowhere, 'two_factor'), /^two_factor by default_policy/)
    assert.match(decided([barred], nowhere, 'one_factor'), /^deny by rule 1 on an address that is not known/)
    assert.match(decided([office, rule('one_factor', [['group:staff']])], nowhere), /^one_factor/)
    assert.match(decided([office, rule('one_factor', [['group:board']])], nowhere), /^deny by default_policy/)
  })

  it('is never milder without an address than with one, whichever it is', () => {
    const outcomes = fc.constantFrom(...POLICY_OUTCOMES)
    const networks = fc.subarray(['10.0.0.0/8', '192.0.2.0/24', 'fd00::/8'])
    const subjects = fc.subarray([['group:staff'], ['group:board'], ['user:ada']])
    const rules = fc.array(fc.record({ outcome: outcomes, subjects, networks }), { maxLength: 5 })
    const addresses = fc.constantFrom('10.1.1.1', '192.0.2.9', 'fd00::1', '198.51.100.1')
    fc.assert(
      fc.property(rules, outcomes, addresses, (written, standard, address) => {
        const known = decidePolicy({ rules: written, standard }, { ...ADA, address })
        const unknown = decidePolicy({ rules: written, standard }, { ...ADA, address: undefined })
        assert.ok(!isStricter(known.outcome, unknown.outcome))
      }),
    )
  })
})

describe('the policy of an app', () => {
  const none = { find: async () => undefined }

  it('is known at once where nothing is asked beyond a sign-in', () => {
    assert.equal(policyOf({}, none), undefined)
    assert.equal(policyOf({ authorizationPolicy: 'one_factor' }, none), undefined)
  })

  it('costs no question to the repository, and no wait, where the app names none', async () => {
    const asked: string[] = []
    const policies = { find: async (name: string) => void asked.push(name) as undefined }
    const grant = { amr: ['pwd'], address: '10.0.0.7' }
    const account = anAccount()
    const open = [aClient(), aClient({ authorizationPolicy: 'one_factor' })]
    for (const client of open) assert.equal(checkStillOpen({ client, account, grant }, policies), undefined)
    assert.deepEqual(await openClients(open, { account, amr: ['pwd'], address: '10.0.0.7' }, policies), open)
    assert.deepEqual(asked, [])
    const named = aClient({ authorizationPolicy: 'office' })
    assert.equal((await checkStillOpen({ client: named, account, grant }, policies))?.error, 'invalid_grant')
    assert.deepEqual(asked, ['office'])
  })

  it('is nothing that opens the app where there is none of its name', async () => {
    assert.deepEqual(await policyOf({ authorizationPolicy: 'constructor' }, none), { name: 'constructor' })
  })
})

describe('two factors (RFC 8176 §2)', () => {
  const rows: [readonly string[], boolean][] = [
    [[], false],
    [['pwd'], false],
    [['mfa'], true],
    [['pwd', 'otp'], true],
    [['pwd', 'hwk'], true],
    [['pwd', 'pin', 'kba'], false],
    [['otp', 'sms', 'hwk'], false],
    [['hwk', 'fpt'], true],
    [['pwd', 'user', 'geo', 'rba', 'mca', 'wia'], false],
    [['pwd', 'constructor', 'toString'], false],
  ]
  for (const [amr, expected] of rows) {
    it(`${expected ? 'are' : 'are not'} ${amr.join(' ') || 'no method'}`, () => {
      assert.equal(hasTwoFactors(amr), expected)
      assert.equal(canReachTwoFactors([['pwd'], amr]), expected)
    })
  }

  it('may come from an upstream that says for itself what was used', () => {
    assert.equal(canReachTwoFactors([['pwd'], 'any']), true)
  })
})

describe('a policy as it is written', () => {
  it('comes back as it was, in one form', () => {
    const document = {
      description: 'The office',
      default_policy: 'deny',
      rules: [
        { policy: 'one_factor', subject: 'oauth2:client:wiki', networks: ['10.0.0.0/8'] },
        { policy: 'two_factor', subject: ['user:ada', ['group:staff', 'group:a:b']] },
        { policy: 'deny' },
      ],
    }
    const policy = parsePolicy(document)
    assert.ok(isPolicy(policy))
    const written = writtenPolicy(policy)
    assert.deepEqual(written.rules, [
      { policy: 'one_factor', subject: [['client:wiki']], networks: ['10.0.0.0/8'] },
      { policy: 'two_factor', subject: [['user:ada'], ['group:staff', 'group:a:b']] },
      { policy: 'deny' },
    ])
    assert.deepEqual(parsePolicy(written), policy)
  })

  it('is refused with all its mistakes at once, each at its place', () => {
    const parsed = parsePolicy({
      rules: [
        { policy: 'bypass', subject: [], networks: ['10.0.0.0/33', 'office'] },
        { policy: 'deny', subject: [['staff', 'group:'], 17, []], networks: [] },
      ],
    })
    assert.deepEqual(isPolicy(parsed) ? [] : parsed.map(({ member }) => member).sort(), [
      'default_policy',
      'rules[0].networks[0]',
      'rules[0].networks[1]',
      'rules[0].policy',
      'rules[0].subject',
      'rules[1].networks',
      'rules[1].subject[0][0]',
      'rules[1].subject[0][1]',
      'rules[1].subject[1]',
      'rules[1].subject[2]',
    ])
  })

  it('is for everybody from anywhere only where nothing is said: null, as YAML reads an empty list, is a mistake', () => {
    const parsed = parsePolicy({
      default_policy: 'deny',
      rules: [{ policy: 'one_factor', subject: null, networks: null }],
    })
    assert.deepEqual(isPolicy(parsed) ? [] : parsed.map(({ member }) => member), [
      'rules[0].subject',
      'rules[0].networks',
    ])
  })

  it('loses nothing without a word: what is too long is refused, with the lists within', () => {
    const many = (text: (index: number) => string) => Array.from({ length: 101 }, (_, index) => text(index))
    const rules = [
      { policy: 'one_factor', subject: [many(index => `group:g${index}`)] },
      { policy: 'one_factor', networks: many(index => `10.0.0.${index}`) },
    ]
    const parsed = parsePolicy({ default_policy: 'deny', rules })
    assert.deepEqual(isPolicy(parsed) ? [] : parsed.map(({ member, rule }) => `${member} ${rule}`), [
      'rules[0].subject[0] length',
      'rules[1].networks length',
    ])
  })

  it('has a name that is no built-in one', () => {
    for (const name of ['one_factor', 'deny', '', 'a b', '-x', 'a/b', '__proto__']) {
      assert.equal(checkPolicyName(name).length, 1, name)
    }
    for (const name of ['staff-only', 'büro.2', '1']) assert.deepEqual(checkPolicyName(name), [])
  })

  it('names its subjects by kind', () => {
    assert.deepEqual(parseSubject('group:a:b'), { kind: 'group', name: 'a:b' })
    for (const text of ['', 'group:', 'group: ', 'role:x', 'oauth2:user:x', 'Group:x', 'x']) {
      assert.equal(parseSubject(text), undefined, text)
    }
  })
})
