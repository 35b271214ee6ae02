/** Rules about policies. */

import { createAddressList, isAddressRange } from '../../lib/addresses.ts'
import { loginKey } from '../accounts/account.ts'
import type { Document } from '../administration/ports.ts'
import { isPolicy, parsePolicy } from '../policies/parse-policy.ts'
import type { PolicyRule } from '../policies/policy.ts'
import { parseSubject, type SubjectKind } from '../policies/policy-subject.ts'
import { canReachTwoFactors } from '../policies/two-factors.ts'
import type { Found } from './finding.ts'
import {
  findIn,
  fixedPolicyOf,
  foundAt,
  type LintFacts,
  type LintThing,
  liveThings,
  settingOf,
  textOf,
  textsOf,
  thingsOf,
} from './lint-facts.ts'
import type { LintRule } from './lint-rule.ts'

export const POLICY_RULES: readonly LintRule[] = [
  {
    id: 'policy-unknown-group',
    severity: 'warning',
    title: 'A policy names a group that does not exist',
    why: 'The rule fits nobody. Where it denies, everybody whom it should stop gets further.',
    fix: 'Correct the name (the case counts), or make the group: `sallyport group create NAME`.',
    check: facts => unknownSubjects(facts, 'group', name => facts.known.groups?.has(name) !== false),
  },
  {
    id: 'policy-unknown-user',
    severity: 'warning',
    title: 'A policy names a person who has no account',
    why: 'The rule fits nobody, until somebody gets that user name: then it fits them.',
    fix: 'Correct the user name, or take it out.',
    check: facts => unknownSubjects(facts, 'user', name => facts.known.users?.has(loginKey(name)) !== false),
  },
  {
    id: 'policy-unknown-client',
    severity: 'warning',
    title: 'A policy names an app that does not exist',
    why: 'The rule fits nobody.',
    fix: 'Correct the client_id, or take it out.',
    check: facts => unknownSubjects(facts, 'client', name => facts.known.clients?.has(name) !== false),
  },
  {
    id: 'policy-unused',
    severity: 'info',
    title: 'No app names a policy',
    why: 'It decides nothing.',
    fix: '`sallyport client edit APP --set authorization_policy=NAME`, or delete it.',
    check: facts =>
      facts.known.clients === undefined
        ? []
        : findIn(thingsOf(facts, 'policies'), 'name', (_, { key }) =>
            fixedPolicyOf(facts) === key ||
            thingsOf(facts, 'clients').some(({ document }) => document.authorization_policy === key)
              ? undefined
              : 'is named by no app',
          ),
  },
  {
    id: 'policy-rule-never-reached',
    severity: 'warning',
    title: 'A rule of a policy never decides',
    why: 'An earlier rule fits everybody whom it fits, and the first that fits decides.',
    fix: 'Put the narrower rule first, or take it out.',
    check: facts => thingsOf(facts, 'policies').flatMap(neverReached),
  },
  {
    id: 'policy-two-factor-unreachable',
    severity: 'warning',
    title: 'Two factors are asked for, and no way to sign in brings them',
    why: 'Whom the rule fits is kept out.',
    fix: 'Say with `amr` which methods an upstream asks for (or `trust_amr`), or ask for `one_factor`.',
    check: unreachable,
  },
  {
    id: 'policy-network-trusts-proxies',
    severity: 'warning',
    title: 'People of a policy’s network are taken for proxies',
    why: '`proxies.trusted` holds a network that a policy asks for, and whoever is in it is believed when they say from where they come: they can be anywhere, and in any network.',
    fix: 'Name the addresses of the proxies themselves in `proxies.trusted`, not the network that they stand in.',
    check: trustedNetworks,
  },
]

/** Nothing where it cannot be read: that is said when it is applied. */
function rulesOf({ document }: LintThing): readonly PolicyRule[] {
  const parsed = parsePolicy(document)
  return isPolicy(parsed) ? parsed.rules : []
}

function unknownSubjects(facts: LintFacts, kind: SubjectKind, isKnown: (name: string) => boolean): readonly Found[] {
  return thingsOf(facts, 'policies').flatMap(thing =>
    rulesOf(thing).flatMap(({ subjects }, index) => {
      const named = subjects.flat().map(parseSubject)
      const unknown = named.flatMap(subject => (subject?.kind === kind && !isKnown(subject.name) ? [subject.name] : []))
      return [...new Set(unknown)].map(name =>
        foundAt(thing, `rules[${index}].subject`, `names ${kind}:${name}, which does not exist`),
      )
    }),
  )
}

function neverReached(thing: LintThing): readonly Found[] {
  const rules = rulesOf(thing)
  return rules.flatMap((rule, index) => {
    const earlier = rules.slice(0, index).findIndex(other => covers(other, rule))
    return earlier < 0
      ? []
      : [foundAt(thing, `rules[${index}]`, `rule ${index + 1} never decides, as rule ${earlier + 1} fits before it`)]
  })
}

/** Whoever fits `b` fits `a`. */
function covers(a: PolicyRule, b: PolicyRule): boolean {
  const subjects =
    a.subjects.length === 0 ||
    (b.subjects.length > 0 && b.subjects.every(all => a.subjects.some(some => some.every(one => all.includes(one)))))
  const networks =
    a.networks.length === 0 || (b.networks.length > 0 && b.networks.every(network => a.networks.includes(network)))
  return subjects && networks
}

function unreachable(facts: LintFacts): readonly Found[] {
  if (facts.known.upstreams === undefined) return []
  const ways = liveThings(facts, 'upstreams').map(({ document }) => wayOf(document))
  if (canReachTwoFactors(ways)) return []
  const asking = thingsOf(facts, 'policies').filter(
    thing =>
      thing.document.default_policy === 'two_factor' || rulesOf(thing).some(rule => rule.outcome === 'two_factor'),
  )
  const policies = asking.map(thing =>
    foundAt(thing, 'rules', 'asks for two factors, and there is no way to bring them'),
  )
  const clients = findIn(liveThings(facts, 'clients'), 'authorization_policy', document =>
    document.authorization_policy === 'two_factor'
      ? 'asks for two factors, and there is no way to bring them'
      : undefined,
  )
  return [...policies, ...clients]
}

/** One address is that of a proxy; a network may have people in it. */
function trustedNetworks(facts: LintFacts): readonly Found[] {
  const trusted = textsOf(settingOf(facts, 'proxies.trusted')).filter(isAddressRange).filter(isNetwork)
  return thingsOf(facts, 'policies').flatMap(thing =>
    rulesOf(thing).flatMap(({ networks }, index) =>
      networks.flatMap(network => {
        const proxies = trusted.find(range => overlap(range, network))
        return proxies === undefined
          ? []
          : [foundAt(thing, `rules[${index}].networks`, `${network} and proxies.trusted (${proxies}) share addresses`)]
      }),
    ),
  )
}

function isNetwork(range: string): boolean {
  return range.includes('/') && !range.endsWith(range.includes(':') ? '/128' : '/32')
}

/** Of two networks that share addresses, one holds the first address of the other. */
function overlap(a: string, b: string): boolean {
  const first = (range: string): string => range.split('/')[0] ?? ''
  return createAddressList([a]).has(first(b)) || createAddressList([b]).has(first(a))
}

function wayOf(upstream: Document): readonly string[] | 'any' {
  if (upstream.trust_amr === true) return 'any'
  const amr = textsOf(upstream.amr)
  return textOf(upstream.post_login) === 'password' ? [...amr, 'pwd'] : amr
}
