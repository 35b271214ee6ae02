/** Remedies for refusals of what an upstream says: its ID tokens and its other JWTs. */

import { listOf, type RefusedCase, type RemedyRow, sentence, textOf } from './remedy-row.ts'
import { theUpstream, upstreamCommand } from './upstream-remedies.ts'

const TEST = upstreamCommand('test')
const CLEAR = upstreamCommand('clear-cache')
const SOMEBODY_ELSE = 'If it happens again, somebody may be trying to get in with what was meant for others.'

function theToken({ facts }: RefusedCase): string {
  return `the ${textOf(facts.what) ?? 'token'}`
}

function compared(member: string): (about: RefusedCase) => string {
  return about =>
    sentence(
      theToken(about),
      'of',
      theUpstream(about),
      'has',
      `${member} ${textOf(about.facts[member]) || 'missing'};`,
      'expected:',
      textOf(about.facts.expected) ?? 'another',
    )
}

function isAccessToken({ facts }: RefusedCase): boolean {
  return facts.what === 'access token'
}

export const UPSTREAM_TOKEN_REMEDIES: readonly RemedyRow[] = [
  {
    rule: 'OIDC Core §3.1.3.3 ID token of the upstream',
    why: about =>
      sentence(theUpstream(about), 'sent no ID token; the scopes were', textOf(about.facts.scopes) || 'none'),
    advice: 'The scope openid asks for one. An upstream that has none is of the kind oauth2.',
    commands: upstreamCommand('show'),
  },
  {
    rule: 'OIDC Core §2 sub of the upstream',
    why: about =>
      sentence(
        'the ID token of',
        theUpstream(about),
        'does not say who signed in: its sub is no text of 1 to 255 characters',
      ),
    advice: 'The upstream has to send one that never changes and is never given to anybody else.',
    commands: upstreamCommand('show'),
  },
  {
    rule: 'OIDC Core §12.2 sub of the upstream',
    why: about =>
      sentence(
        'the stored tokens were to be refreshed, and',
        theUpstream(about),
        'answered with an ID token of somebody else: nothing of it was kept, and its refresh token is not used again',
      ),
    advice: `The person signs in through the upstream again. ${SOMEBODY_ELSE}`,
    commands: upstreamCommand('test'),
  },
  {
    rule: 'OIDC Core §3.1.3.7 iss of the upstream',
    why: compared('iss'),
    advice:
      'The issuer has to be the same, character by character, a final slash among them. Correct it here if this one is right.',
    commands: upstreamCommand('edit', '--set issuer=ISSUER'),
  },
  {
    rule: 'OIDC Core §3.1.3.7 aud of the upstream',
    why: compared('aud'),
    advice:
      'Correct the client_id if it is not ours. If the upstream puts another name there on purpose, set it as the audience.',
    commands: upstreamCommand('edit', '--set audience=AUDIENCE'),
  },
  {
    rule: 'OIDC Core §3.1.3.7 times of the upstream',
    why: about =>
      sentence(
        theToken(about),
        'of',
        theUpstream(about),
        'is not valid now:',
        textOf(about.facts.claim),
        textOf(about.facts.problem),
      ),
    advice: 'See that the clocks of both servers are right. A few seconds are forgiven (clock_skew).',
    commands: upstreamCommand('show'),
  },
  {
    rule: 'OIDC Core §3.1.3.7 nonce of the upstream',
    why: about =>
      sentence(
        'the ID token of',
        theUpstream(about),
        'belongs to another sign-in: its nonce is',
        textOf(about.facts.nonce),
      ),
    advice: `An upstream that never sends it back cannot protect its sign-ins; only then switch it off (nonce). ${SOMEBODY_ELSE}`,
    commands: upstreamCommand('show'),
  },
  {
    rule: 'OIDC Core §3.1.3.8 at_hash of the upstream',
    why: about => sentence('the access token that', theUpstream(about), 'sent is not the one that its ID token names'),
    advice: SOMEBODY_ELSE,
    commands: upstreamCommand('show'),
  },
  {
    rule: 'OIDC Core §3.1.3.7 auth_time of the upstream',
    why: about => sentence('a fresh proof was demanded, and', theUpstream(about), 'does not say that it asked for one'),
    advice:
      'The upstream has to honour max_age and send auth_time. One that asks for a fresh proof and never says when may be believed without it; otherwise people who need a fresh proof sign in another way.',
    setting: 'auth_time_required',
    settingOf: 'upstream',
    commands: upstreamCommand('edit', '--set auth_time_required=false'),
  },
  {
    rule: 'RFC 7519 §7.2 JWT of the upstream',
    why: about => sentence(theToken(about), 'of', theUpstream(about), 'is no JWT'),
    advice: about =>
      isAccessToken(about)
        ? 'If its access tokens are opaque, say so.'
        : 'Nothing can be made of it here: its administrators see what was sent.',
    commands: about => (isAccessToken(about) ? upstreamCommand('edit', '--set access_token_is_jwt=false')(about) : []),
  },
  {
    rule: 'RFC 7516 §5.2 JWE is encrypted to a key of ours',
    why: about =>
      sentence(theToken(about), 'of', theUpstream(about), 'is encrypted to a key that is not ours, or no more'),
    advice: 'Give the upstream our key set again: the URL is jwks_uri of our discovery document.',
    commands: () => ['sallyport key list'],
  },
  {
    rule: 'RFC 7515 §5.2 signature by a key of the upstream',
    why: about =>
      sentence(
        'no key of',
        theUpstream(about),
        'made the signature of',
        `${theToken(about)};`,
        textOf(about.facts.problem),
      ),
    advice: `See whether its keys can be had, and fetch them anew. ${SOMEBODY_ELSE}`,
    commands: about => [...TEST(about), ...CLEAR(about)],
  },
  {
    rule: 'RFC 7515 §4.1.11 crit of the upstream',
    why: about =>
      sentence(theToken(about), 'of', theUpstream(about), 'has an extension that has to be understood and is not'),
    advice: 'The upstream has to leave it out.',
    commands: upstreamCommand('show'),
  },
  {
    rule: 'RFC 8725 §3.1 what the upstream may sign with',
    why: about =>
      sentence(
        theToken(about),
        'of',
        theUpstream(about),
        'is signed with',
        `${textOf(about.facts.alg) || 'nothing'};`,
        'allowed:',
        listOf(about.facts.allowed).join(', '),
      ),
    advice:
      'If the upstream signs like this on purpose, allow the algorithm. What is not signed (none) is never taken.',
    commands: upstreamCommand('edit', '--set id_token_signing_algs=ALG'),
  },
  {
    rule: 'RFC 8725 §3.11 typ of the upstream',
    why: about =>
      sentence(
        theToken(about),
        'of',
        theUpstream(about),
        'says that it is',
        `${textOf(about.facts.typ) || 'nothing'};`,
        'expected:',
        textOf(about.facts.expected),
      ),
    advice:
      'Some servers say of their access tokens neither what they are nor for what: no typ, no scope, no client. If this is one, do not look at it.',
    commands: upstreamCommand('edit', '--set check_token_type=false'),
  },
  {
    rule: 'require_encrypted_id_token of the upstream',
    why: about => sentence('the ID token of', theUpstream(about), 'is not encrypted, and has to be'),
    advice: 'Register our encryption key at the upstream, or do without.',
    commands: upstreamCommand('edit', '--set require_encrypted_id_token=false'),
  },
]
