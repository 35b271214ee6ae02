/** Remedies for refusals about identities: stored tokens that an app wants to read, ways to sign in that somebody takes away. */

import { accountCommand, type RemedyRow, sentence, textOf, theAccount, theApp } from './remedy-row.ts'
import { theUpstream, upstreamCommand } from './upstream-remedies.ts'

export const IDENTITY_REMEDIES: readonly RemedyRow[] = [
  {
    rule: 'stored_tokens_readable_by of the upstream names the app',
    why: about =>
      about.facts.known === false
        ? sentence('there is no upstream with the alias', textOf(about.facts.upstream))
        : sentence(theApp(about), 'may not read the tokens of', theUpstream(about)),
    advice: about =>
      about.facts.known === false
        ? 'The app has to name an upstream that exists.'
        : 'Add the app to the list, if it may act for people there. The command names the whole list.',
    commands: about =>
      about.facts.known === false
        ? ['sallyport upstream list']
        : upstreamCommand('edit', '--set stored_tokens_readable_by=CLIENT')(about),
  },
  {
    rule: 'stored tokens are of an upstream that is enabled',
    why: about => sentence(theUpstream(about), 'is disabled, and so are its stored tokens'),
    advice: 'Enable it, if apps may read them again.',
    commands: upstreamCommand('edit', '--set enabled=true'),
  },
  {
    rule: 'stored tokens are those of a person',
    why: () => 'The access token is one that the app got for itself, and not for a person.',
    advice: 'The app has to sign the person in, and to use the access token that it gets then.',
  },
  {
    rule: 'tokens of the upstream are kept since the person signed in through it (store_tokens)',
    why: about => sentence('no tokens of', theUpstream(about), 'are kept for', theAccount(about)),
    advice:
      'Tokens are kept from the next sign-in on after store_tokens was set. See whether it is; then the person signs in through it again.',
    commands: upstreamCommand('edit', '--set store_tokens=true'),
  },
  {
    rule: 'the account is linked at the upstream',
    why: about => sentence(theAccount(about), 'is not linked at', theUpstream(about)),
    advice: 'The person signs in through it, or links it on their account page.',
    commands: () => ['sallyport identity list'],
  },
  {
    rule: 'the stored tokens are good, or can be refreshed',
    why: about =>
      sentence(
        'the tokens of',
        theUpstream(about),
        'have expired, and there is no refresh token, or the upstream does not take it any more',
      ),
    advice:
      'The person signs in through the upstream again. Where that happens too often, ask for a scope that gives longer access (often offline_access).',
    commands: upstreamCommand('show'),
  },
  {
    rule: 'the upstream answers when stored tokens are refreshed',
    why: about =>
      sentence(
        'the tokens of',
        theUpstream(about),
        'have expired, and refreshing them failed:',
        textOf(about.facts.problem),
      ),
    advice: 'Nothing was lost: the app may ask again. If it stays so, see whether the upstream can be reached.',
    commands: upstreamCommand('test'),
  },
  {
    rule: 'the account keeps a way to sign in',
    why: about => sentence(theAccount(about), 'has no password and no other identity that it could sign in with'),
    advice: 'The person links another identity first, or gets a password.',
    commands: accountCommand('set-password'),
  },
  {
    rule: 'the identity is linked to the account',
    why: () => 'The identity that was to be unlinked is not linked any more.',
    advice: 'Nothing is wrong: it was unlinked in another tab, or at the command line.',
  },
  {
    rule: 'nobody else changes the account at the same time',
    why: () => 'The account was changed again and again while an identity was to be unlinked.',
    advice: 'Try again.',
  },
]
