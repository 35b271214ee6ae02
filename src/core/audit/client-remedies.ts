/** Remedies for refusals of an app: who it is, where it sends people, what it may ask for. */

import {
  clientCommand,
  listOf,
  oneMore,
  type RefusedCase,
  type RemedyRow,
  sentence,
  textOf,
  theApp,
  widerList,
} from './remedy-row.ts'

const LIST = (): readonly string[] => ['sallyport client list']
const DESCRIBES_ITSELF =
  'An app that describes itself needs client_id_metadata_documents.enabled; the log line client-document.refused says what is wrong with its document.'
const KNOWS_ITS_ID = 'Compare the client_id in the settings of the app with those that are registered.'

export const CLIENT_REMEDIES: readonly RemedyRow[] = [
  ...['RFC 6749 §4.1.2.1 the client is known', 'RFC 6749 §5.2 the client is known', 'the client exists'].map(
    (rule): RemedyRow => ({
      rule,
      why: ({ clientId }) =>
        clientId === undefined ? 'The request names no client_id, or two.' : `No client has the client_id ${clientId}.`,
      advice: ({ clientId }) => (clientId?.startsWith('https://') ? DESCRIBES_ITSELF : KNOWS_ITS_ID),
      commands: LIST,
    }),
  ),
  {
    rule: 'the client is enabled',
    why: about => sentence(theApp(about), 'is disabled'),
    advice: 'Enable it, if it may sign people in again.',
    commands: clientCommand('edit', ['--enable']),
  },
  {
    rule: 'RFC 6749 §2.3.1 client secret matches',
    why: wrongSecret,
    advice: 'Compare the secret in the settings of the app, or make a new one and give it to the app.',
    commands: clientCommand('rotate-secret'),
  },
  {
    rule: 'RFC 6749 §2.3.1 no brute force (throttling.trusted_addresses)',
    why: about => sentence('too many wrong secrets of', theApp(about), 'came from one address'),
    advice: 'Correct the secret in the settings of the app and wait some minutes, or name its address in the setting.',
    setting: 'throttling.trusted_addresses',
  },
  {
    rule: 'RFC 6749 §2.1 client type',
    why: about => sentence(theApp(about), 'is registered as public, but sent a secret'),
    advice: 'Take the secret out of the settings of the app, or register it as confidential if it runs on a server.',
    setting: 'client_type',
    commands: clientCommand('edit', ['--type', 'confidential']),
  },
  {
    rule: 'OIDC Core §9 token_endpoint_auth_method',
    why: about =>
      about.facts.method === 'none'
        ? sentence(
            theApp(about),
            'did not prove who it is, but is registered as confidential; allowed:',
            allowed(about),
          )
        : sentence(theApp(about), `authenticated by ${textOf(about.facts.method)}, allowed:`, allowed(about)),
    advice: about =>
      hasKeys(about)
        ? 'Set the app to an allowed method (docs/guide/client-authentication.md). A secret would be weaker than its key.'
        : about.facts.method === 'none'
          ? 'Put the secret into the settings of the app, or register it as public if it runs in a browser or on a phone.'
          : 'Set the app to an allowed method, or allow this one too.',
    setting: 'token_endpoint_auth_methods',
    commands: about =>
      hasKeys(about)
        ? clientCommand('show')(about)
        : about.facts.method === 'none'
          ? clientCommand('edit', ['--type', 'public'])(about)
          : widerList('--auth-method', 'method')(about),
  },
  {
    rule: 'RFC 6749 §3.2.1 client authentication',
    why: () => 'The app sent neither a client_id nor a secret.',
    advice: 'Put both into the settings of the app.',
    commands: LIST,
  },
  {
    rule: 'RFC 9700 §2.1 redirect_uri is registered, exactly',
    why: about => notRegistered('redirect URI', about),
    advice: 'Add it only if this address belongs to the app. It is compared character by character.',
    setting: 'redirect_uris',
    commands: oneMore('--add-redirect-uri'),
  },
  {
    rule: 'OIDC Core §3.1.2.1 redirect_uri is required',
    why: () => 'The request says nothing of where the person returns.',
    advice: 'Set the redirect URI in the app, one of those that are registered.',
    commands: clientCommand('show'),
  },
  {
    rule: 'RP-Initiated Logout §3 post_logout_redirect_uris',
    why: about => notRegistered('post-logout redirect URI', about),
    advice: 'Add it only if this address belongs to the app. It is compared character by character.',
    setting: 'post_logout_redirect_uris',
    commands: oneMore('--add-post-logout-redirect-uri'),
  },
  {
    rule: 'RP-Initiated Logout §2 id_token_hint confirms the request',
    why: () => 'The app wants people sent back after signing out, but shows no ID token (id_token_hint).',
    advice: 'The app has to send the ID token of the person with its sign-out request.',
  },
  {
    rule: 'RFC 7636 §4.4.1 require_pkce',
    why: about => sentence(theApp(about), 'does not use PKCE (no code_challenge), but it is required'),
    advice: 'Switch PKCE on in the app. An app with a secret may go without; a public one may not.',
    setting: 'require_pkce',
    commands: clientCommand('edit', ['--no-require-pkce']),
  },
  {
    rule: 'RFC 7636 §4.4.1 allow_plain_pkce',
    why: about => sentence(theApp(about), 'uses PKCE by the method plain, or names no method; S256 is required'),
    advice: 'Set the app to S256. For an old app that cannot, allow plain.',
    setting: 'allow_plain_pkce',
    commands: clientCommand('edit', ['--allow-plain-pkce']),
  },
  {
    rule: "RFC 6749 §3.3 scope is among the client's scopes",
    why: about => notAllowed('scope', 'scope', about),
    advice: 'Take it out of the settings of the app, or allow it.',
    setting: 'scope',
    commands: widerList('--scope', 'scope'),
  },
  {
    rule: 'RFC 6749 §5.2 grant_types of the client',
    why: about => notAllowed('grant type', 'grant_type', about),
    advice: 'Allow it, if the app is meant to use it.',
    setting: 'grant_types',
    commands: widerList('--grant-type', 'grant_type'),
  },
  {
    rule: 'RFC 6749 §4.1.2.1 response_types of the client',
    why: about => notAllowed('response type', 'response_type', about),
    advice: 'Allow it, if the app is meant to use it.',
    setting: 'response_types',
    commands: widerList('--response-type', 'response_type'),
  },
  {
    rule: 'RFC 6749 §3.1.1 response_type is supported',
    why: ({ facts }) => sentence('the response type', textOf(facts.response_type), 'is not offered by this server'),
    advice: 'Set the app to the authorization code flow (response type code), or to another that discovery lists.',
  },
  {
    rule: 'RFC 6749 §5.2 grant_type is supported',
    why: ({ facts }) => sentence('the grant type', textOf(facts.grant_type), 'is not offered by this server'),
    advice:
      'Set the app to one of grant_types_supported in the discovery document; people sign in by authorization_code.',
  },
  {
    rule: 'RFC 6749 §4.4 confidential clients only',
    why: about => sentence(theApp(about), 'is public, so it cannot prove who it is and act for itself'),
    advice: 'Register it as confidential, if it runs on a server, and give it the secret.',
    setting: 'client_type',
    commands: clientCommand('edit', ['--type', 'confidential']),
  },
  {
    rule: 'RFC 7662 §2.1 authorized caller',
    why: about => sentence(theApp(about), 'is public, and introspection is for confidential clients'),
    advice: 'Register the service that introspects as a confidential client of its own.',
    commands: () => ['sallyport client create NAME confidential --grant-type client_credentials'],
  },
  ...['oauth2.1', 'fapi1-advanced', 'fapi2'].map(
    (profile): RemedyRow => ({
      rule: profile,
      why: about => sentence(theApp(about), `is held to the profile ${profile}, and its request breaks a rule of it`),
      advice: 'Correct the request of the app, or hold the app to another profile.',
      setting: 'profile',
      commands: about => [
        `sallyport profile show ${profile}`,
        ...clientCommand('edit', ['--set', 'profile=default'])(about),
      ],
    }),
  ),
]

/** What proves itself by keys and certificates alone is not talked into a secret. */
function hasKeys({ facts }: RefusedCase): boolean {
  const methods = listOf(facts.allowed)
  return methods.length > 0 && !methods.some(method => method.startsWith('client_secret_'))
}

function wrongSecret(about: RefusedCase): string {
  const { live_secrets: live, expired_secrets: expired } = about.facts
  if (live === 0) return sentence(theApp(about), 'has no secret that still counts; expired:', textOf(expired))
  return sentence('the secret that was sent is not that of', theApp(about))
}

function notRegistered(what: string, about: RefusedCase): string {
  const registered = textOf(about.facts.registered) || 'none'
  return sentence(
    `the ${what}`,
    textOf(about.facts.requested),
    `is not registered for ${theApp(about)};`,
    'registered:',
    registered,
  )
}

function notAllowed(what: string, fact: string, about: RefusedCase): string {
  return sentence(
    `the ${what}`,
    textOf(about.facts[fact]),
    `is not allowed for ${theApp(about)};`,
    'allowed:',
    allowed(about),
  )
}

function allowed({ facts }: RefusedCase): string {
  return textOf(facts.allowed) || 'none'
}
