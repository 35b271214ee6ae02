/** Remedies for refusals when an upstream signs somebody out here. */

import { listOf, type RemedyRow, sentence, shellWord, textOf } from './remedy-row.ts'
import { theUpstream, upstreamCommand } from './upstream-remedies.ts'

const SHOW = upstreamCommand('show')

export const UPSTREAM_LOGOUT_REMEDIES: readonly RemedyRow[] = [
  {
    rule: 'OIDC Back-Channel Logout §2.6 logout token of the upstream',
    why: about => sentence('what', theUpstream(about), 'sent to sign somebody out is no logout token'),
    advice: 'See at the upstream that its back-channel logout is what OpenID Connect calls so.',
    commands: SHOW,
  },
  {
    rule: 'Back-Channel Logout §2.6 jti counts once',
    why: about =>
      sentence(theUpstream(about), 'sent a logout token that had come before; its sessions were ended the first time'),
    advice:
      'Nothing is wrong when it repeats a call whose answer it missed. Otherwise each of its tokens needs a jti of its own.',
    commands: SHOW,
  },
  {
    rule: 'Back-Channel Logout §2.5 logout_token is posted as a form',
    why: about => sentence('what', theUpstream(about), 'posted has no logout_token in it, or more than one'),
    advice:
      'See at the upstream that its back-channel logout is what OpenID Connect calls so: one logout_token in a form.',
    commands: SHOW,
  },
  {
    rule: 'Front-Channel Logout §2 iss and sid are sent together',
    why: about =>
      sentence(theUpstream(about), 'sent', about.facts.iss === true ? 'an iss without a sid' : 'a sid without an iss'),
    advice: 'See at the upstream whether it can send both (frontchannel_logout_session_required), or neither.',
    commands: SHOW,
  },
  {
    rule: 'Front-Channel Logout §2 iss is the issuer',
    why: about =>
      sentence(
        'the logout URL was called with iss',
        `${textOf(about.facts.iss)};`,
        'that of',
        theUpstream(about),
        'is',
        textOf(about.facts.expected) ?? 'not known',
      ),
    advice: 'Register the logout URL of this upstream there, or correct its issuer here, character by character.',
    commands: SHOW,
  },
  {
    rule: 'Front-Channel Logout §2 the logout URL is visited or framed',
    why: about => sentence('a page asked for the logout URL as', textOf(about.facts.destination)),
    advice: 'People may be sent there, and pages on the list may show it in an iframe; nothing else signs anybody out.',
    commands: SHOW,
  },
  {
    rule: 'frontchannel_logout_frame_ancestors has it',
    why: about =>
      sentence(
        'the logout URL was in an iframe on',
        `${textOf(about.facts.parent) ?? 'a page'};`,
        'allowed:',
        listOf(about.facts.allowed).join(', ') || 'none',
      ),
    advice: 'Put the origin of the page on the list, if it is the upstream.',
    setting: 'frontchannel_logout_frame_ancestors',
    settingOf: 'upstream',
    commands: about => {
      const origins = [...listOf(about.facts.allowed), textOf(about.facts.parent) ?? 'ORIGIN']
      return upstreamCommand('edit', `--set frontchannel_logout_frame_ancestors=${shellWord(origins.join(','))}`)(about)
    },
  },
]
