/** Remedies for what did not reach others: mail (RFC 5321), and what upstreams are told of sign-outs. */

import { mailAdvice } from './mail-advice.ts'
import { type RefusedCase, type RemedyRow, sentence, shellWord, textOf } from './remedy-row.ts'

function timesOf({ attempts }: RefusedCase['facts']): string {
  return attempts === 1 ? 'once,' : `${textOf(attempts) ?? '0'} times,`
}

export const DELIVERY_REMEDIES: readonly RemedyRow[] = [
  {
    rule: 'RFC 5321 §4.2.1 the mail server takes the mail (mail.server)',
    why: ({ facts }) => sentence('the mail to', textOf(facts.to) ?? 'somebody', 'was refused:', textOf(facts.result)),
    advice: ({ facts }) =>
      `${mailAdvice(textOf(facts.result) ?? '') ?? 'See what it says.'} Then have the mail tried again.`,
    setting: 'mail.server',
    commands: about => [testCommand(about), ...deliveryCommands(about)],
  },
  {
    rule: 'a mail server takes the mail while somebody needs it (mail.server)',
    why: ({ facts }) =>
      sentence(
        'the mail to',
        textOf(facts.to) ?? 'somebody',
        'was tried',
        timesOf(facts),
        'the last time:',
        textOf(facts.result),
      ),
    advice: ({ facts }) =>
      mailAdvice(textOf(facts.result) ?? '') ??
      'See whether the mail server can be reached from here, and whether mail.server names it.',
    setting: 'mail.server',
    commands: about => [testCommand(about), ...deliveryCommands(about)],
  },
  {
    rule: 'RP-Initiated Logout §2 the upstream is told of a sign-out while it matters',
    why: ({ facts }) =>
      sentence(
        'the upstream',
        textOf(facts.upstream),
        'was told of a sign-out',
        timesOf(facts),
        'the last time:',
        textOf(facts.result),
      ),
    advice:
      'The person is signed out here and perhaps still signed in there. See whether its sign-out address is right. A status of 300 to 399 is an address for browsers: then logout_mode has to be redirect.',
    setting: 'logout_mode',
    settingOf: 'upstream',
    commands: deliveryCommands,
  },
]

/** Addresses may have been shortened for the audit; a command with such a one would write to somebody else. */
function testCommand({ facts: { to } }: RefusedCase): string {
  return `sallyport mail test ${typeof to === 'string' && /^\w[\w.+-]*@[\w.-]+$/.test(to) ? shellWord(to) : 'ADDRESS'}`
}

function deliveryCommands({ facts }: RefusedCase): readonly string[] {
  const id = typeof facts.delivery === 'string' ? shellWord(facts.delivery) : 'ID'
  return [`sallyport delivery show ${id}`, `sallyport delivery retry ${id}`]
}
