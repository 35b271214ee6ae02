/** Rules about apps. */

import { isLoopbackHost } from '../../lib/loopback-host.ts'
import { ADMIN_SCOPES } from '../administration/admin-scopes.ts'
import type { Document } from '../administration/ports.ts'
import { BUILT_IN_POLICIES } from '../policies/policy.ts'
import {
  FIXED_METADATA,
  findIn,
  fixedPolicyOf,
  foundAt,
  foundInSetting,
  type LintFacts,
  type LintThing,
  liveThings,
  someOf,
  textOf,
  textsOf,
} from './lint-facts.ts'
import type { LintRule } from './lint-rule.ts'

export const CLIENT_RULES: readonly LintRule[] = [
  {
    id: 'client-public-with-secret',
    severity: 'error',
    title: 'A public app has a secret',
    why: 'Everybody who has the app has its secret, and a public app is never asked for it: it protects nothing and looks as if it did.',
    fix: 'Take the secret away, or make the app confidential (`client_type: confidential`) if it runs on a server.',
    check: facts =>
      findIn(liveThings(facts, 'clients'), 'client_secret', document =>
        isPublic(document) && (document.client_secret !== undefined || document.client_secret_hash !== undefined)
          ? 'is public, and a secret is declared for it'
          : undefined,
      ),
  },
  {
    id: 'client-wildcard-redirect',
    severity: 'error',
    title: 'A redirect URI holds a wildcard',
    why: 'Redirect URIs are compared exactly (RFC 9700 §2.1), so a star matches nothing but itself: the app will not get its answer. Where stars do match, attackers get answers.',
    fix: 'List every redirect URI in full.',
    check: facts =>
      findIn(liveThings(facts, 'clients'), 'redirect_uris', document =>
        told(
          'holds a wildcard',
          redirectUris(document).filter(uri => uri.includes('*')),
        ),
      ),
  },
  {
    id: 'client-http-redirect',
    severity: 'warning',
    title: 'People return over plain http',
    why: 'The code, or the tokens, of every sign-in can be read on the way (RFC 9700 §2.6).',
    fix: 'Use https, and change the redirect URI: `sallyport client edit APP --remove-redirect-uri … --add-redirect-uri …`.',
    check: facts =>
      findIn(liveThings(facts, 'clients'), 'redirect_uris', document =>
        told(
          'is plain http',
          redirectUris(document).filter(uri => isPlainHttp(uri)),
        ),
      ),
  },
  {
    id: 'client-localhost-redirect-in-production',
    severity: 'warning',
    title: 'An app on the web returns people to their own machine',
    why: 'Whatever listens on that port of a person’s machine gets their code. For native apps that is the way (RFC 8252 §7.3); for a web app it is a line left over from development.',
    fix: 'Remove the redirect URI, or register a second app for development; `application_type: native` for an app that is installed.',
    check: facts =>
      isLoopbackUrl(facts.issuer)
        ? []
        : findIn(liveThings(facts, 'clients'), 'redirect_uris', document =>
            isPublic(document) || document.application_type === 'native'
              ? undefined
              : told('is on the person’s own machine', redirectUris(document).filter(isLoopbackUrl)),
          ),
  },
  {
    id: 'client-no-redirect',
    severity: 'warning',
    title: 'Nobody can sign in to an app',
    why: 'It may use the authorization code flow and has no redirect URI, so every request is refused.',
    fix: 'Add its redirect URI, or take `authorization_code` from its `grant_types`.',
    check: facts =>
      findIn(liveThings(facts, 'clients'), 'redirect_uris', document =>
        redirectUris(document).length === 0 &&
        textsOf(document.grant_types ?? 'authorization_code').includes('authorization_code')
          ? 'has no redirect URI'
          : undefined,
      ),
  },
  {
    id: 'client-implicit-flow',
    severity: 'warning',
    title: 'Access tokens travel through the browser',
    why: 'A `response_type` with `token` puts the access token into the address of a page: history, logs and scripts see it (RFC 9700 §2.1.2).',
    fix: 'Have the app use `code` with PKCE, and take the others from its `response_types`.',
    check: facts =>
      findIn(liveThings(facts, 'clients'), 'response_types', document => {
        const types = listOfTypes(document).filter(type => type.split(' ').includes('token'))
        return types.length === 0 ? undefined : `may ask for ${types.map(type => `"${type}"`).join(', ')}`
      }),
  },
  {
    id: 'client-pkce-off',
    severity: 'info',
    title: 'PKCE is not asked for',
    why: 'A code that was stolen on its way, or put into another browser, can be exchanged. PKCE stops both, for confidential apps as well (RFC 9700 §2.1.1).',
    fix: '`require_pkce: true`, when the library of the app sends `code_challenge` (nearly all do).',
    check: facts =>
      findIn(liveThings(facts, 'clients'), 'require_pkce', document =>
        !isPublic(document) && document.require_pkce !== true && redirectUris(document).length > 0
          ? 'does not have to use PKCE'
          : undefined,
      ),
  },
  {
    id: 'client-pkce-plain',
    severity: 'warning',
    title: 'PKCE counts in its plain form',
    why: 'The challenge is the secret itself, so whoever reads the request has both (RFC 7636 §4.2, RFC 9700 §2.1.1).',
    fix: 'Have the app use S256 and take `allow_plain_pkce` away.',
    check: facts =>
      findIn(liveThings(facts, 'clients'), 'allow_plain_pkce', document =>
        document.allow_plain_pkce === true ? 'may use the method plain' : undefined,
      ),
  },
  {
    id: 'client-id-token-unsigned',
    severity: 'error',
    title: 'ID tokens are not signed',
    why: 'Whoever stands between us and the app can write who signed in (OIDC Core §3.1.3.7).',
    fix: '`id_token_signed_response_alg: RS256`, or another algorithm that the app knows.',
    check: facts =>
      findIn(liveThings(facts, 'clients'), 'id_token_signed_response_alg', document =>
        document.id_token_signed_response_alg === 'none' ? 'gets ID tokens without a signature' : undefined,
      ),
  },
  {
    id: 'client-unknown-policy',
    severity: 'error',
    title: 'An app names a policy that does not exist',
    why: 'Nobody gets in: a policy that is missing may have kept everybody out, so it never opens anything.',
    fix: 'Make the policy, or give the app another one (`authorization_policy`).',
    check: facts => {
      const { policies } = facts.known
      const unknown = (policy: string | undefined): string | undefined =>
        policy === undefined || BUILT_IN_POLICIES.includes(policy) || policies?.has(policy) !== false
          ? undefined
          : `names the policy ${policy}, which does not exist`
      const fixed = unknown(fixedPolicyOf(facts))
      return [
        ...findIn(liveThings(facts, 'clients'), 'authorization_policy', document =>
          unknown(textOf(document.authorization_policy)),
        ),
        ...(fixed === undefined ? [] : [foundInSetting(facts, FIXED_METADATA, fixed)]),
      ]
    },
  },
  {
    id: 'client-admin-scope',
    severity: 'warning',
    title: 'An app may manage this server',
    why: 'Whoever has its secret, or a token that it got, can do what the scope says.',
    fix: 'Take `admin.…` from its `scope` unless it is meant to; prefer `admin.viewer` or `admin.operator`.',
    check: facts =>
      findIn(liveThings(facts, 'clients'), 'scope', document => {
        const scopes = textsOf(document.scope).filter(scope => ADMIN_SCOPES.includes(scope))
        return scopes.length === 0
          ? undefined
          : `${isPublic(document) ? 'is public and ' : ''}may have ${someOf(scopes)}`
      }),
  },
  {
    id: 'client-any-exchange',
    severity: 'warning',
    title: 'An app may exchange anybody’s tokens',
    why: 'With `*` a token that was sent to any other app becomes one of its own (RFC 8693 §2.1): who breaks into it acts as everybody, everywhere.',
    fix: 'List the apps whose tokens it really gets: `token_exchange_subjects: [shop]`.',
    check: facts =>
      findIn(liveThings(facts, 'clients'), 'token_exchange_subjects', document =>
        textsOf(document.token_exchange_subjects).includes('*') ? 'may exchange the tokens of every app' : undefined,
      ),
  },
  {
    id: 'client-consent-never-third-party',
    severity: 'warning',
    title: 'People are never asked about an app that nobody here made',
    why: 'It registered or describes itself, and gets what it asks for as soon as somebody who is signed in follows a link.',
    fix: '`consent_mode: remember`.',
    check: facts =>
      findIn(liveThings(facts, 'clients'), 'consent_mode', document =>
        document.consent_mode === 'never' && ['registration', 'metadata-document'].includes(`${document.origin}`)
          ? 'has consent_mode never and was not made by an operator'
          : undefined,
      ),
  },
  {
    id: 'client-same-name',
    severity: 'info',
    title: 'Two apps have one name',
    why: 'People see the name on the consent page and cannot tell which of the two they allow.',
    fix: 'Give each a name of its own (`client_name`).',
    check: sameNames,
  },
]

export function isPublic(document: Document): boolean {
  const methods = textsOf(document.token_endpoint_auth_methods ?? document.token_endpoint_auth_method)
  return document.client_type === 'public' || (methods.length === 1 && methods[0] === 'none')
}

function redirectUris(document: Document): readonly string[] {
  return textsOf(document.redirect_uris)
}

function listOfTypes({ response_types: types }: Document): readonly string[] {
  return Array.isArray(types) ? types.filter(type => typeof type === 'string') : []
}

function told(what: string, uris: readonly string[]): string | undefined {
  return uris.length === 0 ? undefined : `${someOf(uris)} ${what}`
}

/** RFC 8252 §8.3: plain http never leaves the machine on loopback. */
export function isPlainHttp(text: string): boolean {
  const url = URL.parse(text)
  return url?.protocol === 'http:' && !isLoopbackHost(url.hostname)
}

function isLoopbackUrl(text: string): boolean {
  const url = URL.parse(text)
  return url !== null && /^https?:$/.test(url.protocol) && isLoopbackHost(url.hostname)
}

function sameNames(facts: LintFacts) {
  const clients = liveThings(facts, 'clients').toSorted((a, b) => (a.key < b.key ? -1 : 1))
  const first = new Map<string, LintThing>()
  return clients.flatMap(thing => {
    const name = textOf(thing.document.client_name)
    const other = name === undefined ? undefined : first.get(name)
    if (name !== undefined && other === undefined) first.set(name, thing)
    return other === undefined ? [] : [foundAt(thing, 'client_name', `is called ${name}, as ${other.key} is`)]
  })
}
