/** Remedies for sign-ins that a person decides elsewhere: devices (RFC 8628), apps that ask from afar (CIBA Core). */

import { atTime, clientCommand, type RemedyRow, sentence, textOf, theApp } from './remedy-row.ts'

export const DEFERRED_REMEDIES: readonly RemedyRow[] = [
  {
    rule: 'RFC 8628 §3.3 the user code waits for a decision (device.lifetime)',
    why: ({ facts }) =>
      facts.well_formed === false
        ? 'What was typed is no code: codes have eight letters without vowels.'
        : 'The code that was typed is unknown, was used, or has expired.',
    advice: 'Let the device get a new code. If people need longer, give codes more time.',
    setting: 'device.lifetime',
  },
  {
    rule: 'RFC 8628 §3.5 the person decides in time (device.lifetime)',
    why: ({ facts }) => sentence('nobody allowed or denied it in time; the request expired', atTime(facts.expired_at)),
    advice: 'The app starts again. If people need longer, give them more time.',
    setting: 'device.lifetime',
  },
  ...['RFC 8628 §3.3 the person allows it on the approval page', 'RFC 8628 §3.5 the person allows it'].map(
    (rule): RemedyRow => ({
      rule,
      why: about => sentence('the person pressed "Deny" when', theApp(about), 'waited for approval'),
      advice: 'Nothing is wrong if they had not started it. Otherwise the app asks again, and the person allows it.',
    }),
  ),
  {
    rule: 'CIBA Core §13 the hint names an account that may sign in',
    why: ({ facts }) =>
      facts.disabled === true
        ? sentence('the account that the', textOf(facts.hint), 'names is disabled')
        : sentence('the', textOf(facts.hint), 'of the app names nobody here'),
    advice: 'See which accounts there are. Apps name people by user name, e-mail address, or an ID token of theirs.',
    commands: () => ['sallyport account list'],
  },
  {
    rule: 'CIBA Core §4 backchannel_authentication_request_signing_alg of the client',
    why: about => sentence(theApp(about), 'is registered to sign its requests, and sent one without a signature'),
    advice: 'The app has to sign its requests, or its registration has to say that it does not.',
    setting: 'backchannel_authentication_request_signing_alg',
    commands: clientCommand('show'),
  },
  {
    rule: 'CIBA Core §11 the client polls or is pinged (backchannel_token_delivery_mode)',
    why: about => sentence(theApp(about), 'is set to get its tokens pushed, and asked for them all the same'),
    advice: 'Either the app waits for its tokens, or its registration says poll or ping.',
    setting: 'backchannel_token_delivery_mode',
    commands: clientCommand('edit', ['--set', 'backchannel_token_delivery_mode=poll']),
  },
  {
    rule: 'CIBA Core §10.2 the notification endpoint answers 204 (backchannel_client_notification_endpoint)',
    why: ({ facts }) =>
      sentence(
        'the app could not be told at',
        textOf(facts.host) ?? 'its notification endpoint',
        typeof facts.status === 'number' ? `, which answered ${facts.status}` : textOf(facts.detail),
      ),
    advice:
      'See whether the address is right and reachable from here; one inside the private network has to be listed in outbound.allow_private.',
    setting: 'backchannel_client_notification_endpoint',
    commands: clientCommand('show'),
  },
  {
    rule: 'CIBA Core §10.2 the client has a notification endpoint',
    why: about => sentence(theApp(about), 'has no notification endpoint any more, or was disabled'),
    advice: 'Give it one, or let it poll.',
    setting: 'backchannel_client_notification_endpoint',
    commands: clientCommand('show'),
  },
  {
    rule: 'at most 10 requests wait for one person',
    why: ({ facts }) => sentence(textOf(facts.pending) ?? 'too many', 'requests wait for this person already'),
    advice: 'The person decides about them on the front page. An app that asks without end has to stop doing so.',
  },
]
