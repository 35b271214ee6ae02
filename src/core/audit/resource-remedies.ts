/** Remedies for refusals about what a token is for, and about tokens that are made from other tokens or from somebody's word. */

import { accountCommand, clientCommand, type RemedyRow, sentence, textOf, theApp, widerMetadata } from './remedy-row.ts'

export const RESOURCE_REMEDIES: readonly RemedyRow[] = [
  {
    rule: 'RFC 8707 §2 resource is configured (resources)',
    why: about =>
      sentence(theApp(about), `asked for a token for ${textOf(about.facts.resource)}, which nobody configured`),
    advice: 'Add the API to the setting, with exactly this uri (docs/guide/access-tokens.md), or correct the app.',
    setting: 'resources',
    settingOf: 'server',
  },
  {
    rule: 'RFC 8707 §2 resources of the client',
    why: about => sentence(theApp(about), `may not ask for tokens for ${textOf(about.facts.resource)}`),
    advice: 'Add the API to the resources of the app, if it may call it.',
    setting: 'resources',
    commands: widerMetadata('resources', 'allowed', 'resource'),
  },
  {
    rule: 'RFC 8707 §2.2 resource is not wider than granted',
    why: ({ facts }) =>
      sentence(`the app asked for a token for ${textOf(facts.resource)}, the sign-in was for:`, textOf(facts.granted)),
    advice: 'The app has to name the API when the person signs in.',
  },
  {
    rule: 'RFC 8707 §2.2 one token serves all resources that were asked for',
    why: ({ facts }) => sentence('these APIs take different tokens:', textOf(facts.resources)),
    advice: 'The app has to ask for one token for each of them; a refresh token gives all of them.',
  },
  {
    rule: 'RFC 9068 §4 the audience names the UserInfo endpoint',
    why: ({ facts }) => sentence('the access token is for', textOf(facts.audience), 'and not for user info'),
    advice:
      'The app asks for another token with the resource that ends in /userinfo, or names it beside the API (docs/guide/access-tokens.md).',
  },
  {
    rule: 'RFC 8693 §2.1 the client may exchange this token (token_exchange_subjects)',
    why: about => sentence(theApp(about), `wanted to exchange a token that ${textOf(about.facts.issued_to)} got`),
    advice:
      'List the app that got the token, if this one may act with it (docs/guide/token-exchange.md). An API that is named in resources needs no list.',
    setting: 'token_exchange_subjects',
    commands: clientCommand('show'),
  },
  {
    rule: 'RFC 8693 §2.1 audience is configured (resources)',
    why: ({ facts }) => `No API is called ${textOf(facts.audience)}, neither by its uri nor by its clients.`,
    advice: 'Add the API to the setting, or correct the service that exchanges.',
    setting: 'resources',
    settingOf: 'server',
  },
  {
    rule: 'RFC 8693 §2.1 what opens the admin API did so before the exchange',
    why: about => sentence(theApp(about), 'wanted to make a token for the admin API of one that does not open it'),
    advice:
      'No exchange gives more than there was: whoever manages this server asks for a token of its own (docs/guide/admin-api.md).',
  },
  {
    rule: 'RFC 8693 §2.1 scope is not wider than before',
    why: ({ facts }) =>
      sentence(
        `the scope ${textOf(facts.scope)} is not in the token that was exchanged; available:`,
        textOf(facts.available),
      ),
    advice:
      'The app that got the first token has to ask for the scope, and the service that exchanges has to be allowed it.',
  },
  {
    rule: 'RFC 7523 §3 iss is trusted (assertion_issuers)',
    why: about => sentence(theApp(about), `showed an assertion by ${textOf(about.facts.iss) ?? 'nobody'}`),
    advice:
      'If its word counts, add the issuer to the setting, and this app to its clients (docs/guide/jwt-bearer.md).',
    setting: 'assertion_issuers',
    settingOf: 'server',
  },
  {
    rule: 'RFC 7523 §3 exp is not unreasonably far in the future (assertion_issuers max_lifetime)',
    why: () => 'The assertion is good for longer than its issuer may make them.',
    advice: 'Let the issuer make shorter ones, or allow longer ones.',
    setting: 'assertion_issuers',
    settingOf: 'server',
  },
  {
    rule: 'RFC 7523 §3 sub is an account that is alive',
    why: () => 'The assertion is about nobody who has an account here, or about one that may not be used.',
    advice: 'See how the issuer names people (subject in assertion_issuers), and whether the account is enabled.',
    setting: 'assertion_issuers',
    settingOf: 'server',
    commands: accountCommand('show'),
  },
  {
    rule: 'RFC 6749 §1.3 the person has consented (consent_mode)',
    why: about =>
      sentence(
        theApp(about),
        'came with an assertion about somebody who has not allowed it:',
        textOf(about.facts.scopes),
      ),
    advice: 'The person allows it once in the browser, or the app needs no consent, if it is your own.',
    setting: 'consent_mode',
    commands: clientCommand('edit', ['--consent', 'never']),
  },
]
