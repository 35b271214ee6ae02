/** Remedies for refusals of how an authorization request came: in a request object, by reference, pushed. */

import { clientCommand, type RemedyRow, sentence, textOf, theApp, widerMetadata } from './remedy-row.ts'

export const REQUEST_REMEDIES: readonly RemedyRow[] = [
  {
    rule: 'RFC 9126 §4 require_pushed_authorization_requests',
    why: about => sentence(theApp(about), 'sent its request through the browser, but has to push it'),
    advice: 'Let the app push its requests (docs/guide/par.md). If it cannot, lift the setting of the app.',
    setting: 'require_pushed_authorization_requests',
    commands: clientCommand('edit', ['--set', 'require_pushed_authorization_requests=false']),
  },
  {
    rule: 'RFC 9126 §4 all authorization requests are pushed (requests.require_pushed)',
    why: about => sentence(theApp(about), 'sent its request through the browser; here every app has to push it'),
    advice:
      'Let the app push its requests (docs/guide/par.md). If it cannot, lift the setting of the server, and set require_pushed_authorization_requests for the other apps.',
    setting: 'requests.require_pushed',
  },
  {
    rule: 'RFC 9126 §4 request_uri has not expired',
    why: ({ facts }) => `The browser came ${textOf(facts.seconds_ago)} seconds after the pushed request had expired.`,
    advice: 'The person starts again at the app. If it happens often, let pushed requests count for longer.',
    setting: 'tokens.pushed_request',
  },
  {
    rule: 'RFC 9126 §7.3 ',
    why: about => sentence('the pushed request of', theApp(about), 'was answered before, or never was'),
    advice: 'The person starts again at the app, which pushes a new request. Bookmarked sign-in addresses end here.',
  },
  {
    rule: 'RFC 9101 §10.5 require_signed_request_object',
    why: about => sentence(theApp(about), 'sent its request unsigned, but has to sign it'),
    advice: 'Let the app sign its requests (docs/guide/request-objects.md). If it cannot, lift the setting of the app.',
    setting: 'require_signed_request_object',
    commands: clientCommand('edit', ['--set', 'require_signed_request_object=false']),
  },
  {
    rule: 'RFC 9101 §10.5 all authorization requests are signed (requests.require_signed)',
    why: about => sentence(theApp(about), 'sent its request unsigned; here every app has to sign it'),
    advice:
      'Let the app sign its requests (docs/guide/request-objects.md). If it cannot, lift the setting of the server, and set require_signed_request_object for the other apps.',
    setting: 'requests.require_signed',
  },
  {
    rule: 'OIDC Registration §2 request_object_signing_alg',
    why: about =>
      sentence(
        theApp(about),
        `signed its request object with ${textOf(about.facts.alg)}, allowed:`,
        textOf(about.facts.request_object_signing_alg),
      ),
    advice: 'Let the app sign with the algorithm that is registered, or register the one it uses.',
    setting: 'request_object_signing_alg',
    commands: about =>
      clientCommand('edit', ['--set', `request_object_signing_alg=${textOf(about.facts.alg) ?? 'ALG'}`])(about),
  },
  {
    rule: 'OIDC Registration §2 request_uris holds it, exactly',
    why: about =>
      sentence(theApp(about), `sent the request_uri ${textOf(about.facts.request_uri)}, which is not registered`),
    advice: 'If the app keeps its request objects there, add the address to request_uris, exactly as it is sent.',
    setting: 'request_uris',
    commands: widerMetadata('request_uris', 'registered', 'request_uri'),
  },
  {
    rule: 'RFC 9101 §7 request_uri gives a request object',
    why: ({ facts }) => `The request object could not be fetched: ${textOf(facts.problem)}.`,
    advice:
      'See whether the server of the app answers. If it stands inside your network, name its host in the setting.',
    setting: 'outbound.allow_private',
  },
  {
    rule: 'a request object has at most ',
    why: about => sentence(theApp(about), 'sent a request object that is too large'),
    advice: 'Let the app ask for less in one request.',
  },
]
