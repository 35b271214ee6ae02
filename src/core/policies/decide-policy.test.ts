/** Tests of what a policy decides against a second, plain implementation, over rules, people and addresses that nobody thought of. */

import assert from 'node:assert/strict'
import { isIPv4, isIPv6 } from 'node:net'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { decidePolicy, type PolicyFacts } from './decide-policy.ts'
import { POLICY_OUTCOMES, type PolicyOutcome, type PolicyRule } from './policy.ts'

/** An address as 128 bits; an IPv4 address where RFC 4291 §2.5.5.2 maps it. Nothing when it is none. */
function bitsOf(address: string): bigint | undefined {
  if (isIPv4(address)) {
    const [a = 0n, b = 0n, c = 0n, d = 0n] = address.split('.').map(BigInt)
    return (0xffffn << 32n) | (a << 24n) | (b << 16n) | (c << 8n) | d
  }
  const plain = address.split('%', 1)[0] ?? ''
  if (!isIPv6(plain)) return undefined
  const { hostname } = new URL(`http://[${plain}]/`)
  const [head = '', tail] = hostname.slice(1, -1).split('::')
  const groups = (text: string) => (text === '' ? [] : text.split(':'))
  const [before, after] = [groups(head), groups(tail ?? '')]
  const gap = tail === undefined ? [] : new Array<string>(8 - before.length - after.length).fill('0')
  return [...before, ...gap, ...after].reduce((bits, group) => (bits << 16n) | BigInt(`0x${group}`), 0n)
}

function isWithin(address: bigint, network: string): boolean {
  const [start = '', length] = network.split('/')
  const first = bitsOf(start) ?? assert.fail(`${network} is a network`)
  const bits = length === undefined ? 128 : Number(length) + (isIPv4(start) ? 96 : 0)
  return address >> BigInt(128 - bits) === first >> BigInt(128 - bits)
}

function isAbout(subject: string, { username, groups, clientId }: PolicyFacts): boolean {
  if (subject === `client:${clientId}`) return true
  if (groups.some(group => subject === `group:${group}`)) return true
  return subject.startsWith('user:') && subject.slice(5).toLowerCase() === username.toLowerCase()
}

/** Every way that the rules could go. */
function outcomesOf(rules: readonly PolicyRule[], standard: PolicyOutcome, facts: PolicyFacts): PolicyOutcome[] {
  const [rule, ...rest] = rules
  if (rule === undefined) return [standard]
  const isMeant = rule.subjects.length === 0 || rule.subjects.some(all => all.every(one => isAbout(one, facts)))
  if (!isMeant) return outcomesOf(rest, standard, facts)
  if (rule.networks.length === 0) return [rule.outcome]
  const address = facts.address === undefined ? undefined : bitsOf(facts.address)
  if (address === undefined) return [rule.outcome, ...outcomesOf(rest, standard, facts)]
  return rule.networks.some(network => isWithin(address, network)) ? [rule.outcome] : outcomesOf(rest, standard, facts)
}

function plainly(rules: readonly PolicyRule[], standard: PolicyOutcome, facts: PolicyFacts): PolicyOutcome {
  const possible = outcomesOf(rules, standard, facts)
  return POLICY_OUTCOMES.findLast(outcome => possible.includes(outcome)) ?? assert.fail('there is one')
}

const byte = fc.integer({ min: 0, max: 255 })
const ipv4 = fc.oneof(
  fc.constantFrom('10.0.0.7', '10.255.255.255', '11.0.0.0', '192.0.2.9', '0.0.0.0', '255.255.255.255'),
  fc.tuple(byte, byte, byte, byte).map(octets => octets.join('.')),
)
const ipv6 = fc.oneof(
  fc.constantFrom(
    'fd00::1',
    '::1',
    '::',
    '2001:db8::9',
    'fe80::1%eth0',
    '2001:0DB8:0:0::9',
    '::a00:7',
    '64:ff9b::a00:7',
  ),
  fc
    .array(fc.integer({ min: 0, max: 0xffff }), { minLength: 8, maxLength: 8 })
    .map(groups => groups.map(group => group.toString(16)).join(':')),
  ipv4.map(address => `::ffff:${address}`),
)
const address = fc.oneof(ipv4, ipv6, fc.constantFrom(undefined, '', 'server', 'unix:/run/socket'))
const network = fc.oneof(
  ipv4,
  fc.tuple(ipv4, fc.integer({ min: 0, max: 32 })).map(([start, bits]) => `${start}/${bits}`),
  fc
    .tuple(
      ipv6.map(text => text.replace('%eth0', '')),
      fc.integer({ min: 0, max: 128 }),
    )
    .map(([start, bits]) => `${start}/${bits}`),
  fc.constantFrom('10.0.0.0/8', '0.0.0.0/0', '::/0', 'fd00::/8', '::ffff:10.0.0.0/104', '2001:db8::/32'),
)
const subject = fc.constantFrom(
  'user:ada',
  'user:ADA',
  'user:bob',
  'group:staff',
  'group:Staff',
  'group:a:b',
  'client:wiki',
  'client:shop',
)
const rule: fc.Arbitrary<PolicyRule> = fc.record({
  outcome: fc.constantFrom(...POLICY_OUTCOMES),
  subjects: fc.array(fc.array(subject, { minLength: 1, maxLength: 3 }), { maxLength: 3 }),
  networks: fc.array(network, { maxLength: 3 }),
})
const facts: fc.Arbitrary<PolicyFacts> = fc.record({
  username: fc.constantFrom('ada', 'Ada', 'bob', 'constructor'),
  groups: fc.subarray(['staff', 'Staff', 'a:b', 'constructor']),
  clientId: fc.constantFrom('wiki', 'shop', 'ada'),
  address,
})

describe('what a policy decides', () => {
  it('is what a second implementation says, for any rules, people and addresses', () => {
    fc.assert(
      fc.property(
        fc.array(rule, { maxLength: 6 }),
        fc.constantFrom(...POLICY_OUTCOMES),
        facts,
        (rules, standard, about) => {
          assert.equal(decidePolicy({ rules, standard }, about).outcome, plainly(rules, standard, about))
        },
      ),
      { numRuns: 3000 },
    )
  })

  it('is deny where what is stored is no outcome: nothing opens an app that nobody can read', () => {
    const odd = 'three_factor' as PolicyOutcome
    const ada = { username: 'ada', groups: [], clientId: 'wiki', address: '10.0.0.7' }
    assert.equal(decidePolicy({ rules: [], standard: odd }, ada).outcome, 'deny')
    const rules = [{ outcome: odd, subjects: [], networks: [] }]
    assert.equal(decidePolicy({ rules, standard: 'one_factor' }, ada).outcome, 'deny')
  })
})
