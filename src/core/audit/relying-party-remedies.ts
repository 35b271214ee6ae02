/** Remedies for refusals when we talk to an upstream: where it is, who we are to it, what it answers. */

import { type RefusedCase, type RemedyRow, sentence, textOf } from './remedy-row.ts'
import { theUpstream, upstreamCommand } from './upstream-remedies.ts'

const SHOW = upstreamCommand('show')
const TEST = upstreamCommand('test')

/** `https://idp.example/token answered with status 500 and text/html` */
function answered({ facts }: RefusedCase): string {
  const type = textOf(facts.content_type)
  return `${textOf(facts.endpoint) ?? 'the upstream'} answered with status ${textOf(facts.status) ?? 'unknown'}${type === undefined ? '' : ` and ${type}`}`
}

/** The upstream's own words. */
function itsWords({ facts }: RefusedCase): string | undefined {
  const error = textOf(facts.upstream_error)
  const description = textOf(facts.upstream_error_description)
  return error === undefined ? undefined : [error, description].filter(Boolean).join(': ')
}

function isPrivate({ facts }: RefusedCase): boolean {
  return facts.reason === 'private-address'
}

export const RELYING_PARTY_REMEDIES: readonly RemedyRow[] = [
  {
    rule: 'OIDC Discovery §4.2 discovery document of the upstream',
    why: about => sentence('the discovery document cannot be read:', answered(about)),
    advice: 'Correct its URL, or type the endpoints by hand.',
    commands: TEST,
  },
  {
    rule: 'OIDC Discovery §4.3 issuer of the upstream',
    why: about =>
      sentence(
        'the discovery document of',
        theUpstream(about),
        'names the issuer',
        `${textOf(about.facts.issuer) || 'nobody'},`,
        textOf(about.facts.typed) === undefined
          ? 'which is not the one of its URL'
          : `and the setting issuer is ${textOf(about.facts.typed)}`,
      ),
    advice: about =>
      textOf(about.facts.typed) === undefined
        ? 'See whether the URL is right. If that issuer is right, set it, character by character.'
        : 'They have to be the same, character by character; a slash at the end counts. If the document is right, take the setting away.',
    commands: about =>
      upstreamCommand(
        'edit',
        textOf(about.facts.typed) === undefined ? '--set issuer=ISSUER' : '--unset issuer',
      )(about),
  },
  {
    rule: 'OIDC Discovery §3 endpoints of the upstream',
    why: about =>
      sentence('it is not known of', theUpstream(about), 'where something is:', textOf(about.facts.missing)),
    advice: 'Set the URL of the discovery document, or what is missing.',
    commands: upstreamCommand('edit', '--set discovery_uri=URL'),
  },
  {
    rule: 'discovery_uri of the upstream is set',
    why: about => sentence(theUpstream(about), 'has no discovery document to read'),
    advice: 'Set its URL, or leave the endpoints as they were typed.',
    commands: upstreamCommand('edit', '--set discovery_uri=URL'),
  },
  {
    rule: 'OIDC Core §3.1.2.1 the upstream is reached with TLS',
    why: about => sentence('people would be sent to', textOf(about.facts.endpoint), 'without encryption'),
    advice: 'The upstream needs https.',
    commands: SHOW,
  },
  {
    rule: 'the endpoint of the upstream answers',
    why: about =>
      sentence(
        'the',
        textOf(about.facts.what),
        textOf(about.facts.endpoint),
        'did not answer:',
        textOf(about.facts.detail),
      ),
    advice: about =>
      isPrivate(about)
        ? 'If the upstream is in your own network, put its host or address on that list, and start the server again.'
        : 'See whether this server can reach the upstream at all, and try again.',
    setting: 'outbound.allow_private',
    hasSetting: isPrivate,
    commands: TEST,
  },
  {
    rule: 'RFC 6749 §4.1.2.1 sign-in at the upstream',
    why: about => sentence(theUpstream(about), 'refused the sign-in:', itsWords(about)),
    advice: 'The person may have cancelled it. Otherwise its administrators see why.',
    commands: SHOW,
  },
  {
    rule: 'RFC 6749 §4.1.2 authorization response of the upstream',
    why: about => sentence('the answer of', theUpstream(about), 'has no code in it, or something twice'),
    advice: 'It has to support the authorization code flow (response_type=code).',
    commands: SHOW,
  },
  {
    rule: 'RFC 6749 §10.12 state of the upstream',
    why: about => sentence('the answer of', theUpstream(about), 'belongs to another sign-in'),
    advice: 'The person starts again. If it happens again, somebody may be trying to sign them in as somebody else.',
    commands: SHOW,
  },
  {
    rule: 'RFC 9207 §2.4 iss of the upstream',
    why: about =>
      sentence(
        'the answer says that it comes from',
        `${textOf(about.facts.iss) || 'nobody'};`,
        'asked was',
        textOf(about.facts.expected),
      ),
    advice: 'Correct the issuer if that is right. Otherwise somebody may have mixed up two upstreams.',
    commands: SHOW,
  },
  {
    rule: 'RFC 6749 §5.1 token response of the upstream',
    why: about => sentence('no tokens came:', answered(about)),
    advice: 'See that the token endpoint is the right one, and that the upstream works.',
    commands: TEST,
  },
  {
    rule: 'RFC 6749 §5.2 token request at the upstream',
    why: about => sentence(theUpstream(about), 'gave no tokens:', itsWords(about)),
    advice: about =>
      about.facts.upstream_error === 'invalid_client'
        ? 'Correct the client_id, the client secret or the way of the authentication.'
        : 'With invalid_grant the redirect URI may not be the registered one, or PKCE not be supported.',
    commands: about => [...TEST(about), ...SHOW(about)],
  },
  {
    rule: 'OIDC Core §5.3.2 sub of the upstream',
    why: about =>
      sentence(
        'the user info of',
        theUpstream(about),
        'is not about the person of the ID token: its sub is',
        textOf(about.facts.sub),
      ),
    advice: 'An upstream whose user info does not fit its ID tokens can do without (disable_userinfo).',
    commands: upstreamCommand('edit', '--set disable_userinfo=true'),
  },
  {
    rule: 'OIDC Core §5.3.2 user info of the upstream',
    why: about => sentence('no claims came:', answered(about)),
    advice: 'See that the address is right and that the scopes allow it.',
    commands: TEST,
  },
  {
    rule: 'RP-Initiated Logout §2 sign-out at the upstream',
    why: about =>
      sentence(
        theUpstream(about),
        'did not sign the person out:',
        about.facts.status === undefined ? `missing ${textOf(about.facts.missing) ?? 'its address'}` : answered(about),
      ),
    advice: 'Correct where and how the upstream is told (logout_uri, logout_authorization, logout_token_method).',
    commands: SHOW,
  },
  {
    rule: 'RFC 9700 §2.1.1 PKCE at the upstream',
    why: about => sentence(theUpstream(about), 'knows us by no secret, so PKCE must not be off'),
    advice: 'Switch PKCE on, or give us a secret.',
    commands: upstreamCommand('edit', '--set pkce_method=S256'),
  },
  {
    rule: 'RFC 7518 §3.2 length of the secret at the upstream',
    why: about => sentence('our secret at', theUpstream(about), 'is too short for', textOf(about.facts.alg)),
    advice: 'Get a longer one there, or prove who we are in another way.',
    commands: upstreamCommand('edit', '--set client_auth_method=client_secret_basic'),
  },
  {
    rule: 'client secret of the upstream is set',
    why: about => sentence('our secret at', theUpstream(about), 'is not known'),
    advice: 'Set it, or prove who we are without one.',
    commands: SHOW,
  },
  {
    rule: 'client_certificate of the upstream is set',
    why: about => sentence('our certificate for', theUpstream(about), 'or its key is not known'),
    advice: 'Set both, or prove who we are in another way.',
    commands: SHOW,
  },
  {
    rule: 'client_assertion_alg of the upstream fits client_auth_method',
    why: about => sentence(textOf(about.facts.alg), 'does not fit the way in which we prove who we are'),
    advice: 'HS algorithms go with client_secret_jwt, all others with private_key_jwt.',
    commands: SHOW,
  },
  {
    rule: 'the secret that a reference names can be read',
    why: about => sentence('the secret', textOf(about.facts.reference), 'cannot be read:', textOf(about.facts.problem)),
    advice: 'Put it there, or correct the reference.',
    commands: SHOW,
  },
]
