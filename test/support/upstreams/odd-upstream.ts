/**
 * A small upstream made by hand that misbehaves on demand, and keeps what it was sent.
 *
 * ```ts
 * const odd = await startOddUpstream()
 * const upstream = await app.addUpstream({ alias: 'odd', ...odd.whereItIs }, odd.secret)
 * odd.behave({ idToken: { claims: { iss: 'https://elsewhere.example' } } })
 * ```
 *
 * * Without a word it does everything right: `/authorize` sends the browser back at once (there is no page), `/token`, `/userinfo`, `/jwks`,
 *   `/logout` and its discovery document answer as the specifications say. Who signs in is `behave({ person: 'ada' })`, `ada` by default.
 * * `behave({…})` says all that is odd from now on; `behave({})` is right again. Claims that are `undefined` are left out.
 *   `answers['/token']` changes a whole answer (`usual` is what would be sent): a status, HTML, an error with 200, nothing at all (`never`).
 * * `signIn(url)` is the browser's leg by itself. `logoutToken(…)` is one for our back-channel endpoint. `requests` is all that was asked.
 */

import { createSecretKey, hash } from 'node:crypto'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { CompactSign, type JWK } from 'jose'
import { halfHash, type SigningAlgorithm } from '../../../src/spec/jws.ts'
import { makeOddKeys, type OddKeys } from './odd-keys.ts'

export interface OddAnswer {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  /** The request is kept waiting until the upstream closes. */
  readonly never?: boolean
}

/** `stranger`: a key that is not published, under the id of one that is. `secret`: HS256 with the client secret. */
export type OddSigner = 'first' | 'second' | 'elliptic' | 'stranger' | 'secret' | 'none'

export interface OddJwt {
  readonly claims?: Readonly<Record<string, unknown>>
  readonly header?: Readonly<Record<string, unknown>>
  readonly signer?: OddSigner
}

export interface OddBehaviour {
  readonly person?: string
  /** Members of the user info, besides `sub`. */
  readonly userinfo?: Readonly<Record<string, unknown>>
  readonly idToken?: OddJwt
  /** Absent: an opaque text. */
  readonly accessToken?: OddJwt
  /** Members of the token response. */
  readonly tokenResponse?: Readonly<Record<string, unknown>>
  readonly discovery?: Readonly<Record<string, unknown>>
  /** Parameters of the authorization response. */
  readonly response?: Readonly<Record<string, string | undefined>>
  readonly keys?: (published: readonly JWK[]) => readonly unknown[]
  readonly answers?: Readonly<Record<string, (usual: OddAnswer) => OddAnswer>>
}

export interface OddRequest {
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

export interface OddUpstream {
  readonly issuer: string
  readonly whereItIs: { readonly discoveryUri: string; readonly clientId: string }
  /** Of the client `sallyport`; nobody checks it. */
  readonly secret: string
  readonly requests: OddRequest[]
  behave(behaviour: OddBehaviour): void
  /** From an authorization URL to the parameters that come back. */
  signIn(authorizationUrl: string): Promise<URLSearchParams>
  /** How often a path was asked. */
  asked(path: string): number
  last(path: string): OddRequest | undefined
  logoutToken(changes?: OddJwt): Promise<string>
  close(): Promise<void>
}

interface Asked {
  readonly nonce: string | null
  readonly challenge: string | null
  readonly method: string | null
}

interface World {
  readonly issuer: string
  readonly keys: OddKeys
  readonly codes: Map<string, Asked>
  behaviour: OddBehaviour
}

const CLIENT_ID = 'sallyport'
const SECRET = 'the secret of a client at an odd upstream, long enough for HS512 as well as for anything'
const EVENT = 'http://schemas.openid.net/event/backchannel-logout'

export async function startOddUpstream(): Promise<OddUpstream> {
  const requests: OddRequest[] = []
  const server = createServer((request, response) => {
    read(request)
      .then(async asked => {
        requests.push(asked)
        const { status = 200, headers = {}, body = '', never = false } = await answerTo(asked, world)
        if (!never) response.writeHead(status, headers).end(body)
      })
      .catch(error => response.writeHead(500).end(String(error)))
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const world: World = { issuer, keys: await makeOddKeys(), codes: new Map(), behaviour: {} }
  return {
    issuer,
    whereItIs: { discoveryUri: `${issuer}/.well-known/openid-configuration`, clientId: CLIENT_ID },
    secret: SECRET,
    requests,
    behave(behaviour) {
      world.behaviour = behaviour
    },
    async signIn(url) {
      const response = await fetch(url, { redirect: 'manual' })
      const location = response.headers.get('location')
      if (location === null) throw new Error(`${response.status} ${await response.text()}`)
      return new URL(location).searchParams
    },
    asked: path => requests.filter(request => request.path === path).length,
    last: path => requests.findLast(request => request.path === path),
    logoutToken: changes => logoutToken(world, changes),
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

async function answerTo(request: OddRequest, world: World): Promise<OddAnswer> {
  const usual = await usualAnswer(request, world)
  return world.behaviour.answers?.[request.path]?.(usual) ?? usual
}

async function usualAnswer(request: OddRequest, world: World): Promise<OddAnswer> {
  // RFC 8705 §5: the same once more for those who show a certificate.
  switch (request.path.replace(/^\/mtls\//, '/')) {
    case '/.well-known/openid-configuration':
      return json({ ...metadataOf(world.issuer), ...world.behaviour.discovery })
    case '/jwks':
      return json({ keys: world.behaviour.keys?.(world.keys.published) ?? world.keys.published })
    case '/authorize':
      return sendBack(request, world)
    case '/token':
      return tokens(request, world)
    case '/userinfo':
      return request.headers.authorization?.startsWith('Bearer ') === true
        ? json(without({ ...userinfoOf(world), ...world.behaviour.userinfo }))
        : { status: 401, headers: { 'www-authenticate': 'Bearer' } }
    case '/logout':
      return { status: 200, body: 'signed out' }
    default:
      return { status: 404, headers: { 'content-type': 'text/html' }, body: '<h1>Not found</h1>' }
  }
}

function metadataOf(issuer: string): object {
  return {
    issuer,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    userinfo_endpoint: `${issuer}/userinfo`,
    jwks_uri: `${issuer}/jwks`,
    end_session_endpoint: `${issuer}/logout`,
    id_token_signing_alg_values_supported: ['RS256', 'ES256'],
    scopes_supported: ['openid', 'profile', 'email'],
  }
}

function userinfoOf({ behaviour: { person = 'ada' } }: World): Record<string, unknown> {
  return { sub: person, name: 'Ada Lovelace', email: `${person}@odd.example`, email_verified: true }
}

function sendBack({ query }: OddRequest, { codes, behaviour }: World): OddAnswer {
  const code = `code-${codes.size + 1}`
  codes.set(code, {
    nonce: query.get('nonce'),
    challenge: query.get('code_challenge'),
    method: query.get('code_challenge_method'),
  })
  const target = new URL(query.get('redirect_uri') ?? '')
  const params = without({ code, state: query.get('state') ?? undefined, ...behaviour.response })
  for (const [name, value] of Object.entries(params)) target.searchParams.set(name, String(value))
  return { status: 302, headers: { location: target.href } }
}

async function tokens({ body }: OddRequest, world: World): Promise<OddAnswer> {
  const params = new URLSearchParams(body)
  const asked =
    params.get('grant_type') === 'refresh_token'
      ? { nonce: null, challenge: null, method: null }
      : world.codes.get(params.get('code') ?? '')
  if (asked === undefined || !isProven(asked, params.get('code_verifier')))
    return { ...json({ error: 'invalid_grant', error_description: 'the code is unknown' }), status: 400 }
  const { behaviour } = world
  const accessToken =
    behaviour.accessToken === undefined ? 'an-access-token' : await accessTokenOf(world, behaviour.accessToken)
  return json(
    without({
      access_token: accessToken,
      token_type: 'Bearer',
      expires_in: 3600,
      refresh_token: 'a-refresh-token',
      id_token: await idTokenOf(world, asked.nonce, accessToken),
      ...behaviour.tokenResponse,
    }),
  )
}

function isProven({ challenge, method }: Asked, verifier: string | null): boolean {
  if (challenge === null) return true
  return challenge === (method === 'S256' ? hash('sha256', verifier ?? '', 'base64url') : verifier)
}

function idTokenOf(world: World, nonce: string | null, accessToken: string): Promise<string> {
  const { idToken = {}, person = 'ada' } = world.behaviour
  const now = Math.floor(Date.now() / 1000)
  const alg = algOf(idToken.signer ?? 'first')
  return signed(world, idToken, {
    iss: world.issuer,
    sub: person,
    aud: CLIENT_ID,
    iat: now,
    exp: now + 300,
    auth_time: now,
    nonce: nonce ?? undefined,
    at_hash: alg === 'none' ? undefined : halfHash(alg, accessToken),
  })
}

function accessTokenOf(world: World, jwt: OddJwt): Promise<string> {
  const now = Math.floor(Date.now() / 1000)
  const claims = {
    iss: world.issuer,
    sub: world.behaviour.person ?? 'ada',
    aud: 'https://api.example',
    iat: now,
    exp: now + 300,
  }
  return signed(world, { ...jwt, header: { typ: 'at+jwt', ...jwt.header } }, claims)
}

function logoutToken(world: World, changes: OddJwt = {}): Promise<string> {
  const now = Math.floor(Date.now() / 1000)
  return signed(
    world,
    { ...changes, header: { typ: 'logout+jwt', ...changes.header } },
    {
      iss: world.issuer,
      aud: CLIENT_ID,
      iat: now,
      exp: now + 120,
      jti: `jti-${now}`,
      sub: 'ada',
      sid: 'session-1',
      events: { [EVENT]: {} },
    },
  )
}

async function signed(world: World, { claims, header, signer = 'first' }: OddJwt, usual: object): Promise<string> {
  const payload = JSON.stringify(without({ ...usual, ...claims }))
  const alg = algOf(signer)
  const kid = signer === 'secret' || signer === 'none' ? undefined : signer === 'stranger' ? 'first' : signer
  const protectedHeader = without({ alg, kid, ...header }) as { alg: string }
  if (signer === 'none') return `${encode(JSON.stringify(protectedHeader))}.${encode(payload)}.`
  const key = signer === 'secret' ? createSecretKey(Buffer.from(SECRET)) : world.keys.privateKeys[signer]
  return new CompactSign(Buffer.from(payload)).setProtectedHeader(protectedHeader).sign(key)
}

function algOf(signer: OddSigner): SigningAlgorithm | 'none' {
  if (signer === 'none') return 'none'
  return signer === 'secret' ? 'HS256' : signer === 'elliptic' ? 'ES256' : 'RS256'
}

async function read(request: IncomingMessage): Promise<OddRequest> {
  const chunks: Buffer[] = []
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk)
  const url = new URL(request.url ?? '/', 'http://odd')
  return {
    method: request.method ?? '',
    path: url.pathname,
    query: url.searchParams,
    headers: request.headers,
    body: Buffer.concat(chunks).toString('utf8'),
  }
}

function json(value: object): OddAnswer {
  return { status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(value) }
}

function without(value: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined))
}

function encode(text: string): string {
  return Buffer.from(text).toString('base64url')
}
