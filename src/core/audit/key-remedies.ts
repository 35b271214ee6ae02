/** Remedies for refusals of what apps sign, and of what is to be encrypted for them. */

import { clientCommand, listOf, type RemedyRow, sentence, textOf, theApp } from './remedy-row.ts'

export const KEY_REMEDIES: readonly RemedyRow[] = [
  {
    rule: 'RFC 7591 §2 jwks or jwks_uri',
    why: about =>
      sentence('the keys of', theApp(about), 'cannot be had, or none of them fits:', textOf(about.facts.problem)),
    advice:
      'See whether its jwks_uri answers and has a key of the right kind. A jwks_uri in the private network has to be on the list of the setting.',
    setting: 'outbound.allow_private',
    commands: clientCommand('show'),
  },
  {
    rule: 'RFC 7515 §5.2 the signature is by a key of the client',
    why: about =>
      sentence(theApp(about), 'signed with a key that it did not register, kid:', textOf(about.facts.kid) ?? 'none'),
    advice: 'Compare the key of the app with its jwks or jwks_uri; for HS256 and its like, compare the secret.',
    commands: clientCommand('show'),
  },
  {
    rule: 'OIDC Core §10.1 the client has a secret that the server can read',
    why: about =>
      sentence('of the secrets of', theApp(about), 'only hashes were kept, or they are too short for a key'),
    advice: 'Make a new secret and give it to the app: it is kept sealed where it is a key.',
    commands: clientCommand('rotate-secret'),
  },
  {
    rule: 'RFC 8725 §3.1 alg',
    why: about =>
      sentence(
        theApp(about),
        'signed with',
        textOf(about.facts.alg) ?? 'no algorithm',
        'allowed:',
        listOf(about.facts.allowed).join(', '),
      ),
    advice: 'Set the app to an allowed algorithm, or register the one it uses.',
    commands: clientCommand('show'),
  },
]
