/** Whatever an upstream claims about a person: it never opens, links or changes an account that was not proven. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { anAccount, anIdentity, anUpstream, NOON } from '../../../../test/support/builders.ts'
import { type Account, loginKey } from '../../accounts/account.ts'
import type { EnteredProfile } from '../../flow/flow.ts'
import type { Identity } from '../identity.ts'
import type { KnownAccount } from '../linking/link-proofs.ts'
import { mapClaims } from '../mapping/map-claims.ts'
import type { LinkProof, Upstream } from '../upstream.ts'
import type { ArrivalDecision, ArrivalFacts } from './arrival-decision.ts'
import { decideArrival } from './decide-arrival.ts'
import { withEntered } from './entered-profile.ts'

const VICTIM = 'ada@example.org'

/** Everything that stands in the database. */
interface World {
  readonly accounts: readonly Account[]
  readonly upstream: Upstream
  readonly identities: readonly Identity[]
}

const SPELLINGS = ['ADA@Example.ORG', ' ada@example.org ', 'ada', 'Ada', 'mallory', 'mallory@evil.example']
const spelling = fc.constantFrom(...SPELLINGS)
/** Weighted towards what an attacker would try: the victim's address, and a name that is free. */
const address = mostly(VICTIM, spelling)
const name = mostly('newcomer', spelling)
const rarely = mostly(false, fc.constant(true))

function mostly<Value>(usual: Value, others: fc.Arbitrary<Value>): fc.Arbitrary<Value> {
  return fc.oneof({ weight: 3, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: others })
}

const emailVerified = fc.constantFrom<unknown>(true, false, 'true', 'false', 1, 0, null, {}, [true], undefined)
const claims = fc.record(
  {
    sub: mostly<unknown>('newcomer', fc.constantFrom('victim', 'attacker', VICTIM, 'VICTIM', '')),
    email: mostly<unknown>(VICTIM, fc.oneof(spelling, fc.constantFrom<unknown>(7, {}, [VICTIM], null, ''))),
    email_verified: emailVerified,
    preferred_username: name,
    name: fc.constant('Ada'),
    iss: fc.constantFrom('https://idp.example', 'https://elsewhere.example'),
  },
  { requiredKeys: ['sub'] },
)

const world: fc.Arbitrary<World> = fc
  .record({
    victimHasAddress: fc.boolean(),
    addressIsVerified: fc.boolean(),
    hasPassword: fc.boolean(),
    isDisabled: rarely,
    addressIsName: rarely,
    victimIsLinked: rarely,
    attackerIsLinked: fc.boolean(),
    upstream: fc.record({
      kind: fc.constantFrom('oidc' as const, 'oauth2' as const),
      trustEmail: fc.boolean(),
      linkOnly: rarely,
      createAccounts: fc.boolean(),
      linkExisting: fc.boolean(),
      linkProofs: fc.subarray<LinkProof>(['mail', 'sign_in']),
      reviewProfile: fc.constantFrom('missing' as const, 'always' as const, 'never' as const),
      postLogin: fc.constantFrom('none' as const, 'password' as const),
      syncMode: fc.constantFrom('import' as const, 'force' as const),
      caseSensitiveUsername: fc.boolean(),
    }),
  })
  .map(given => {
    const upstream = anUpstream({ alias: 'idp', issuer: 'https://idp.example', ...given.upstream })
    const { email: _, ...bare } = anAccount({ username: given.addressIsName ? VICTIM : 'ada' })
    const victim: Account = {
      ...bare,
      ...(given.victimHasAddress ? { email: VICTIM } : {}),
      emailVerified: given.victimHasAddress && given.addressIsVerified,
      ...(given.hasPassword ? { passwordHash: '$argon2id$' } : {}),
      ...(given.isDisabled ? { disabledAt: NOON } : {}),
    }
    const attacker = anAccount({ username: 'mallory', email: 'mallory@evil.example' })
    const linked = (account: Account, subject: string) =>
      anIdentity({ accountId: account.id, upstreamUid: upstream.uid, subject })
    return {
      accounts: [victim, attacker],
      upstream,
      identities: [
        ...(given.victimIsLinked ? [linked(victim, 'victim')] : []),
        ...(given.attackerIsLinked ? [linked(attacker, 'attacker')] : []),
      ],
    }
  })

const asked = fc.record({
  purpose: mostly('sign-in', fc.constantFrom('link to victim', 'link to attacker')),
  signedIn: fc.constantFrom('nobody', 'victim', 'attacker'),
  entered: fc.option(fc.record({ username: name, email: address }, { requiredKeys: [] }), { nil: undefined }),
  declines: fc.boolean(),
  silent: rarely,
  sendsMail: fc.boolean(),
})

interface Asked {
  readonly purpose: string
  readonly signedIn: string
  readonly entered: EnteredProfile | undefined
  readonly declines: boolean
  readonly silent: boolean
  readonly sendsMail: boolean
}

describe('a lying upstream', () => {
  it('never opens an account that was not proven, in any combination of claims, accounts and settings', () => {
    fc.assert(
      fc.property(world, claims, asked, (there, said, how) => {
        const facts = factsOf(there, said, how)
        if (facts !== undefined) checkDecision(decideArrival(facts), facts, there, said)
      }),
      { numRuns: 10_000 },
    )
  })

  it('is believed about an address only where it is trusted, and only when it says so in one word', () => {
    fc.assert(
      fc.property(world, claims, (there, said) => {
        const mapped = map(there, said)
        if (mapped === undefined || !mapped.isEmailVerified) return
        assert.equal(there.upstream.trustEmail, true)
        assert.ok([undefined, true, 'true'].includes(said.email_verified as never), JSON.stringify(said.email_verified))
      }),
      { numRuns: 2000 },
    )
  })
})

type Claims = typeof claims extends fc.Arbitrary<infer Value> ? Value : never

function map({ upstream }: World, said: Claims) {
  const source = upstream.kind === 'oidc' ? 'id_token' : 'userinfo'
  const context = { upstream, existingGroups: new Set<string>(), uuid: 'a uuid' }
  const mapped = mapClaims({ [source]: JSON.parse(JSON.stringify(said)) }, context)
  return 'patch' in mapped ? mapped.patch : undefined
}

function factsOf(there: World, said: Claims, how: Asked): ArrivalFacts | undefined {
  const patch = map(there, said)
  if (patch === undefined) return undefined
  const { accounts, identities, upstream } = there
  const [victim, attacker] = accounts as readonly [Account, Account]
  const known = (account: Account | undefined): KnownAccount | undefined =>
    account && {
      account,
      hasIdentityHere: identities.some(({ accountId }) => accountId === account.id),
      hasIdentityElsewhere: false,
    }
  // As the repository finds them: a user name wins.
  const byLogin = (login: string | undefined): Account | undefined => {
    if (login === undefined) return undefined
    const key = loginKey(login)
    return (
      accounts.find(({ username }) => loginKey(username) === key) ??
      accounts.find(({ email }) => email !== undefined && loginKey(email) === key)
    )
  }
  const { email, username } = withEntered(patch, how.entered)
  const identity = identities.find(({ subject }) => subject === patch.subject)
  const linkedTo = accounts.find(({ id }) => id === identity?.accountId)
  const emailOwner = known(byLogin(email?.value))
  return {
    upstream,
    purpose:
      how.purpose === 'sign-in'
        ? { kind: 'sign-in' }
        : { kind: 'link-identity', accountId: how.purpose === 'link to victim' ? victim.id : attacker.id },
    signedIn: how.signedIn === 'nobody' ? undefined : known(how.signedIn === 'victim' ? victim : attacker),
    patch,
    linked: identity && linkedTo && { identity, account: linkedTo },
    emailOwner,
    usernameOwner: known(byLogin(username?.value)),
    entered: how.entered,
    declined: how.declines ? emailOwner?.account.id : undefined,
    silent: how.silent,
    sendsMail: how.sendsMail,
  }
}

function checkDecision(decision: ArrivalDecision, facts: ArrivalFacts, there: World, said: Claims): void {
  switch (decision.kind) {
    case 'sign-in':
    case 'prove-password': {
      // Only through the very identity that was linked before, character by character.
      const identity = there.identities.find(({ accountId }) => accountId === decision.account.id)
      assert.equal(identity?.subject, facts.patch.subject)
      assert.equal(decision.account.disabledAt, undefined)
      assert.equal(facts.upstream.linkOnly, false)
      assert.equal(decision.kind === 'prove-password', facts.upstream.postLogin === 'password')
      return
    }
    case 'link':
    case 'linked-already':
      assert.equal(facts.purpose.kind === 'link-identity' && facts.purpose.accountId, decision.account.id)
      assert.equal(facts.signedIn?.account.id, decision.account.id)
      return
    case 'create':
      checkCreation(decision, facts, there, said)
      return
    case 'offer-link':
      checkOffer(decision, facts)
      return
    case 'ask-profile':
    case 'refuse':
      return
  }
}

function checkCreation(
  { patch, releases }: Extract<ArrivalDecision, { kind: 'create' }>,
  facts: ArrivalFacts,
  { accounts, upstream }: World,
  said: Claims,
): void {
  assert.equal(facts.purpose.kind, 'sign-in')
  assert.ok(upstream.createAccounts && !upstream.linkOnly && facts.linked === undefined)
  const kept = accounts.flatMap(({ id, username, email }) =>
    [username, id === releases?.id ? undefined : email].map(login => (login === undefined ? '' : loginKey(login))),
  )
  assert.ok(patch.username !== undefined && !kept.includes(loginKey(patch.username.value)))
  if (patch.email !== undefined) assert.ok(!kept.includes(loginKey(patch.email.value)))
  // What somebody typed is proven by nothing, whatever else the upstream vouches for.
  if (patch.isEmailVerified) assert.equal(patch.email?.value, facts.patch.email?.value)
  if (releases === undefined) return
  assert.ok(!releases.emailVerified && upstream.trustEmail, 'nobody loses a proven address, and no stranger takes one')
  assert.ok([undefined, true, 'true'].includes(said.email_verified as never))
  assert.ok(patch.isEmailVerified)
}

function checkOffer(
  { account, proofs }: Extract<ArrivalDecision, { kind: 'offer-link' }>,
  { upstream, sendsMail, silent, emailOwner, usernameOwner }: ArrivalFacts,
): void {
  assert.ok(upstream.linkExisting && !upstream.linkOnly && !silent && proofs.length > 0)
  assert.equal(account.disabledAt, undefined)
  assert.ok([emailOwner, usernameOwner].some(owner => owner?.account.id === account.id && !owner.hasIdentityHere))
  if (proofs.includes('mail')) assert.ok(sendsMail && account.emailVerified && account.email !== undefined)
  if (proofs.includes('sign_in')) assert.ok(account.passwordHash !== undefined)
  for (const proof of proofs) assert.ok(upstream.linkProofs.includes(proof))
}
