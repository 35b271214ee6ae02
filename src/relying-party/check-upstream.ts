/** Whether an upstream would work, without signing anybody in: for `sallyport upstream test`. */

import { verificationKeys } from '../core/clients/key-choice.ts'
import { type CheckLine, redirectUriOf } from '../core/upstreams/relying-party.ts'
import { keyOfPem } from '../core/upstreams/settings/public-key.ts'
import type { Upstream } from '../core/upstreams/upstream.ts'
import { isAsymmetric } from '../spec/jws.ts'
import { isRefusal, type Refusal } from '../spec/refusal.ts'
import { placeOf } from './answer-facts.ts'
import { checkSignInEndpoints } from './needed-endpoints.ts'
import type { RelyingPartyRoom } from './room.ts'
import { idTokenAlgorithms } from './signing-algorithms.ts'
import { requestTokens } from './token-request.ts'
import type { ReadyUpstream } from './upstream-metadata.ts'

export async function checkUpstream(asked: Upstream, room: RelyingPartyRoom): Promise<readonly CheckLine[]> {
  const lines: CheckLine[] = [...settingsLines(asked)]
  if (asked.discoveryUri !== undefined) {
    const read = await room.metadata.refresh(asked)
    if (isRefusal(read)) return [...lines, bad('discovery', sentenceOf(read))]
    lines.push(good('discovery', `The discovery document ${placeOf(asked.discoveryUri)} was read.`))
  }
  const ready = await room.metadata.ready(asked)
  if (isRefusal(ready)) return [...lines, bad('discovery', sentenceOf(ready))]
  const missing = checkSignInEndpoints(ready, room.issuer)
  if (missing !== undefined) return [...lines, bad('endpoints', sentenceOf(missing))]
  return [
    ...lines,
    ...endpointLines(ready),
    ...offerLines(ready),
    ...(await keyLines(ready, room)),
    await credentialsLine(ready, room),
    ...(await userinfoLines(ready, room)),
  ]
}

function settingsLines(upstream: Upstream): readonly CheckLine[] {
  const isOidc = upstream.kind === 'oidc'
  const risks: readonly (readonly [risky: boolean, sentence: string])[] = [
    [
      upstream.disableJwtValidation,
      'Tokens are not validated at all: anybody can pretend to be anybody. This is for tests only.',
    ],
    [isOidc && !upstream.validateSignatures, 'Signatures of tokens are not checked.'],
    [isOidc && !upstream.validateIssuer, 'The issuer of tokens is not checked.'],
    [isOidc && !upstream.nonce, 'No nonce is sent, so an ID token of another sign-in would pass.'],
    [upstream.pkceMethod !== 'S256', 'PKCE with S256 is off, so a stolen code could be used by others.'],
  ]
  return risks.flatMap(([risky, sentence]) => (risky ? [warning('settings', sentence)] : []))
}

function endpointLines({ endpoints }: ReadyUpstream): readonly CheckLine[] {
  const urls = Object.entries(endpoints).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string' && /(?:Endpoint|Uri)$/.test(entry[0]),
  )
  const open = urls.filter(([, url]) => !url.startsWith('https:'))
  const issuer = endpoints.issuer === undefined ? [] : [good('issuer', `The issuer is ${endpoints.issuer}.`)]
  return open.length === 0
    ? [...issuer, good('endpoints', 'All endpoints use https.')]
    : [...issuer, ...open.map(([, url]) => warning('endpoints', `${placeOf(url)} does not use https.`))]
}

/** What the upstream says that it can do. */
function offerLines({ upstream }: ReadyUpstream): readonly CheckLine[] {
  const { discovered, scopes, clientAuthMethod } = upstream
  const method = clientAuthMethod.replace(/_unencoded$/, '')
  const unknown = scopes.filter(scope => discovered?.scopes !== undefined && !discovered.scopes.includes(scope))
  const methods = discovered?.tokenEndpointAuthMethods
  const challenges = discovered?.codeChallengeMethods
  return [
    ...(unknown.length > 0 ? [warning('scopes', `The upstream does not list the scopes ${unknown.join(', ')}.`)] : []),
    ...(methods !== undefined && !methods.includes(method)
      ? [warning('client authentication', `The upstream does not list ${method}; it lists ${methods.join(', ')}.`)]
      : []),
    ...(challenges !== undefined && upstream.pkceMethod !== 'off' && !challenges.includes(upstream.pkceMethod)
      ? [warning('pkce', `The upstream does not list PKCE with ${upstream.pkceMethod}.`)]
      : []),
  ]
}

async function keyLines({ upstream, endpoints }: ReadyUpstream, room: RelyingPartyRoom): Promise<readonly CheckLine[]> {
  const algs = idTokenAlgorithms(upstream).filter(isAsymmetric)
  if (upstream.kind !== 'oidc' || !upstream.validateSignatures || algs.length === 0) return []
  if (!upstream.useJwksUri) {
    const key = keyOfPem(upstream.publicKey ?? '')
    return [
      key === undefined
        ? bad('keys', 'The public key that was entered cannot be read.')
        : good('keys', `The public key that was entered is of the type ${key.asymmetricKeyType ?? 'unknown'}.`),
    ]
  }
  const sets = room.keySets.of(upstream)
  const uri = endpoints.jwksUri ?? ''
  const keySet = await sets.readAgain(uri)
  if ('problem' in keySet) return [bad('keys', `The keys of the upstream cannot be had: ${keySet.problem}.`)]
  const usable = algs.filter(alg => verificationKeys(keySet.keys, alg, undefined).length > 0)
  return [
    usable.length > 0
      ? good('keys', `There are keys for ${usable.join(', ')}.`)
      : bad('keys', `None of the ${keySet.keys.length} keys can be used for ${algs.join(', ')}.`),
  ]
}

const WHAT = 'client authentication'

/** A code that nobody was given: whoever knows us says so of the code, whoever does not says so of us (RFC 6749 §5.2). */
async function credentialsLine(ready: ReadyUpstream, room: RelyingPartyRoom): Promise<CheckLine> {
  const { upstream } = ready
  const made = (): string => room.random.bytes(32).toString('base64url')
  const params = {
    code: made(),
    redirect_uri: redirectUriOf(room.issuer, upstream),
    ...(upstream.pkceMethod === 'off' ? {} : { code_verifier: made() }),
  }
  const answer = await requestTokens(ready, 'authorization_code', params, room)
  if (!isRefusal(answer)) return bad(WHAT, 'The token endpoint gave tokens for a code that was made up.')
  const { upstream_error: error } = answer.facts
  // GitHub has an error of its own for a bad code.
  if (error === 'invalid_grant' || error === 'bad_verification_code')
    return good(WHAT, `The upstream knows us (${upstream.clientAuthMethod}).`)
  if (error === 'invalid_client' || error === 'unauthorized_client' || error === 'incorrect_client_credentials')
    return bad(
      WHAT,
      `The upstream does not accept who we say we are: ${error}. Compare client_id, client_secret and client_auth_method (${upstream.clientAuthMethod}) with what it has.`,
    )
  if (error === undefined) return bad(WHAT, sentenceOf(answer))
  return warning(WHAT, `It is not certain whether the upstream knows us. ${sentenceOf(answer)}`)
}

async function userinfoLines(
  { upstream, endpoints }: ReadyUpstream,
  room: RelyingPartyRoom,
): Promise<readonly CheckLine[]> {
  const { userinfoEndpoint: url } = endpoints
  if (upstream.disableUserinfo || url === undefined) return []
  const what = 'user info'
  const answer = await room.fetch({ url, method: upstream.userinfoMethod, headers: { accept: 'application/json' } })
  if (answer.kind === 'refused') return [bad(what, `${placeOf(url)} does not answer: ${answer.detail}.`)]
  const sentence = `${placeOf(url)} answers with status ${answer.status} without a token.`
  if ([400, 401, 403].includes(answer.status)) return [good(what, sentence)]
  return [answer.status === 404 ? bad(what, sentence) : warning(what, sentence)]
}

function sentenceOf({ description, facts }: Refusal): string {
  const details = Object.entries(facts).map(
    ([name, value]) => `${name}: ${Array.isArray(value) ? value.join(', ') : value}`,
  )
  const text = `${description.charAt(0).toUpperCase()}${description.slice(1)}`
  return details.length === 0 ? `${text}.` : `${text} (${details.join('; ')}).`
}

function good(what: string, detail: string): CheckLine {
  return { what, outcome: 'good', detail }
}

function warning(what: string, detail: string): CheckLine {
  return { what, outcome: 'warning', detail }
}

function bad(what: string, detail: string): CheckLine {
  return { what, outcome: 'bad', detail }
}
