/** Remedies for refusals of what apps prove with keys: assertions, certificates, DPoP proofs, attestations. */

import type { Facts } from '../../spec/refusal.ts'
import { clientCommand, type RefusedCase, type RemedyRow, sentence, textOf, theApp } from './remedy-row.ts'

const SHOW = clientCommand('show')
const CLOCKS =
  'Compare the clock of the server where the app runs with the clock here: both should follow a time server.'

export const PROOF_REMEDIES: readonly RemedyRow[] = [
  {
    rule: 'RFC 7523 §3 client assertion: aud is this server',
    why: about =>
      sentence(
        'the assertion of',
        theApp(about),
        `is for ${textOf(about.facts.audience) ?? 'nobody'};`,
        'accepted:',
        textOf(about.facts.accepted),
      ),
    advice: 'Set the audience (aud) in the app to the issuer of this server, character by character.',
    commands: SHOW,
  },
  {
    rule: 'RFC 7523 §3 client assertion: exp has not passed',
    why: about => sentence('the assertion of', theApp(about), `expired ${moments(about.facts.exp, about.facts.now)}`),
    advice: CLOCKS,
  },
  {
    rule: 'RFC 7523 §3 client assertion: exp is not unreasonably far in the future',
    why: about =>
      sentence('the assertion of', theApp(about), `is good until ${moments(about.facts.exp, about.facts.now)}`),
    advice: 'Make assertions in the app that expire within an hour, and a new one for each request.',
  },
  {
    rule: 'RFC 7523 §3 client assertion: nbf has passed',
    why: about =>
      sentence('the assertion of', theApp(about), `is good only from ${moments(about.facts.nbf, about.facts.now)}`),
    advice: CLOCKS,
  },
  {
    rule: 'RFC 7523 §3 client assertion: iat is not unreasonably far away',
    why: about =>
      sentence('the assertion of', theApp(about), `was made at ${moments(about.facts.iat, about.facts.now)}`),
    advice: CLOCKS,
  },
  {
    rule: 'RFC 7523 §3 client assertion is used once',
    why: about => sentence(theApp(about), 'sent the same assertion (jti) a second time'),
    advice:
      'Let the app make a new assertion for each request. If it does, somebody else may have seen one: look at logs.',
    commands: SHOW,
  },
  {
    rule: 'OIDC Core §9 token_endpoint_auth_signing_alg',
    why: about =>
      sentence(
        theApp(about),
        `signed its assertion with ${textOf(about.facts.alg) ?? 'nothing'};`,
        'allowed:',
        textOf(about.facts.allowed) || 'none',
      ),
    advice: 'Set the app to an allowed algorithm, or register the one it uses.',
    setting: 'token_endpoint_auth_signing_alg',
    commands: SHOW,
  },
  {
    rule: 'RFC 8705 §2 a client certificate comes with the connection (tls.client_certificates)',
    why: about => sentence(theApp(about), 'proves itself with a certificate, but none came with its connection'),
    advice:
      'Let the server ask for certificates, or the proxy in front hand them on (proxies.client_certificate_header), and give the app its certificate.',
    setting: 'tls.client_certificates',
    commands: SHOW,
  },
  {
    rule: 'RFC 8705 §2.1 the certificate leads to a trusted authority (tls.client_ca_file)',
    why: about => sentence('nobody vouches for the certificate of', theApp(about)),
    advice:
      'Name the authority that issued it in the setting; behind a proxy that checks certificates, set proxies.client_certificates_verified. It may also have expired.',
    setting: 'tls.client_ca_file',
    commands: SHOW,
  },
  {
    rule: 'RFC 8705 §2.1.2 the subject of the certificate is the registered one',
    why: about =>
      sentence(
        'the certificate of',
        theApp(about),
        `is for ${textOf(about.facts.subject) ?? 'somebody else'};`,
        'registered:',
        textOf(about.facts.registered) ?? 'nothing',
      ),
    advice: 'Register the subject of the certificate, if it belongs to the app.',
    setting: 'tls_client_auth_subject_dn',
    commands: SHOW,
  },
  {
    rule: "RFC 8705 §2.2 the certificate's key is one of the client's (jwks)",
    why: about => sentence('the key of the certificate is not among the keys of', theApp(about)),
    advice: 'Register the public key of the certificate in jwks, or put it into the key set behind jwks_uri.',
    setting: 'jwks',
    commands: SHOW,
  },
  {
    rule: 'RFC 8705 §3.4 tls_client_certificate_bound_access_tokens',
    why: about => sentence(theApp(about), 'gets tokens bound to its certificate, but sent none'),
    advice: 'Give the app its certificate (docs/guide/mutual-tls.md). If it cannot have one, switch its setting off.',
    setting: 'tls_client_certificate_bound_access_tokens',
    commands: clientCommand('edit', ['--set', 'tls_client_certificate_bound_access_tokens=false']),
  },
  {
    rule: 'RFC 9449 §5.2 dpop_bound_access_tokens',
    why: about => sentence(theApp(about), 'gets tokens bound to its key, but sent no DPoP proof'),
    advice: 'Switch DPoP on in the app (docs/guide/dpop.md). If it cannot, switch the setting of the app off.',
    setting: 'dpop_bound_access_tokens',
    commands: clientCommand('edit', ['--set', 'dpop_bound_access_tokens=false']),
  },
  {
    rule: 'RFC 9449 §4.3 htu is the URL',
    why: ({ facts }) =>
      sentence(`the DPoP proof is for ${textOf(facts.htu) ?? 'nothing'}, not for ${textOf(facts.url) ?? ''}`),
    advice: 'Set the app to the address under which it reaches this server; it begins with the issuer.',
    setting: 'issuer',
    settingOf: 'server',
  },
  {
    rule: 'RFC 9449 §4.3 iat is now',
    why: ({ facts }) => sentence(`the DPoP proof was made at ${moments(facts.iat, facts.now)}`),
    advice: `${CLOCKS} Where clocks of devices cannot be trusted, a nonce of the server tells the time.`,
    setting: 'dpop.nonce',
  },
  {
    rule: 'RFC 9449 §8 nonce (dpop.nonce)',
    why: () => 'The DPoP proof came without a nonce of this server, which the answer to it brought.',
    advice:
      'This is how apps learn the nonce: the next request is answered. An app that never comes again does not know nonces.',
    setting: 'dpop.nonce',
  },
  ...[
    'Attestation-Based Client Authentication §7.1 the attester is trusted (attestation.issuers)',
    'Attestation-Based Client Authentication §7.1 the signature is by a trusted attester (attestation.issuers)',
  ].map(
    (rule): RemedyRow => ({
      rule,
      why: ({ facts }) =>
        sentence(
          `the attestation is by ${textOf(facts.attester) ?? 'nobody by name'}, with a key that is not known;`,
          'trusted:',
          textOf(facts.trusted) || 'none',
        ),
      advice: 'Add the attester and its keys to the setting, if it may vouch for the app.',
      setting: 'attestation.issuers',
    }),
  ),
]

/** `2026-01-01T12:00:00.000Z, here it was 2026-01-01T12:05:00.000Z` */
function moments(then: Facts[string] | undefined, now: Facts[string] | undefined): string {
  return `${momentOf(then)}, here it was ${momentOf(now)}`
}

function momentOf(seconds: RefusedCase['facts'][string] | undefined): string {
  // ECMAScript §21.4.1.1: what a Date can hold, in seconds.
  const isMoment = typeof seconds === 'number' && Math.abs(seconds) <= 8.64e12
  return isMoment ? new Date(seconds * 1000).toISOString() : 'no time'
}
