/** Tests of what becomes of people who come back from an upstream. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { anAccount, anIdentity, anUpstream, NOON } from '../../../../test/support/builders.ts'
import type { Account } from '../../accounts/account.ts'
import type { KnownAccount } from '../linking/link-proofs.ts'
import type { AccountPatch } from '../mapping/account-patch.ts'
import type { Upstream } from '../upstream.ts'
import type { ArrivalDecision, ArrivalFacts } from './arrival-decision.ts'
import { decideArrival } from './decide-arrival.ts'

const HASH = '$argon2id$'

function aPatch(changes: Partial<AccountPatch> = {}): AccountPatch {
  return {
    subject: 'subject-1',
    username: { value: 'ada', sync: 'import' },
    email: { value: 'ada@example.org', sync: 'import' },
    isEmailVerified: false,
    attributes: [],
    addGroups: [],
    removeGroups: [],
    amr: [],
    ...changes,
  }
}

function someone(account: Partial<Account> = {}, changes: Partial<KnownAccount> = {}): KnownAccount {
  const usual = { username: 'lovelace', email: 'ada@example.org', passwordHash: HASH }
  return {
    account: anAccount({ ...usual, ...account }),
    hasIdentityHere: false,
    hasIdentityElsewhere: false,
    ...changes,
  }
}

function factsOf(changes: Partial<ArrivalFacts> = {}, upstream: Partial<Upstream> = {}): ArrivalFacts {
  return {
    upstream: anUpstream(upstream),
    purpose: { kind: 'sign-in' },
    signedIn: undefined,
    patch: aPatch(),
    linked: undefined,
    emailOwner: undefined,
    usernameOwner: undefined,
    entered: undefined,
    declined: undefined,
    silent: false,
    sendsMail: true,
    ...changes,
  }
}

function linkedTo(account: Account) {
  return { account, identity: anIdentity({ accountId: account.id, subject: 'subject-1' }) }
}

/** A decision in a few words, for the table. */
function short(decision: ArrivalDecision): string {
  switch (decision.kind) {
    case 'offer-link': {
      const ways = [...decision.proofs, decision.mayUseAnother && 'other', decision.mayDecline && 'not-mine'].filter(
        Boolean,
      )
      return `offer-link by ${decision.by}: ${ways.join(' ')}`
    }
    case 'ask-profile':
      return ['ask-profile', ...decision.problems.map(({ field, kind }) => `${field} ${kind}`)].join(', ')
    case 'create':
      return decision.releases === undefined ? 'create' : 'create and release'
    case 'refuse':
      return `refuse ${decision.page}: ${decision.refusal.error}`
    default:
      return decision.kind
  }
}

const verified = aPatch({ isEmailVerified: true })
const claimant = someone({ emailVerified: false })
const disabledAt = NOON
const me = someone()

type Row = readonly [rule: string, facts: Partial<ArrivalFacts>, upstream: Partial<Upstream>, expected: string]

const ROWS: readonly Row[] = [
  ['signs in whoever is linked', { linked: linkedTo(anAccount()) }, {}, 'sign-in'],
  [
    'signs in nobody where people only link (link_only), not even whoever did',
    { linked: linkedTo(anAccount()) },
    { linkOnly: true },
    'refuse link-only: access_denied',
  ],
  ['refuses a disabled account', { linked: linkedTo(anAccount({ disabledAt })) }, {}, 'refuse disabled: access_denied'],
  [
    'asks for the password of the account (post_login)',
    { linked: linkedTo(anAccount({ passwordHash: HASH })) },
    { postLogin: 'password' },
    'prove-password',
  ],
  [
    'refuses an account without a password where one is asked for (post_login)',
    { linked: linkedTo(anAccount()) },
    { postLogin: 'password' },
    'refuse no-password: access_denied',
  ],
  ['makes an account for somebody new', {}, {}, 'create'],
  [
    'makes none where it must not (create_accounts)',
    {},
    { createAccounts: false },
    'refuse unknown-person: access_denied',
  ],
  [
    'makes none where nobody new could sign in (post_login)',
    {},
    { postLogin: 'password' },
    'refuse no-password: access_denied',
  ],
  [
    'lets nobody new in where people have to link first (link_only)',
    {},
    { linkOnly: true },
    'refuse link-only: access_denied',
  ],
  [
    'links nobody by their address where people have to link first (link_only)',
    { emailOwner: someone() },
    { linkOnly: true },
    'refuse link-only: access_denied',
  ],
  ['asks for an address that is missing (review_profile missing)', { patch: withoutEmail() }, {}, 'ask-profile'],
  ['takes it that the address is left empty', { patch: withoutEmail(), entered: { username: 'ada' } }, {}, 'create'],
  [
    'asks for a user name that is missing (review_profile missing)',
    { patch: withoutUsername() },
    {},
    'ask-profile, username missing',
  ],
  [
    'asks for nothing but what an account cannot be without (review_profile never)',
    { patch: withoutEmail() },
    { reviewProfile: 'never' },
    'create',
  ],
  [
    'asks for a user name even then (review_profile never)',
    { patch: withoutUsername() },
    { reviewProfile: 'never' },
    'ask-profile, username missing',
  ],
  ['shows everybody what is said about them (review_profile always)', {}, { reviewProfile: 'always' }, 'ask-profile'],
  [
    'shows it once (review_profile always)',
    { entered: { username: 'ada', email: 'ada@example.org' } },
    { reviewProfile: 'always' },
    'create',
  ],
  [
    'takes no user name that nobody can read',
    { entered: { username: 'a\u0007da' } },
    {},
    'ask-profile, username invalid',
  ],
  [
    'takes no address that is none',
    { entered: { username: 'ada', email: 'nobody' } },
    {},
    'ask-profile, email invalid',
  ],
  [
    'takes no user name that signs in like the address of somebody else (NFKC)',
    { entered: { username: 'eve＠example。org', email: 'ada@example.org' } },
    {},
    'ask-profile, username invalid',
  ],
  [
    'takes no user name that may be the address of somebody else',
    { entered: { username: 'eve@example.org', email: 'ada@example.org' } },
    {},
    'ask-profile, username invalid',
  ],
  [
    'takes the own address as a user name',
    { entered: { username: 'ada@example.org', email: 'Ada@example.org' } },
    {},
    'create',
  ],
  [
    'offers to link an account with that address',
    { emailOwner: someone() },
    {},
    'offer-link by email: mail sign_in other',
  ],
  [
    'offers it without another way out where no accounts are made',
    { emailOwner: someone() },
    { createAccounts: false },
    'offer-link by email: mail sign_in',
  ],
  [
    'links nobody by a verified address either',
    { patch: verified, emailOwner: someone() },
    { trustEmail: true },
    'offer-link by email: mail sign_in other',
  ],
  [
    'offers to link an account with that user name',
    { usernameOwner: someone({ username: 'ada' }) },
    {},
    'offer-link by username: mail sign_in other',
  ],
  [
    'offers no account whose user name somebody only typed',
    { usernameOwner: someone({ username: 'ada' }), entered: { username: 'ada' } },
    {},
    'ask-profile, username taken',
  ],
  [
    'offers an account whose address somebody typed',
    { emailOwner: someone(), entered: { username: 'ada', email: 'ada@example.org' } },
    {},
    'offer-link by email: mail sign_in other',
  ],
  [
    'hands nobody who manages this server over by a mail: operators may have written the address',
    { emailOwner: someone({ role: 'viewer' }) },
    {},
    'offer-link by email: sign_in other',
  ],
  [
    'sends no mail without a mail server',
    { emailOwner: someone(), sendsMail: false },
    {},
    'offer-link by email: sign_in other',
  ],
  [
    'sends no mail where it is no proof (link_proofs)',
    { emailOwner: someone() },
    { linkProofs: ['sign_in'] },
    'offer-link by email: sign_in other',
  ],
  [
    'sends no mail to an address that nobody has proven',
    { emailOwner: claimant },
    {},
    'offer-link by email: sign_in other',
  ],
  [
    'takes no sign-in where it is no proof (link_proofs)',
    { emailOwner: someone() },
    { linkProofs: ['mail'] },
    'offer-link by email: mail other',
  ],
  [
    'takes no sign-in to an account that nobody can sign in to',
    { emailOwner: withoutPassword() },
    {},
    'offer-link by email: mail other',
  ],
  [
    'takes a sign-in through another upstream',
    { emailOwner: withoutPassword({ hasIdentityElsewhere: true }), sendsMail: false },
    {},
    'offer-link by email: sign_in other',
  ],
  [
    'offers no link that would need a password that is not there (post_login)',
    { emailOwner: withoutPassword() },
    { postLogin: 'password' },
    'refuse no-password: access_denied',
  ],
  [
    'asks for another address where nothing can be proven',
    { emailOwner: withoutPassword(), sendsMail: false },
    {},
    'ask-profile, email taken',
  ],
  [
    'asks for another address where nothing may be linked (link_existing)',
    { emailOwner: someone() },
    { linkExisting: false },
    'ask-profile, email taken',
  ],
  [
    'asks for both where both are taken',
    { emailOwner: someone(), usernameOwner: someone() },
    { linkExisting: false },
    'ask-profile, username taken, email taken',
  ],
  [
    'says why an account cannot be linked twice',
    { emailOwner: someone({}, { hasIdentityHere: true }) },
    {},
    'ask-profile, email linked',
  ],
  [
    'refuses where it cannot be linked twice and no other is made',
    { emailOwner: someone({}, { hasIdentityHere: true }) },
    { createAccounts: false },
    'refuse other-identity: access_denied',
  ],
  [
    'refuses where nothing can be proven and no account is made',
    { emailOwner: withoutPassword(), sendsMail: false },
    { createAccounts: false },
    'refuse unprovable: access_denied',
  ],
  [
    'refuses where nothing may be linked and no account is made',
    { emailOwner: someone() },
    { createAccounts: false, linkExisting: false },
    'refuse unprovable: access_denied',
  ],
  ['offers no disabled account', { emailOwner: someone({ disabledAt }) }, {}, 'ask-profile, email taken'],
  [
    'says of no account that it is disabled, where no other is made',
    { emailOwner: someone({ disabledAt }) },
    { createAccounts: false },
    'refuse unprovable: access_denied',
  ],
  [
    'lets whoever proved an address have it from whoever claimed it',
    { patch: verified, emailOwner: claimant },
    { linkExisting: false },
    'create and release',
  ],
  [
    'asks first, where the claimant may be the same person',
    { patch: verified, emailOwner: claimant },
    {},
    'offer-link by email: sign_in other not-mine',
  ],
  [
    'takes their word that it is not theirs',
    { patch: verified, emailOwner: claimant, declined: claimant.account.id },
    {},
    'create and release',
  ],
  [
    'takes no address from whoever proved it, too',
    { patch: verified, emailOwner: me, declined: me.account.id },
    {},
    'ask-profile, email taken',
  ],
  [
    'takes no address for whoever only typed it',
    {
      patch: withoutEmail(),
      emailOwner: claimant,
      declined: claimant.account.id,
      entered: { username: 'ada', email: 'ada@example.org' },
    },
    {},
    'ask-profile, email taken',
  ],
  [
    'takes nobody their user name',
    { patch: verified, emailOwner: someone({ username: 'Ada@example.org', emailVerified: false }) },
    { linkExisting: false },
    'ask-profile, email taken',
  ],
  ['links from the account page', { purpose: linking(me), signedIn: me }, {}, 'link'],
  [
    'links from the account page where people have to link first (link_only)',
    { purpose: linking(me), signedIn: me },
    { linkOnly: true },
    'link',
  ],
  [
    'links from the account page whatever the address says',
    { purpose: linking(me), signedIn: me, emailOwner: someone() },
    {},
    'link',
  ],
  [
    'has nothing to link twice',
    { purpose: linking(me), signedIn: me, linked: linkedTo(me.account) },
    {},
    'linked-already',
  ],
  ['links nobody who is no longer signed in', { purpose: linking(me) }, {}, 'refuse not-signed-in: login_required'],
  [
    'links nobody else who is signed in by now',
    { purpose: linking(me), signedIn: someone() },
    {},
    'refuse not-signed-in: login_required',
  ],
  [
    'links no identity of somebody else',
    { purpose: linking(me), signedIn: me, linked: linkedTo(anAccount()) },
    {},
    'refuse linked-elsewhere: access_denied',
  ],
  [
    'links no second identity of one upstream',
    { purpose: linking(me), signedIn: { ...me, hasIdentityHere: true } },
    {},
    'refuse other-identity: access_denied',
  ],
  ['signs in without a page (OIDC Core §3.1.2.6)', { linked: linkedTo(anAccount()), silent: true }, {}, 'sign-in'],
  ['makes accounts without a page (OIDC Core §3.1.2.6)', { silent: true }, {}, 'create'],
  [
    'asks nothing without a page (OIDC Core §3.1.2.6)',
    { patch: withoutEmail(), silent: true },
    {},
    'refuse unknown-person: interaction_required',
  ],
  [
    'links nothing without a page (OIDC Core §3.1.2.6)',
    { emailOwner: someone(), silent: true },
    {},
    'refuse unknown-person: interaction_required',
  ],
  [
    'asks for no password without a page (OIDC Core §3.1.2.6)',
    { linked: linkedTo(anAccount({ passwordHash: HASH })), silent: true },
    { postLogin: 'password' },
    'refuse unknown-person: interaction_required',
  ],
]

function withoutEmail(): AccountPatch {
  const { email: _, ...patch } = aPatch()
  return patch
}

function withoutUsername(): AccountPatch {
  const { username: _, ...patch } = aPatch()
  return patch
}

function withoutPassword(changes: Partial<KnownAccount> = {}): KnownAccount {
  const { account, ...others } = someone()
  const { passwordHash: _, ...bare } = account
  return { ...others, account: bare, ...changes }
}

function linking({ account }: KnownAccount): ArrivalFacts['purpose'] {
  return { kind: 'link-identity', accountId: account.id }
}

describe('an arrival from an upstream', () => {
  for (const [rule, facts, upstream, expected] of ROWS) {
    it(rule, () => assert.equal(short(decideArrival(factsOf(facts, upstream))), expected))
  }

  it('gives no address that somebody typed as proven', () => {
    const entered = { username: 'ada', email: 'other@example.org', name: 'Ada' }
    const decision = decideArrival(factsOf({ patch: verified, entered }))
    assert.ok(decision.kind === 'create')
    assert.deepEqual(
      [decision.patch.email?.value, decision.patch.isEmailVerified, decision.patch.attributes],
      ['other@example.org', false, [{ name: 'name', value: 'Ada', sync: 'import' }]],
    )
  })

  it('keeps an address proven that was only typed in capitals', () => {
    const entered = { username: 'ada', email: 'ADA@example.org' }
    const decision = decideArrival(factsOf({ patch: verified, entered }))
    assert.ok(decision.kind === 'create')
    assert.deepEqual([decision.patch.email?.value, decision.patch.isEmailVerified], ['ada@example.org', true])
  })
})
