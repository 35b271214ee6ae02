/** How we prove to an upstream who we are: what each method needs (OIDC Core §9, RFC 8705 §2). */

import type { SettingsMistake } from '../../../settings-mistake.ts'
import type { UpstreamProperties } from '../../upstream.ts'

type Mistakes = readonly SettingsMistake[]

/** The properties, and which secrets there are: given now, or kept from before. */
export interface WithSecrets {
  readonly properties: UpstreamProperties
  readonly hasSecret: boolean
  readonly hasCertificateKey: boolean
}

const CLIENT_AUTHENTICATION = 'OIDC Core §9 client authentication'

export function checkCredentials(whole: WithSecrets): Mistakes {
  return [
    ...checkSecret(whole),
    ...checkPublic(whole.properties),
    ...checkAssertionAlgorithm(whole.properties),
    ...checkCertificates(whole),
  ]
}

const BY_SECRET: readonly string[] = [
  'client_secret_basic',
  'client_secret_basic_unencoded',
  'client_secret_post',
  'client_secret_jwt',
]

function checkSecret({ properties, hasSecret }: WithSecrets): Mistakes {
  const { clientAuthMethod: method, idTokenSigningAlgs } = properties
  if (hasSecret) return []
  if (BY_SECRET.includes(method)) {
    return [{ member: 'client_secret', rule: CLIENT_AUTHENTICATION, message: `is missing: ${method} needs it` }]
  }
  // OIDC Core §10.1: a MAC is made with the client secret.
  const message = 'is missing: HS… in id_token_signing_algs needs it'
  return idTokenSigningAlgs.some(alg => alg.startsWith('HS'))
    ? [{ member: 'client_secret', rule: 'OIDC Core §10.1 symmetric signatures', message }]
    : []
}

/** RFC 9700 §2.1.1: nothing but the verifier ties the code to us when we have no credentials. */
function checkPublic({ clientAuthMethod, pkceMethod }: UpstreamProperties): Mistakes {
  if (clientAuthMethod !== 'none' || pkceMethod === 'S256') return []
  const message = 'must be S256: client_auth_method is none'
  return [{ member: 'pkce_method', rule: 'RFC 9700 §2.1.1 PKCE', message }]
}

function checkAssertionAlgorithm({ clientAuthMethod: method, clientAssertionAlg: alg }: UpstreamProperties): Mistakes {
  if (alg === undefined) return []
  const problem = (message: string): Mistakes => [
    { member: 'client_assertion_alg', rule: CLIENT_AUTHENTICATION, message },
  ]
  const isMac = alg.startsWith('HS')
  switch (method) {
    case 'client_secret_jwt':
      return isMac ? [] : problem(`"${alg}" does not go with ${method}: HS256, HS384 or HS512 do`)
    case 'private_key_jwt':
      return isMac ? problem(`"${alg}" does not go with ${method}: it signs with a key of ours, not with a secret`) : []
    default:
      return problem(`means nothing for ${method}: leave it out, or set client_auth_method to private_key_jwt`)
  }
}

function checkCertificates({ properties, hasCertificateKey }: WithSecrets): Mistakes {
  if (properties.clientAuthMethod !== 'tls_client_auth') return []
  const given: readonly (readonly [member: string, isThere: boolean])[] = [
    ['client_certificate', properties.clientCertificate !== undefined],
    ['client_certificate_key', hasCertificateKey],
  ]
  return given
    .filter(([, isThere]) => !isThere)
    .map(([member]) => ({
      member,
      rule: 'RFC 8705 §2 tls_client_auth',
      message: 'is missing: tls_client_auth needs it',
    }))
}
