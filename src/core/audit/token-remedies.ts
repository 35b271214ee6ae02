/** Remedies for refusals of codes and tokens. */

import { atTime, clientCommand, type RemedyRow, sentence, textOf, theApp } from './remedy-row.ts'

const START_AGAIN = 'The person starts again at the app.'
const PKCE_OF_ITS_OWN =
  'The app mixes up two sign-ins or computes PKCE wrongly; a plug-in or proxy between may have lost the verifier. No setting changes this.'

export const TOKEN_REMEDIES: readonly RemedyRow[] = [
  {
    rule: 'RFC 6749 §4.1.2 the code is fresh (tokens.authorization_code)',
    why: ({ facts }) => sentence('the app came too late with its code, which expired', atTime(facts.expired_at)),
    advice: `${START_AGAIN} If the app is always slow, or its clock matters to it, give codes more time.`,
    setting: 'tokens.authorization_code',
  },
  {
    rule: 'RFC 6749 §4.1.2 a code is used once',
    why: ({ facts }) => sentence('the code was used before, first', atTime(facts.first_used_at)),
    advice: `All that was issued from it has ended, because somebody may have stolen it. ${START_AGAIN} An app that repeats its token request has to stop doing so.`,
  },
  {
    rule: 'RFC 6749 §4.1.3 the code was issued by us',
    why: () => 'The code is not one of ours, or so old that it was deleted.',
    advice: `${START_AGAIN} If it comes back, see whether the app is set to this issuer.`,
  },
  {
    rule: 'RFC 6749 §4.1.3 redirect_uri is identical',
    why: ({ facts }) =>
      sentence(
        'the authorization request said',
        textOf(facts.authorized),
        'and the token request',
        textOf(facts.sent) ?? 'nothing',
      ),
    advice:
      'The app has to send the same redirect_uri twice; often a proxy changes https to http, or the host, for one of them.',
  },
  ...['RFC 7636 §4.6 code_verifier matches code_challenge', 'RFC 7636 §4.1 code_verifier syntax'].map(
    (rule): RemedyRow => ({
      rule,
      why: () => 'The code_verifier of the token request does not belong to the code_challenge of the sign-in.',
      advice: PKCE_OF_ITS_OWN,
    }),
  ),
  {
    rule: 'RFC 9700 §2.1.1 no PKCE downgrade',
    why: () => 'The app sent a code_verifier, but its sign-in had no code_challenge: somebody may have taken it out.',
    advice: 'See what lies between browser and server, and insist on PKCE for this app.',
    setting: 'require_pkce',
    commands: clientCommand('edit', ['--require-pkce']),
  },
  ...['RFC 6749 §5.2 issued to this client', 'RFC 7009 §2.1 issued to this client'].map(
    (rule): RemedyRow => ({
      rule,
      why: about => sentence(theApp(about), 'showed a code or token that belongs to another app'),
      advice: 'See whether two apps share their settings or their storage; each needs a client of its own.',
      commands: () => ['sallyport client list'],
    }),
  ),
  {
    rule: 'RFC 6749 §6 the refresh token is fresh (tokens.refresh_token)',
    why: ({ facts }) => sentence('the refresh token expired', atTime(facts.expired_at)),
    advice: `${START_AGAIN} Apps that rest longer need longer refresh tokens (their end is tokens.refresh_token_max).`,
    setting: 'tokens.refresh_token',
  },
  {
    rule: 'RFC 9700 §4.14.2 a refresh token is used once (tokens.refresh_grace)',
    why: ({ facts }) => sentence('the refresh token was used before; its successor was made', atTime(facts.rotated_at)),
    advice: `All tokens of this sign-in have ended, because somebody may have stolen one. ${START_AGAIN} An app with several processes has to share its newest token; for lost answers there is a grace.`,
    setting: 'tokens.refresh_grace',
  },
  {
    rule: 'RFC 6749 §6 the refresh token was issued by us',
    why: () => 'The refresh token is not one of ours, or so old that it was deleted.',
    advice: START_AGAIN,
  },
  {
    rule: 'RFC 6749 §6 scope is not wider than granted',
    why: ({ facts }) =>
      sentence(
        `the app asked for the scope ${textOf(facts.scope)}, which the sign-in did not grant;`,
        'granted:',
        textOf(facts.granted),
      ),
    advice: 'The app has to ask for it when the person signs in.',
  },
  {
    rule: 'RFC 7009 §2.1 not revoked',
    why: ({ facts }) => sentence('it was revoked', atTime(facts.revoked_at)),
    advice: `Nothing is wrong if the app or the person signed out. ${START_AGAIN}`,
  },
  {
    rule: 'the session behind the grant is alive, or offline_access was granted',
    why: () => 'The person has signed out, or the session has ended, and the app may not stay connected without it.',
    advice: 'The person signs in again. An app that works while nobody is there has to ask for offline_access.',
    setting: 'sessions.max_age',
  },
  {
    rule: 'the grant exists',
    why: () => 'The sign-in behind the token was deleted.',
    advice: START_AGAIN,
  },
  {
    rule: 'RFC 6750 §3.1 the token is fresh (tokens.access_token)',
    why: ({ facts }) => sentence('the access token expired', atTime(facts.expired_at)),
    advice: 'Nothing is wrong if the app then refreshes it. Apps without refresh tokens need longer ones.',
    setting: 'tokens.access_token',
  },
  {
    rule: 'RFC 6750 §3.1 the token was issued by us',
    why: () => 'The access token is not one of ours, or so old that it was deleted.',
    advice: 'See whether the app is set to this issuer, and sends the access token and not the ID token.',
  },
  {
    rule: 'OIDC Core §5.3 scope openid',
    why: ({ facts }) => sentence('the access token has no scope openid; it has:', textOf(facts.scopes) || 'none'),
    advice: 'The app has to ask for the scope openid when the person signs in.',
  },
  {
    rule: 'OIDC Core §5.3 a token of a person',
    why: about => sentence(theApp(about), 'showed a token of its own (client_credentials), which is about nobody'),
    advice: 'The app has to use the token of the person who signed in.',
  },
]
