/** Remedies for refusals of apps that register or describe themselves. */

import { type RefusedCase, type RemedyRow, sentence, textOf, theApp } from './remedy-row.ts'

const LISTS = ['scopes', 'grant_types', 'response_types', 'auth_methods', 'redirect_hosts']

export const REGISTRATION_REMEDIES: readonly RemedyRow[] = [
  ...LISTS.map(
    (list): RemedyRow => ({
      rule: `registration.${list}`,
      why: ({ facts }) =>
        sentence('an app that registers itself asked for what the setting does not list, in', members(facts.members)),
      advice: 'Add it to the setting if such apps may have it, or register the app yourself.',
      setting: `registration.${list}`,
      commands: () => ['sallyport client create --help'],
    }),
  ),
  {
    rule: 'what a file declares is changed in the file',
    why: ({ facts }) =>
      sentence('an app wanted to change or delete its registration, but it is declared in', textOf(facts.source)),
    advice: 'Change it there, or take it out of the file: then the app looks after itself again.',
    commands: () => ['sallyport plan'],
  },
  {
    rule: 'registration.software_statement',
    why: ({ facts }) =>
      facts.issuer === undefined
        ? 'An app registered itself without a software statement, which the setting requires.'
        : sentence('an app showed a software statement of an issuer that nobody here trusts:', textOf(facts.issuer)),
    advice: 'Add the issuer and its keys to the setting if its word counts, or let the app send a statement.',
    setting: 'registration.software_statement_issuers',
  },
  {
    rule: 'RFC 7591 §3 the initial access token',
    why: ({ facts }) =>
      facts.label === undefined
        ? 'An app was registered with a token that is unknown here, or was revoked.'
        : sentence('the registration token', textOf(facts.label), 'has expired or is used up'),
    advice: 'Make a new one, and hand it to whoever registers the app.',
    commands: () => ['sallyport registration-token list', 'sallyport registration-token create'],
  },
  {
    rule: 'RFC 7591 §5 rate limit (throttling.trusted_addresses)',
    why: () => 'Too many apps were registered from one address.',
    advice: 'Wait some minutes, or name the address in the setting if you know who it is.',
    setting: 'throttling.trusted_addresses',
  },
  {
    rule: 'client_id_metadata_documents.same_origin',
    why: about => sentence(theApp(about), 'describes itself, and names redirect URIs at another host'),
    advice: 'Lift the setting if such apps may send people anywhere, or let the app move its redirect URIs.',
    setting: 'client_id_metadata_documents.same_origin',
  },
  {
    rule: 'CIMD §5 the document is fetched',
    why: about => sentence('the document of', theApp(about), 'could not be fetched:', textOf(about.facts.detail)),
    advice: 'See whether this server can reach the URL. A private address has to be named in the setting.',
    setting: 'outbound.allow_private',
    commands: openDocument,
  },
]

function members(fact: RefusedCase['facts'][string] | undefined): string {
  return textOf(fact) ?? 'its metadata'
}

function openDocument({ clientId }: RefusedCase): readonly string[] {
  return clientId !== undefined && /^https:\/\/[\w.:/~-]+$/.test(clientId) ? [`curl -i ${clientId}`] : []
}
