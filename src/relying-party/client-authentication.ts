/** How we prove to an upstream who we are (RFC 6749 §2.3, OIDC Core §9, RFC 8705 §2). */

import { createSecretKey } from 'node:crypto'
import { type ClientAuth, ClientSecretBasic, ClientSecretPost, None, TlsClientAuth } from 'oauth4webapi'
import type { Upstream } from '../core/upstreams/upstream.ts'
import { secondsOf } from '../lib/clock.ts'
import type { OutboundRequest } from '../lib/guarded-fetch.ts'
import { newUuid } from '../lib/id.ts'
import { createJwsSigner, isAsymmetric, type JwsSigner, minSecretOctets } from '../spec/jws.ts'
import { isRefusal, type Refusal, refuse } from '../spec/refusal.ts'
import { certificateKeyOf, clientSecretOf } from './client-secret.ts'
import type { RelyingPartyRoom } from './room.ts'

export interface OurProof {
  readonly authenticate: ClientAuth
  /** For the handshake of every request to the upstream. */
  readonly certificate: OutboundRequest['clientCertificate']
}

const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
const ASSERTION_SECONDS = 60

export async function proofOf(
  upstream: Upstream,
  tokenEndpoint: string,
  room: RelyingPartyRoom,
): Promise<OurProof | Refusal> {
  const certificate = certificateOf(upstream, room)
  if (isRefusal(certificate)) return certificate
  const authenticate = await authenticationOf(upstream, tokenEndpoint, room)
  return isRefusal(authenticate) ? authenticate : { authenticate, certificate }
}

async function authenticationOf(
  upstream: Upstream,
  tokenEndpoint: string,
  room: RelyingPartyRoom,
): Promise<ClientAuth | Refusal> {
  switch (upstream.clientAuthMethod) {
    case 'tls_client_auth':
      return TlsClientAuth()
    case 'none':
      // RFC 9700 §2.1.1: without a secret only PKCE binds a code to us.
      if (upstream.pkceMethod !== 'off') return None()
      return refuse(
        'server_error',
        'the upstream knows us neither by a secret nor by PKCE',
        'RFC 9700 §2.1.1 PKCE at the upstream',
      )
    case 'private_key_jwt':
      return byAssertion(upstream, tokenEndpoint, await ourSigner(upstream, room), room)
    default:
      return bySecret(upstream, tokenEndpoint, room)
  }
}

function bySecret(upstream: Upstream, tokenEndpoint: string, room: RelyingPartyRoom): ClientAuth | Refusal {
  const secret = clientSecretOf(upstream, room)
  if (isRefusal(secret)) return secret
  switch (upstream.clientAuthMethod) {
    case 'client_secret_basic':
      return ClientSecretBasic(secret)
    case 'client_secret_post':
      return ClientSecretPost(secret)
    case 'client_secret_jwt':
      return byAssertion(upstream, tokenEndpoint, secretSigner(upstream, secret), room)
    default:
      // Many servers never read RFC 6749 §2.3.1 to its end: they split at the colon and compare.
      return (_as, client, _body, headers) => headers.set('authorization', basic(client.client_id, secret))
  }
}

export function basic(name: string, password: string): string {
  return `Basic ${Buffer.from(`${name}:${password}`, 'utf8').toString('base64')}`
}

function ourSigner({ clientAssertionAlg = 'RS256' }: Upstream, { keys }: RelyingPartyRoom) {
  return isAsymmetric(clientAssertionAlg) ? keys.signer(clientAssertionAlg) : unfit(clientAssertionAlg)
}

function secretSigner({ clientAssertionAlg = 'HS256' }: Upstream, secret: string): JwsSigner | Refusal {
  if (isAsymmetric(clientAssertionAlg)) return unfit(clientAssertionAlg)
  const octets = Buffer.from(secret, 'utf8')
  // RFC 7518 §3.2.
  if (octets.length < minSecretOctets(clientAssertionAlg))
    return refuse(
      'server_error',
      'our secret at the upstream is too short to sign with',
      'RFC 7518 §3.2 length of the secret at the upstream',
      {
        alg: clientAssertionAlg,
      },
    )
  return createJwsSigner(clientAssertionAlg, '', createSecretKey(octets))
}

function unfit(alg: string): Refusal {
  return refuse(
    'server_error',
    'the algorithm does not fit the way we prove who we are',
    'client_assertion_alg of the upstream fits client_auth_method',
    { alg },
  )
}

/** RFC 7523 §2.2, §3. */
function byAssertion(
  { clientId, clientAssertionAudience }: Upstream,
  tokenEndpoint: string,
  signer: JwsSigner | Refusal,
  { clock, random }: RelyingPartyRoom,
): ClientAuth | Refusal {
  if (isRefusal(signer)) return signer
  return async (_as, _client, body) => {
    const now = secondsOf(clock.now())
    const assertion = await signer.sign({
      iss: clientId,
      sub: clientId,
      aud: clientAssertionAudience ?? tokenEndpoint,
      jti: newUuid(random),
      iat: now,
      exp: now + ASSERTION_SECONDS,
    })
    body.set('client_id', clientId)
    body.set('client_assertion_type', ASSERTION_TYPE)
    body.set('client_assertion', assertion)
  }
}

export function certificateOf(upstream: Upstream, room: RelyingPartyRoom): OurProof['certificate'] | Refusal {
  const { clientCertificate: certificate, clientAuthMethod } = upstream
  if (certificate === undefined || upstream.clientCertificateKey === undefined) {
    if (clientAuthMethod !== 'tls_client_auth') return undefined
    return refuse(
      'server_error',
      'our certificate at the upstream is missing',
      'client_certificate of the upstream is set',
    )
  }
  const key = certificateKeyOf(upstream, room)
  return isRefusal(key) ? key : { certificate, key }
}
