/** Remedies for refusals of people whom an upstream has let in: no account, one that is not proven to be theirs, or one too many. */

import { accountCommand, type RefusedCase, type RemedyRow, sentence, textOf, theAccount } from './remedy-row.ts'
import { theUpstream, upstreamCommand } from './upstream-remedies.ts'

export const ARRIVAL_REMEDIES: readonly RemedyRow[] = [
  {
    rule: 'create_accounts: unknown people get an account',
    why: about =>
      sentence(
        theUpstream(about),
        'let somebody in',
        calledThere(about),
        'whom nobody here knows, and makes no accounts',
      ),
    advice: 'If new people are welcome, let it make accounts. Otherwise make one by hand; the person links it there.',
    commands: about => [
      ...upstreamCommand('edit', '--set create_accounts=true')(about),
      'sallyport account create NAME',
    ],
  },
  {
    rule: 'link_existing: existing accounts may be linked',
    why: about => sentence(theAccount(about), 'may be that of the person, but', theUpstream(about), 'links none'),
    advice: 'Let it link existing accounts, or let the person link it on their account page.',
    commands: upstreamCommand('edit', '--set link_existing=true'),
  },
  {
    rule: 'link_proofs: the account can be proven',
    why: about =>
      sentence(
        theAccount(about),
        'may be that of the person, but there is no way to prove it: link_proofs allows',
        textOf(about.facts.proofs) || 'nothing',
        about.facts.sends_mail === false && 'and this server sends no mail',
      ),
    advice:
      'A mail needs a mail server and an account with a verified address; a sign-in needs a password or another linked identity. Give the account one of them, or link it yourself.',
    commands: accountCommand('show'),
  },
  {
    rule: 'an account has one identity of an upstream',
    why: about =>
      sentence(theAccount(about), 'is linked to another identity of', theUpstream(about), 'than the one that came'),
    advice:
      'Is it the same person with a new identity there? Then unlink the old one. An address that went to somebody else is no reason to link.',
    commands: () => ['sallyport identity list'],
  },
  {
    rule: 'an identity belongs to one account',
    why: about =>
      sentence(
        'the identity of',
        theUpstream(about),
        'is linked to the account',
        textOf(about.facts.linked_to),
        'and was to be linked to',
        textOf(about.facts.username),
      ),
    advice: 'The person unlinks it there first, or signs in at the upstream as somebody else.',
    commands: () => ['sallyport identity list'],
  },
  {
    rule: 'whoever began to link an identity is still signed in',
    why: () =>
      'When the person came back from the upstream, they were signed out here, or somebody else was signed in.',
    advice: 'Nothing is wrong: the person signs in and begins again on their account page.',
  },
  {
    rule: 'the account that is to be linked is the one that is proven',
    why: about => sentence('the person proved', theAccount(about), 'and not the account that was asked for'),
    advice: 'Nothing is wrong: the person signs in to the account that is to be linked, or breaks it off.',
  },
  {
    rule: 'post_login password: the account has a password',
    why: about => sentence(theUpstream(about), 'asks for a password here as well, and', theAccount(about), 'has none'),
    advice: 'Give the account a password, or ask for none after a sign-in through this upstream.',
    commands: about => [
      ...accountCommand('set-password')(about),
      ...upstreamCommand('edit', '--set post_login=none')(about),
    ],
  },
  {
    rule: 'the mapped attributes make an account',
    why: about => sentence('no account can be made of what', theUpstream(about), 'says:', textOf(about.facts.mistakes)),
    advice: 'Correct the mappings of the upstream, then try them on the answer that was kept.',
    commands: upstreamCommand('show'),
  },
  {
    rule: 'OIDC Core §3.1.2.6 interaction_required',
    why: about =>
      sentence(
        'the app asked for an answer without a page (prompt=none), but the person has to answer a question first',
        textOf(about.facts.because) && `(${textOf(about.facts.because)})`,
      ),
    advice: 'The app has to send the person through a visible sign-in once.',
  },
  {
    rule: 'OIDC Core §3.1.2.6 the upstream signs in without a page',
    why: () => 'The app asked for an answer without a page (prompt=none), and the upstream cannot give one.',
    advice: 'Nothing is wrong: the app has to send the person through a visible sign-in.',
  },
]

function calledThere({ facts }: RefusedCase): string | undefined {
  const label = textOf(facts.label)
  return label === undefined ? undefined : `(${label})`
}
