/** Client authentication (RFC 6749 §2.3, OIDC Core §9, RFC 8705 §2): is the caller the client it says it is? */

import type { PresentedCredentials } from '../../spec/client-credentials.ts'
import { jsonText } from '../../spec/params.ts'
import { isRefusal, type Refusal, refuse } from '../../spec/refusal.ts'
import type { SingleUse } from '../single-use/single-use.ts'
import type { CheckSecret } from './authentication/check-secret.ts'
import { type ClientCertificate, checkOwnKey, checkSubject } from './authentication/match-certificate.ts'
import { type AssertionPorts, verifyAssertion } from './authentication/verify-assertion.ts'
import { type AttestationPorts, verifyAttestation } from './authentication/verify-attestation.ts'
import type { Client, TokenEndpointAuthMethod } from './client.ts'
import type { ClientKeys } from './client-keys.ts'
import type { ClientRepository } from './client-repository.ts'

/** When and where a client shows its credentials, and with what connection. */
export interface Showing {
  readonly now: Date
  readonly address: string
  /** Our own URL of the endpoint that is called. */
  readonly endpoint: string
  readonly certificate?: ClientCertificate | undefined
}

export interface Authenticated {
  readonly client: Client
  readonly method: TokenEndpointAuthMethod
  /** What counts once, and has to be used up before the answer is given. */
  readonly uses: readonly SingleUse[]
  /** Of the assertion, when it was one: its algorithm and whom it was for. */
  readonly assertion?: { readonly alg: string; readonly audience: unknown }
  /** The thumbprint of an attested installation's key. */
  readonly instanceKey?: string
}

export interface ClientAuthentication {
  /** What this server takes, with its settings as they are; discovery lists the same. */
  readonly methods: readonly TokenEndpointAuthMethod[]
  authenticate(presented: PresentedCredentials, showing: Showing): Promise<Authenticated | Refusal>
}

export interface ClientAuthenticationPorts extends AssertionPorts, AttestationPorts {
  readonly clients: Pick<ClientRepository, 'findByClientId'>
  readonly clientKeys: Pick<ClientKeys, 'verify' | 'publicKeys'>
  readonly checkSecret: CheckSecret
  readonly methods: readonly TokenEndpointAuthMethod[]
  readonly issuer: string
  readonly tokenEndpoint: string
}

export function createClientAuthentication(ports: ClientAuthenticationPorts): ClientAuthentication {
  const { clients, clientKeys, checkSecret, issuer, tokenEndpoint, methods } = ports

  async function authenticateWithoutSecret(client: Client, { certificate }: Showing): Promise<Authenticated | Refusal> {
    const allowed = client.tokenEndpointAuthMethods
    if (allowed.includes('tls_client_auth'))
      return checkSubject(client, certificate) ?? { client, method: 'tls_client_auth', uses: [] }
    if (allowed.includes('self_signed_tls_client_auth')) {
      const keys = await clientKeys.publicKeys(client)
      return checkOwnKey(client, certificate, keys) ?? { client, method: 'self_signed_tls_client_auth', uses: [] }
    }
    return { client, method: 'none', uses: [] }
  }

  return {
    methods,
    async authenticate(presented, showing) {
      const client = checkClient(await clients.findByClientId(presented.clientId), presented)
      if (isRefusal(client)) return client
      const { method } = presented
      switch (method) {
        case 'none':
          return authenticateWithoutSecret(client, showing)
        case 'client_secret_basic':
        case 'client_secret_post':
          return (await checkSecret(client, presented.secret, showing)) ?? { client, method, uses: [] }
        case 'client_secret_jwt':
        case 'private_key_jwt': {
          // RFC 7523 §3, RFC 9126 §2: the issuer, the token endpoint, or the endpoint that is called.
          const audiences = [issuer, tokenEndpoint, showing.endpoint]
          const use = await verifyAssertion(client, presented, { now: showing.now, audiences }, ports)
          if (isRefusal(use)) return use
          const { header, payload } = presented.jws
          return { client, method, uses: [use], assertion: { alg: jsonText(header.alg), audience: payload.aud } }
        }
        case 'attest_jwt_client_auth': {
          const verified = verifyAttestation(client, presented, showing.now, ports)
          if (isRefusal(verified)) return verified
          return { client, method, uses: [verified.use], instanceKey: verified.instanceKey }
        }
      }
    },
  }
}

/** What a client that presents nothing but its `client_id` may have been registered with. */
const WITHOUT_SECRET: readonly TokenEndpointAuthMethod[] = ['none', 'tls_client_auth', 'self_signed_tls_client_auth']

function checkClient(client: Client | undefined, presented: PresentedCredentials): Client | Refusal {
  const { method } = presented
  const facts = { client_id: presented.clientId.slice(0, 100), method }
  if (client === undefined)
    return refuse('invalid_client', 'client authentication failed', 'RFC 6749 §5.2 the client is known', facts)
  if (client.disabledAt !== undefined)
    return refuse('invalid_client', 'client authentication failed', 'the client is enabled', facts)
  const allowed = client.tokenEndpointAuthMethods
  const isAllowed = method === 'none' ? allowed.some(way => WITHOUT_SECRET.includes(way)) : allowed.includes(method)
  if (isAllowed) return client
  // A public client has no secret to check; what it sends all the same (an empty Basic password, a left-over secret) proves nothing.
  if (client.type === 'public')
    return refuse('invalid_client', 'this client is public and has no secret', 'RFC 6749 §2.1 client type', facts)
  return refuse(
    'invalid_client',
    `authentication method ${method} is not allowed for this client`,
    'OIDC Core §9 token_endpoint_auth_method',
    { ...facts, allowed },
  )
}
