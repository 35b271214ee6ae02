/** The authorization request (OIDC Core §3.1.2.1): the URL that the browser goes to. Pure. */

import { hash } from 'node:crypto'
import type { Handles } from '../core/handles/handles.ts'
import { type Attempt, attemptSecrets } from '../core/upstreams/attempt.ts'
import type { AuthorizationWishes } from '../core/upstreams/relying-party.ts'
import { anyOf, RESERVED_AUTHORIZATION_PARAMETERS } from '../core/upstreams/settings/reserved-parameters.ts'
import type { Upstream } from '../core/upstreams/upstream.ts'
import { encodeParams } from '../spec/params.ts'
import type { ReadyUpstream } from './upstream-metadata.ts'

/** What decides who is asked for what and where the answer goes: nobody may put these into the request from outside. */
const isNeverFromOutside = anyOf(RESERVED_AUTHORIZATION_PARAMETERS)

export function authorizationRequest(
  { upstream, endpoints }: ReadyUpstream,
  attempt: Attempt,
  wishes: AuthorizationWishes,
  handles: Handles,
): string {
  const ours = ourParameters(upstream, attempt, wishes, handles)
  const params = new Map(ours)
  const add = (name: string, value: string): void => {
    if (!params.has(name)) params.set(name, value)
  }
  // An empty value of a setting takes nothing away from what we send.
  const registration = attempt.terms.registration ? Object.entries(upstream.registrationParameters) : []
  for (const [name, value] of registration) add(name, value)
  for (const [name, value] of Object.entries(upstream.authorizationParameters)) add(name, value)
  const isTaken = anyOf(params.keys())
  for (const [name, value] of wishes.further) if (!isNeverFromOutside(name) && !isTaken(name)) add(name, value)
  return withQuery(endpoints.authorizationEndpoint ?? '', [...params])
}

function ourParameters(
  upstream: Upstream,
  { id, terms }: Attempt,
  wishes: AuthorizationWishes,
  handles: Handles,
): readonly (readonly [string, string])[] {
  const { state, nonce, codeVerifier } = attemptSecrets(handles, id)
  // A fresh proof that was demanded is asked for whatever passes otherwise; the answer is held to it.
  const maxAge = terms.maxAgeSeconds ?? (upstream.passMaxAge ? wishes.maxAgeSeconds : undefined)
  const all: readonly (readonly [string, string | undefined])[] = [
    ['response_type', 'code'],
    ['client_id', upstream.clientId],
    ['redirect_uri', terms.redirectUri],
    ['scope', terms.scopes.length > 0 ? terms.scopes.join(' ') : undefined],
    ['state', state],
    ['nonce', upstream.nonce ? nonce : undefined],
    ...challenge(upstream, codeVerifier),
    ['response_mode', upstream.responseMode],
    ['prompt', promptOf(upstream, terms, wishes)],
    ['max_age', maxAge === undefined ? undefined : String(maxAge)],
    ['login_hint', upstream.passLoginHint ? wishes.loginHint : undefined],
    ['ui_locales', upstream.passUiLocales ? listOf(wishes.uiLocales) : undefined],
    ['acr_values', upstream.passAcrValues ? listOf(wishes.acrValues) : undefined],
  ]
  return all.flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]))
}

function promptOf(
  { prompt, passMaxAge, discovered, registrationParameters }: Upstream,
  { silent, registration, maxAgeSeconds }: Attempt['terms'],
  wishes: AuthorizationWishes,
): string | undefined {
  if (silent) return 'none'
  // OIDC Core §3.1.2.1: an upstream that is told max_age asks where its own sign-in is older; 0 is the same as prompt=login.
  const isForced = maxAgeSeconds === 0 || (maxAgeSeconds !== undefined && !passMaxAge)
  if (isForced) return wishes.prompt === 'select_account' ? 'login select_account' : 'login'
  if (wishes.prompt !== undefined) return wishes.prompt
  // Initiating User Registration via OIDC §4.
  if (registration && discovered?.promptValues?.includes('create') === true) return 'create'
  // What is sent to register somebody wins over what is sent to sign somebody in.
  return registration && Object.hasOwn(registrationParameters, 'prompt') ? undefined : prompt
}

/** RFC 7636 §4.2, §4.3. */
function challenge({ pkceMethod }: Upstream, verifier: string): readonly (readonly [string, string])[] {
  if (pkceMethod === 'off') return []
  const value = pkceMethod === 'S256' ? hash('sha256', verifier, 'base64url') : verifier
  return [
    ['code_challenge', value],
    ['code_challenge_method', pkceMethod],
  ]
}

function listOf(values: readonly string[] | undefined): string | undefined {
  return values === undefined || values.length === 0 ? undefined : values.join(' ')
}

/** RFC 6749 §3.1: an endpoint may have a query of its own, which stays; a fragment it may not have. */
export function withQuery(url: string, params: readonly (readonly [string, string])[]): string {
  const [base = ''] = url.split('#', 1)
  const query = encodeParams(params)
  if (query === '') return base
  const joint = !base.includes('?') ? '?' : /[?&]$/.test(base) ? '' : '&'
  return `${base}${joint}${query}`
}
