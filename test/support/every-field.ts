/** A value for each field that files may declare, and what has to be said along with it. */

import type { Document } from '../../src/core/administration/ports.ts'

const EC_KEY = {
  kty: 'EC',
  crv: 'P-256',
  x: 'MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4',
  y: '4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM',
}
const SIGNING = { keys: [{ ...EC_KEY, use: 'sig', alg: 'ES256', kid: 'a' }] }
const ENCRYPTING = { keys: [{ ...EC_KEY, use: 'enc', alg: 'ECDH-ES', kid: 'b' }] }
/** Made for these tests, and good for nothing else. */
const certificate = `-----BEGIN CERTIFICATE-----
MIIBcDCCARegAwIBAgIUQK3tl+LLE2PZt0I8S8l/AoxxzcAwCgYIKoZIzj0EAwIw
DTELMAkGA1UEAwwCdXMwIBcNMjYxMTIxMjE1ODUwWhgPMjEyNjEwMjgyMTU4NTBa
MA0xCzAJBgNVBAMMAnVzMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEEPT8CFBZ
RJLdXN2OKa2css55EREyB1H7yrOa/sak2XrMWEzVqNOpjDlY84pHUp8WH+4NppGm
nkez9FwttcywLKNTMFEwHQYDVR0OBBYEFEoa1VfuE1k+X3BJHKuDWLg85EIVMB8G
A1UdIwQYMBaAFEoa1VfuE1k+X3BJHKuDWLg85EIVMA8GA1UdEwEB/wQFMAMBAf8w
CgYIKoZIzj0EAwIDRwAwRAIgEvs3xiPElbnxh6JX5NiBx5uNEz4dIe42EbgNpf6h
qEkCIGZWZyNFpjw4odxvJJRC7SvW9fBTuOnFniCR1ZD9mnYf
-----END CERTIFICATE-----`
const key = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgHy90a2ukagufvqIw
QzZ6Y+cJjDxlIQJ4ecVAi0USpgWhRANCAAQQ9PwIUFlEkt1c3Y4prZyyznkRETIH
UfvKs5r+xqTZesxYTNWo06mMOVjzikdSnxYf7g2mkaaeR7P0XC21zLAs
-----END PRIVATE KEY-----`
const PUBLIC_KEY = `-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEEPT8CFBZRJLdXN2OKa2css55EREy
B1H7yrOa/sak2XrMWEzVqNOpjDlY84pHUp8WH+4NppGmnkez9FwttcywLA==
-----END PUBLIC KEY-----`
const CERTIFIED = { client_certificate: certificate, client_certificate_key: key }

const CIBA = 'urn:openid:params:grant-type:ciba'
const DIGEST = '$2b$12$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW'

/** By `resource.field`; fields that are not here take any text, number, or all of their choices. */
export const VALUES: Readonly<Record<string, readonly unknown[]>> = {
  'attributes.list': [true, false],
  'attributes.type': ['text', 'number', 'boolean', 'date', 'url', 'email', 'phone', 'json'],
  'attributes.choices': [['Sales', 'Board']],
  'attributes.claim': ['urn:example:claim'],
  'attributes.scopes': [['profile'], ['shoe']],
  'policies.rules': [
    [{ policy: 'one_factor', subject: ['group:staff', ['user:ada', 'group:x']], networks: ['10.0.0.0/8'] }],
  ],
  'clients.contacts': [['ada@example.com']],
  'clients.contact_email': ['ada@example.com'],
  'clients.jwks': [SIGNING],
  'clients.profile': ['default'],
  'clients.token_endpoint_auth_methods': [['client_secret_post'], ['client_secret_basic', 'client_secret_post']],
  'clients.token_endpoint_auth_method': ['client_secret_post'],
  'clients.token_endpoint_auth_signing_alg': ['ES256'],
  'clients.tls_client_auth_subject_dn': ['CN=app,O=Example'],
  'clients.tls_client_auth_san_dns': ['app.example.com'],
  'clients.tls_client_auth_san_ip': ['192.0.2.1'],
  'clients.tls_client_auth_san_uri': ['https://app.example.com/'],
  'clients.tls_client_auth_san_email': ['app@example.com'],
  'clients.authorization_policy': ['inside', 'two_factor'],
  'clients.redirect_uris': [['https://app.example.com/a', 'https://app.example.com/b?x=1']],
  'clients.post_logout_redirect_uris': [['https://app.example.com/out']],
  'clients.response_types': [['code'], ['code', 'none']],
  'clients.response_modes': [['query', 'form_post']],
  'clients.grant_types': [['authorization_code', 'refresh_token']],
  'clients.scope': ['openid profile', 'openid'],
  'clients.resources': [['https://api.example.com/']],
  'clients.authorization_details_types': [['payment']],
  'clients.token_exchange_subjects': [['other']],
  'clients.request_uris': [['https://app.example.com/request.jwt']],
  'clients.default_acr_values': [['1']],
  'clients.request_object_signing_alg': ['ES256'],
  'clients.request_object_encryption_alg': ['RSA-OAEP-256'],
  'clients.request_object_encryption_enc': ['A256GCM'],
  'clients.backchannel_token_delivery_mode': ['poll', 'ping'],
  'clients.backchannel_authentication_request_signing_alg': ['ES256'],
  'clients.access_token_signing_alg': ['PS256'],
  'clients.client_secret': ['another secret of an app, 0123456789'],
  'clients.client_secret_hash': [DIGEST],
  ...Object.fromEntries(
    ['id_token', 'userinfo', 'introspection', 'authorization'].flatMap(what => [
      [`clients.${what}_signed_response_alg`, ['ES256']],
      [`clients.${what}_encrypted_response_alg`, ['ECDH-ES']],
      [`clients.${what}_encrypted_response_enc`, ['A256GCM']],
    ]),
  ),
  'clients.backchannel_user_code_parameter': [false],
  'upstreams.preset': ['keycloak'],
  'upstreams.issuer': ['https://other.example'],
  'upstreams.client_certificate': [certificate],
  'upstreams.client_certificate_key': [key],
  'upstreams.public_key': [PUBLIC_KEY],
  'upstreams.logout_token_parameter': ['id'],
  'upstreams.post_logout_redirect_parameter': ['back'],
  'upstreams.kind': ['oidc', 'oauth2'],
  'upstreams.email_domains': [['example.com', 'example.org']],
  'upstreams.client_assertion_alg': ['HS512'],
  'upstreams.client_secret': ['another secret of the upstream'],
  'upstreams.scopes': ['openid email'],
  'upstreams.prompt': ['login'],
  'upstreams.forward_parameters': [['kc_idp_hint']],
  'upstreams.persist_parameters': [['kc_idp_hint']],
  'upstreams.id_token_signing_algs': [['RS256', 'ES256']],
  'upstreams.audience': [['us', 'them']],
  'upstreams.mappings': [[{ kind: 'attribute', attribute: 'nickname', claim: 'nick' }]],
  'upstreams.userinfo_documents': [{ groups: 'https://work.example/groups' }],
  'upstreams.link_proofs': [['mail']],
  'upstreams.amr': [['mfa']],
  'upstreams.stored_tokens_readable_by': [['other']],
  'upstreams.frontchannel_logout_frame_ancestors': [['https://work.example']],
  'accounts.sub': ['5f7c0a52-6c3b-4a57-9a7e-0f4f8f5f5c1d'],
  'accounts.email': ['ada@example.com'],
  'accounts.email_verified': [false],
  'accounts.name': ['Ada Lovelace'],
  'accounts.role': ['viewer', 'operator', 'administrator'],
  'accounts.groups': [['admins', 'staff'], []],
  'accounts.attributes': [{ locale: 'de', address: { country: 'DE' }, department: 'Sales' }],
  'accounts.password': ['a long password of ada'],
  'accounts.password_hash': [DIGEST],
}

const TLS = { token_endpoint_auth_method: 'tls_client_auth', client_secret: undefined }
const SIGNS = { jwks: SIGNING }
const encrypts = (what: string): Document => ({ jwks: ENCRYPTING, [`${what}_encrypted_response_alg`]: 'ECDH-ES' })

/** `undefined` takes away what is usual. */
export const ADDITIONS: Readonly<Record<string, Document>> = {
  'clients.client_type': { client_secret: undefined },
  'clients.token_endpoint_auth_signing_alg': {
    token_endpoint_auth_method: 'private_key_jwt',
    jwks: SIGNING,
    client_secret: undefined,
  },
  'clients.tls_client_auth_subject_dn': TLS,
  'clients.tls_client_auth_san_dns': TLS,
  'clients.tls_client_auth_san_ip': TLS,
  'clients.tls_client_auth_san_uri': TLS,
  'clients.tls_client_auth_san_email': TLS,
  'clients.client_secret_hash': { client_secret: undefined },
  'clients.require_signed_request_object': SIGNS,
  'clients.request_object_signing_alg': SIGNS,
  'clients.request_object_encryption_enc': { request_object_encryption_alg: 'RSA-OAEP-256' },
  'clients.backchannel_token_delivery_mode': {
    grant_types: [CIBA],
    backchannel_client_notification_endpoint: 'https://app.example.com/ciba',
  },
  'clients.backchannel_authentication_request_signing_alg': { ...SIGNS, grant_types: [CIBA] },
  ...Object.fromEntries(
    ['id_token', 'userinfo', 'introspection', 'authorization'].flatMap(what => [
      [`clients.${what}_encrypted_response_alg`, encrypts(what)],
      [`clients.${what}_encrypted_response_enc`, encrypts(what)],
    ]),
  ),
  'accounts.email_verified': { email: 'eve@example.com' },
  'upstreams.kind': { userinfo_endpoint: 'https://work.example/userinfo' },
  'upstreams.client_assertion_alg': { client_auth_method: 'client_secret_jwt' },
  'upstreams.client_auth_method': CERTIFIED,
  'upstreams.client_certificate': CERTIFIED,
  'upstreams.client_certificate_key': CERTIFIED,
  'upstreams.use_jwks_uri': { public_key: PUBLIC_KEY },
  'upstreams.standard_mappings': { mappings: [{ kind: 'attribute', attribute: 'ssoid', claim: 'sub' }] },
  'upstreams.essential_claim': { essential_claim_value: 'staff' },
  'upstreams.essential_claim_value': { essential_claim: 'role' },
  'upstreams.logout_mode': { logout_uri: 'https://work.example/out' },
}

/** Where there are several ways to say the same, and one in which it is shown. */
export const SHOWN: Readonly<Record<string, unknown>> = {
  'upstreams.discovery_uri': 'https://app.example.com/discovery_uri/.well-known/openid-configuration',
  'policies.rules': [
    { policy: 'one_factor', subject: [['group:staff'], ['user:ada', 'group:x']], networks: ['10.0.0.0/8'] },
  ],
}
