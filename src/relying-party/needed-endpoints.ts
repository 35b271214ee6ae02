/** Whether it is known where everything is that a sign-in needs (OIDC Discovery §3). */

import { isLoopbackHost } from '../lib/loopback-host.ts'
import { type Refusal, refuse } from '../spec/refusal.ts'
import { placeOf } from './answer-facts.ts'
import type { ReadyUpstream } from './upstream-metadata.ts'

export function checkSignInEndpoints(ready: ReadyUpstream, issuer: string): Refusal | undefined {
  return checkKnown(ready) ?? checkEncrypted(ready, issuer)
}

function checkKnown({ upstream, endpoints }: ReadyUpstream): Refusal | undefined {
  const isOidc = upstream.kind === 'oidc'
  const verifies = isOidc && !upstream.disableJwtValidation
  const needsKey = verifies && upstream.validateSignatures && !onlySecrets(upstream.idTokenSigningAlgs)
  const missing = [
    ...(endpoints.authorizationEndpoint === undefined ? ['authorization_endpoint'] : []),
    ...(endpoints.tokenEndpoint === undefined ? ['token_endpoint'] : []),
    ...(verifies && upstream.validateIssuer && endpoints.issuer === undefined ? ['issuer'] : []),
    ...(needsKey && upstream.useJwksUri && endpoints.jwksUri === undefined ? ['jwks_uri'] : []),
    ...(needsKey && !upstream.useJwksUri && upstream.publicKey === undefined ? ['public_key'] : []),
  ]
  if (missing.length === 0) return undefined
  return refuse(
    'server_error',
    'it is not known where to sign in at the upstream',
    'OIDC Discovery §3 endpoints of the upstream',
    { upstream: upstream.alias, missing },
  )
}

/** OIDC Core §3.1.2.1: with TLS, so that nobody between the browser and the upstream answers in its place. Tests happen on one machine. */
function checkEncrypted(
  { endpoints: { authorizationEndpoint = '' } }: ReadyUpstream,
  issuer: string,
): Refusal | undefined {
  const url = URL.parse(authorizationEndpoint)
  if (url?.protocol === 'https:' || issuer.startsWith('http:') || isLoopbackHost(url?.hostname ?? '')) return undefined
  return refuse(
    'server_error',
    'people would be sent to the upstream without encryption',
    'OIDC Core §3.1.2.1 the upstream is reached with TLS',
    { endpoint: placeOf(authorizationEndpoint) },
  )
}

function onlySecrets(algs: readonly string[]): boolean {
  return algs.length > 0 && algs.every(alg => alg.startsWith('HS'))
}
