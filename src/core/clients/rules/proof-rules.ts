/** How a client proves who it is, and what that needs: secrets, keys, certificates. */

import { keyManagementOf } from '../../../spec/jwe.ts'
import type { SettingsMistake } from '../../settings-mistake.ts'
import { checkOneOf } from '../check-members.ts'
import type { ClientSettings, SupportedByServer } from '../client-settings.ts'
import type { ClientProperties } from '../profiles/profile-rule.ts'
import { isAsymmetric } from './value-rules.ts'

type Mistakes = readonly SettingsMistake[]

export function checkMethods(
  { type, tokenEndpointAuthMethods = [] }: ClientSettings,
  { authenticationMethods }: SupportedByServer,
): Mistakes {
  // RFC 6749 §2.1: a public client has nothing to prove itself with; RFC 7591 §2 `none`.
  const allowed = type === 'public' ? ['none'] : authenticationMethods.filter(method => method !== 'none')
  const rule = `OIDC Core §9, for ${type} clients`
  return tokenEndpointAuthMethods.flatMap(method =>
    checkOneOf('token_endpoint_auth_methods', method, allowed, rule).map(mistake => ({
      ...mistake,
      message: `${mistake.message}${type === 'public' ? ': the client is public' : (SWITCHED_ON_BY[method] ?? '')}`,
    })),
  )
}

const WITH_CERTIFICATES = ' (certificates come with tls.client_certificates or proxies.client_certificate_header)'
const SWITCHED_ON_BY: Readonly<Record<string, string>> = {
  tls_client_auth: WITH_CERTIFICATES,
  self_signed_tls_client_auth: WITH_CERTIFICATES,
  attest_jwt_client_auth: ' (it comes with attestation.issuers)',
}

export function checkProof(client: ClientProperties): Mistakes {
  return [
    ...checkAssertionAlg(client),
    ...checkCertificate(client),
    ...checkKeys(client),
    ...checkSecret(client),
    ...checkRequestObject(client),
  ]
}

/** OIDC Registration §2: the algorithm signs the assertions of a method that the client has. */
function checkAssertionAlg({
  tokenEndpointAuthSigningAlg: alg,
  tokenEndpointAuthMethods: methods,
}: ClientProperties): Mistakes {
  if (alg === undefined) return []
  const method = isAsymmetric(alg) ? 'private_key_jwt' : 'client_secret_jwt'
  return methods.includes(method)
    ? []
    : [
        {
          member: 'token_endpoint_auth_signing_alg',
          rule: 'OIDC Registration §2',
          message: `${alg} is for ${method}, which is not among token_endpoint_auth_methods`,
        },
      ]
}

/** RFC 8705 §2.1.2: exactly one of the five says which certificate it is. */
function checkCertificate(client: ClientProperties): Mistakes {
  const said = Object.entries({
    tls_client_auth_subject_dn: client.tlsClientAuthSubjectDn,
    tls_client_auth_san_dns: client.tlsClientAuthSanDns,
    tls_client_auth_san_uri: client.tlsClientAuthSanUri,
    tls_client_auth_san_ip: client.tlsClientAuthSanIp,
    tls_client_auth_san_email: client.tlsClientAuthSanEmail,
  }).flatMap(([name, value]) => (value === undefined ? [] : [name]))
  const rule = 'RFC 8705 §2.1.2 exactly one subject'
  const [member = 'tls_client_auth_subject_dn'] = said
  if (said.length > 1) return [{ member, rule, message: `only one of ${said.join(', ')} may be there` }]
  const isNeeded = client.tokenEndpointAuthMethods.includes('tls_client_auth')
  return isNeeded && said.length === 0
    ? [{ member, rule, message: 'or another tls_client_auth_… must say which certificate it is' }]
    : []
}

/** RFC 7591 §2: jwks and jwks_uri MUST NOT both be there; one is needed where we verify or encrypt with a key of the client. */
function checkKeys(client: ClientProperties): Mistakes {
  if (client.jwks !== undefined && client.jwksUri !== undefined) {
    return [{ member: 'jwks_uri', rule: 'RFC 7591 §2 jwks or jwks_uri', message: 'cannot be there together with jwks' }]
  }
  if (client.jwks !== undefined || client.jwksUri !== undefined) return []
  const [reason] = keyReasons(client)
  return reason === undefined
    ? []
    : [{ member: 'jwks', rule: 'RFC 7591 §2 jwks', message: `or jwks_uri must be there for ${reason}` }]
}

function keyReasons(client: ClientProperties): readonly string[] {
  const needs = (name: string, alg: string | undefined): readonly string[] =>
    alg !== undefined && alg !== 'none' && isAsymmetric(alg) ? [`${name} ${alg}`] : []
  const { requestObjectSigningAlg } = client
  return [
    ...client.tokenEndpointAuthMethods.filter(
      method => method === 'private_key_jwt' || method === 'self_signed_tls_client_auth',
    ),
    ...needs('request_object_signing_alg', requestObjectSigningAlg),
    ...(client.requireSignedRequestObject === true && requestObjectSigningAlg === undefined
      ? ['require_signed_request_object']
      : []),
    ...needs('backchannel_authentication_request_signing_alg', client.backchannelAuthenticationRequestSigningAlg),
    ...answerEncryptions(client).flatMap(([name, alg]) =>
      keyManagementOf(alg) === 'secret' ? [] : [`${name} ${alg}`],
    ),
  ]
}

/** RFC 9101 §10.5: with require_signed_request_object, `none` is refused. */
function checkRequestObject(client: ClientProperties): Mistakes {
  return client.requireSignedRequestObject === true && client.requestObjectSigningAlg === 'none'
    ? [
        {
          member: 'request_object_signing_alg',
          rule: 'RFC 9101 §10.5',
          message: 'cannot be none where request objects must be signed (require_signed_request_object)',
        },
      ]
    : []
}

/** OIDC Core §10.1, §10.2: HS* and symmetric encryption are made with the secret of the client. */
function checkSecret(client: ClientProperties): Mistakes {
  return secretMembers(client).flatMap(([member, alg]) =>
    client.type === 'confidential'
      ? []
      : [
          {
            member,
            rule: 'OIDC Core §10.1',
            message: `${alg} needs a client secret, which a public client does not have`,
          },
        ],
  )
}

/** The members that only work with a secret that we can read again. */
function secretMembers(client: ClientProperties): readonly (readonly [member: string, alg: string])[] {
  const signatures = [
    ['id_token_signed_response_alg', client.idTokenSignedResponseAlg],
    ['userinfo_signed_response_alg', client.userinfoSignedResponseAlg],
    ['introspection_signed_response_alg', client.introspectionSignedResponseAlg],
    ['authorization_signed_response_alg', client.authorizationSignedResponseAlg],
    ['request_object_signing_alg', client.requestObjectSigningAlg],
    ['token_endpoint_auth_signing_alg', client.tokenEndpointAuthSigningAlg],
  ] as const
  const encryptions = [
    ...answerEncryptions(client),
    ['request_object_encryption_alg', client.requestObjectEncryptionAlg] as const,
  ]
  return [
    ...signatures.flatMap(([member, alg]) => (alg?.startsWith('HS') ? [[member, alg] as const] : [])),
    ...encryptions.flatMap(([member, alg]) =>
      alg !== undefined && keyManagementOf(alg) === 'secret' ? [[member, alg] as const] : [],
    ),
  ]
}

function answerEncryptions(client: ClientProperties) {
  const rows = [
    ['id_token_encrypted_response_alg', client.idTokenEncryptedResponseAlg],
    ['userinfo_encrypted_response_alg', client.userinfoEncryptedResponseAlg],
    ['introspection_encrypted_response_alg', client.introspectionEncryptedResponseAlg],
    ['authorization_encrypted_response_alg', client.authorizationEncryptedResponseAlg],
  ] as const
  return rows.flatMap(([name, alg]) => (alg === undefined ? [] : [[name, alg] as const]))
}
