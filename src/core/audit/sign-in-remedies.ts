/** Remedies for refusals that a person meets: signing in, consent, silent requests. */

import {
  accountCommand,
  atTime,
  clientCommand,
  type RefusedCase,
  type RemedyRow,
  sentence,
  textOf,
  theAccount,
  theApp,
} from './remedy-row.ts'

const NO_PAGE = 'The app asked for an answer without a page (prompt=none)'

export const SIGN_IN_REMEDIES: readonly RemedyRow[] = [
  {
    rule: 'the user name or e-mail address belongs to an account',
    why: () => 'No account has the user name or e-mail address that was typed.',
    advice: 'See which accounts there are, or add one.',
    commands: () => ['sallyport account list', 'sallyport account create NAME'],
  },
  {
    rule: 'the account has a password',
    why: about => sentence(theAccount(about), 'has no password, so it cannot sign in by one'),
    advice: 'Give it one.',
    commands: accountCommand('set-password'),
  },
  {
    rule: 'the password matches',
    why: about => sentence('the password that was typed is not that of', theAccount(about)),
    advice: 'The person may try again. If it is forgotten, set a new one.',
    commands: accountCommand('set-password'),
  },
  {
    rule: 'the account is enabled',
    why: about => sentence(theAccount(about), 'was disabled', atTime(about.facts.disabled_at)),
    advice: 'Enable it, if it may sign in again.',
    commands: accountCommand('enable'),
  },
  {
    rule: 'the account is what it was when its password was checked',
    why: about => sentence(theAccount(about), 'was changed, disabled or deleted while the password was checked'),
    advice: 'See whether the account is as it should be, and let the person try again.',
    commands: accountCommand('show'),
  },
  {
    rule: 'the account exists',
    why: () => 'The account was deleted since the person signed in.',
    advice: 'See which accounts there are.',
    commands: () => ['sallyport account list'],
  },
  {
    rule: "the sign-in is younger than the account's last reset",
    why: about => sentence('the password of', theAccount(about), 'was changed since the person signed in'),
    advice: 'Nothing is wrong: the person signs in again, with the new password.',
  },
  {
    rule: 'throttling per ',
    why: throttled,
    advice:
      'Wait. If many people share this address (a proxy, an office), name it in the setting, and it is not slowed down.',
    setting: 'throttling.trusted_addresses',
  },
  {
    rule: 'bounded argon2id queue',
    why: () => 'More passwords were sent than the server can check at once.',
    advice:
      'Let the person or the app try again. If it happens often, somebody is guessing, or the machine is too small.',
  },
  {
    rule: 'RFC 6749 §4.1.2.1 the person allows it',
    why: about => sentence('the person pressed "Deny" when', theApp(about), 'asked for consent'),
    advice: 'The person may start again at the app and allow it. An app of your own need not ask.',
    setting: 'consent_mode',
    commands: clientCommand('edit', ['--consent', 'never']),
  },
  ...[
    'OIDC Core §3.1.2.1 prompt=consent',
    'consent_mode always',
    'consent_mode remember: ',
    'RFC 9396 §2 authorization details are asked every time',
  ].map(
    (rule): RemedyRow => ({
      rule,
      why: () => `${NO_PAGE}, but the person has to consent first.`,
      advice: 'The app has to send the person through a visible sign-in. An app of your own need not ask.',
      setting: 'consent_mode',
      commands: clientCommand('edit', ['--consent', 'never']),
    }),
  ),
  {
    rule: 'OIDC Core §3.1.2.3 the person is signed in',
    why: () => `${NO_PAGE}, but nobody is signed in here in this browser, or the session has ended.`,
    advice: 'Nothing is wrong: the app has to send the person through a visible sign-in.',
    setting: 'sessions.max_age',
  },
  {
    rule: 'OIDC Core §3.1.2.1 max_age is not exceeded',
    why: () => `${NO_PAGE}, but the sign-in is older than the app accepts (max_age).`,
    advice: 'The app has to send the person through a visible sign-in. Its own limit may be a setting of the client.',
    setting: 'default_max_age',
    commands: clientCommand('edit', ['--default-max-age', 'DURATION']),
  },
  {
    rule: 'OIDC Core §3.1.2.1 id_token_hint names the signed-in person',
    why: () => 'Another account is signed in than the one the app asked for (id_token_hint).',
    advice: 'The person signs out here, and then in again with the account that the app knows.',
  },
]

function throttled({ facts, at }: RefusedCase): string {
  const { bucket, level, allowed, retry_after_seconds: wait } = facts
  const counted =
    level === undefined
      ? 'too many failures were counted'
      : `${textOf(level)} failures${allowed === undefined ? '' : ` of ${textOf(allowed)} allowed`} were counted`
  const where = bucket === 'device' ? 'for this browser' : 'for this address'
  if (typeof wait !== 'number') return sentence(counted, where)
  const next = new Date(Date.parse(at) + wait * 1000).toISOString()
  return sentence(counted, `${where};`, `the next attempt counts after ${wait} s,`, 'from', next)
}
