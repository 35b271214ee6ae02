/** Remedies for refusals on the way to an upstream and back. */

import { clientCommand, type RefusedCase, type RemedyRow, sentence, shellWord, textOf } from './remedy-row.ts'

export const UPSTREAM_REMEDIES: readonly RemedyRow[] = [
  {
    rule: 'the upstream exists and is enabled',
    why: about =>
      about.facts.known === true
        ? sentence(theUpstream(about), 'is disabled')
        : sentence('there is no upstream with the alias', textOf(about.facts.upstream)),
    advice: about =>
      about.facts.known === true
        ? 'Enable it, if people may sign in through it again.'
        : 'Correct the link, in lower case, or see which upstreams there are.',
    commands: about =>
      about.facts.known === true ? upstreamCommand('edit', '--set enabled=true')(about) : ['sallyport upstream list'],
  },
  {
    rule: 'link_only',
    why: about => sentence(theUpstream(about), 'may only be linked to an account, not signed in through'),
    advice: 'People link it on their account page. If they may sign in through it as well, allow that.',
    setting: 'link_only',
    settingOf: 'upstream',
    commands: upstreamCommand('edit', '--set link_only=false'),
  },
  {
    rule: 'the sign-in is still under way',
    why: () => 'The sign-in that this page belongs to was deleted, long after it had ended.',
    advice: 'Nothing is wrong: the person starts again at the app.',
  },
  {
    rule: 'the upstream is the one that is being linked',
    why: () => 'The person was about to link one upstream to their account and was sent to another.',
    advice: 'Nothing is wrong: the person starts again on their account page.',
  },
  {
    rule: 'the answer of the upstream comes within 15 minutes',
    why: about => sentence('the person came back from', theUpstream(about), 'when their time was over'),
    advice: 'Nothing is wrong: the person starts again.',
  },
  {
    rule: 'OIDC Core §4 the app has an initiate_login_uri',
    why: () => 'The link names an app (client_id) that cannot be started from here, or that nobody knows.',
    advice: 'Register where the app begins a sign-in of its own, or leave client_id out of the link.',
    setting: 'initiate_login_uri',
    commands: clientCommand('edit', ['--set', 'initiate_login_uri=URL']),
  },
  {
    rule: 'RFC 6749 §10.12 state is that of a sign-in through the upstream',
    why: about =>
      sentence('the answer of', theUpstream(about), 'has a state that is', textOf(about.facts.state) ?? 'not ours'),
    advice:
      'If it is missing, the upstream was opened first and sent the person here unasked: let them begin at the app, or link the sign-in URL of the upstream. If it is not ours, another server has the same redirect URI.',
    commands: upstreamCommand('show'),
  },
  {
    rule: 'RFC 9700 §4.4.2.2 the answer comes to the redirect URI of the upstream that was asked',
    why: about => sentence('the answer to a sign-in through another upstream came to that of', theUpstream(about)),
    advice:
      'See that each upstream has its own redirect URI registered there. If they have, somebody tried to mix them up.',
    commands: upstreamCommand('show'),
  },
  {
    rule: 'RFC 9700 §4.7 the answer comes to the browser that was sent to the upstream',
    why: about =>
      sentence('the answer of', theUpstream(about), 'came without the cookie of the sign-in that it belongs to'),
    advice:
      'The person starts again, in one browser. If it happens to everybody, see that the redirect URI has the host of our issuer: the cookie is for that host alone.',
    setting: 'issuer',
    settingOf: 'server',
  },
]

/** `act` of the upstream that the refusal is about. */
export function upstreamCommand(act: string, options = ''): (about: RefusedCase) => readonly string[] {
  return ({ facts }) => [['sallyport upstream', act, aliasIn(facts), options].filter(part => part !== '').join(' ')]
}

/** `the upstream corp`, or `the upstream` when nobody knows which. */
export function theUpstream({ facts }: RefusedCase): string {
  const alias = textOf(facts.upstream)
  return alias === undefined ? 'the upstream' : `the upstream ${alias}`
}

function aliasIn({ upstream }: RefusedCase['facts']): string {
  const alias = textOf(upstream)
  // Aliases are like this; anything else was typed by somebody into an address.
  return alias !== undefined && /^\w[\w.-]*$/.test(alias) ? shellWord(alias) : 'ALIAS'
}
