/** What an upstream answers, and what of it is believed: tokens, keys, user info. */

import { inSection, type SettingRow } from '../settings-row.ts'

export const TOKEN_ROWS: readonly SettingRow[] = inSection('The token request, and what it brings', [
  {
    name: 'token_parameters',
    member: 'tokenParameters',
    kind: 'map',
    about: 'Sent with every token request.',
    aurora: 'Token: Static Parameter',
  },
  {
    name: 'token_headers',
    member: 'tokenHeaders',
    kind: 'map',
    about: 'Headers of every token request. They are shown by `upstream show`: no place for secrets.',
    aurora: 'Token: Header parameters',
  },
  {
    name: 'validate_signatures',
    member: 'validateSignatures',
    kind: 'boolean',
    about: 'The signature of the ID token is verified. Without it, only TLS says that the token is from the upstream.',
    keycloak: '`config.validateSignature` Validate signatures (default off)',
  },
  {
    name: 'use_jwks_uri',
    member: 'useJwksUri',
    kind: 'boolean',
    about: 'Keys come from `jwks_uri`; otherwise `public_key` is the only one.',
    keycloak: '`config.useJwksUrl` Use JWKS URL',
  },
  {
    name: 'public_key',
    member: 'publicKey',
    kind: 'pem',
    standard: 'none',
    about:
      'Its key, PEM: a public key or a certificate; of a public key the base64 alone will do, as Keycloak exports it.',
    keycloak: '`config.publicKeySignatureVerifier` Validating public key',
  },
  {
    name: 'public_key_id',
    member: 'publicKeyId',
    kind: 'text',
    standard: 'any `kid` will do',
    about: 'The `kid` that `public_key` counts for.',
    keycloak: '`config.publicKeySignatureVerifierKeyId` Validating public key id',
  },
  {
    name: 'id_token_signing_algs',
    member: 'idTokenSigningAlgs',
    kind: 'list',
    standard: 'what discovery lists, without `none` and `HS…`; else `RS256`',
    about:
      'The algorithms that an ID token may be signed with. `HS…` only counts where it stands here, and uses the client secret.',
    keycloak: 'the `alg` of the keys',
  },
  {
    name: 'require_encrypted_id_token',
    member: 'requireEncryptedIdToken',
    kind: 'boolean',
    about: 'An ID token that is not encrypted to us is refused. Encrypted ones are always understood.',
  },
  {
    name: 'validate_issuer',
    member: 'validateIssuer',
    kind: 'boolean',
    about: 'The `iss` of the ID token has to be `issuer`.',
    keycloak: 'an empty `config.issuer`, the other way round',
    aurora: 'an empty Issuer, the other way round',
  },
  {
    name: 'audience',
    member: 'audience',
    kind: 'list',
    standard: 'our `client_id`',
    about: 'One of these has to be the `aud` of the ID token.',
    aurora: 'Audience Override',
  },
  {
    name: 'clock_skew',
    member: 'clockSkewSeconds',
    kind: 'seconds',
    about: 'By how many seconds its clock may differ from ours, at most 10 minutes.',
    keycloak: '`config.allowedClockSkew` Allowed clock skew (default 0)',
  },
  {
    name: 'auth_time_required',
    member: 'authTimeRequired',
    kind: 'boolean',
    about:
      'Where an app demands a fresh sign-in (`max_age`, `prompt=login`), the answer has to say in `auth_time` when it was. Without it, an upstream that was asked for one and says nothing is believed.',
  },
  {
    name: 'disable_jwt_validation',
    member: 'disableJwtValidation',
    kind: 'boolean',
    about:
      'For testing only: whatever the ID token says is believed, so that anybody can sign in as anybody who came through it.',
    aurora: 'Disable JWT validation (for testing purposes only)',
  },
  {
    name: 'access_token_is_jwt',
    member: 'accessTokenIsJwt',
    kind: 'boolean',
    about: 'The access token is verified like the ID token, and mappings may look into it.',
    keycloak: '`config.isAccessTokenJWT` Access token is JWT',
  },
  {
    name: 'check_token_type',
    member: 'checkTokenType',
    kind: 'boolean',
    about:
      'A JWT has to be of its kind, by its `typ` (RFC 9068 §4) or by its claims: no token counts in the place of another.',
    keycloak: '`config.disableTypeClaimCheck` Disable type claim check, the other way round',
  },
])

export const USERINFO_ROWS: readonly SettingRow[] = inSection('User info', [
  {
    name: 'disable_userinfo',
    member: 'disableUserinfo',
    kind: 'boolean',
    about: 'The user info endpoint is not asked.',
    keycloak: '`config.disableUserInfo` Disable user info',
    aurora: 'an empty User Info URL',
  },
  {
    name: 'userinfo_method',
    member: 'userinfoMethod',
    kind: 'choice',
    choices: ['GET', 'POST'],
    about: 'OIDC Core §5.3.1; the access token is in the header either way.',
    aurora: 'Use POST request',
  },
  {
    name: 'userinfo_parameters',
    member: 'userinfoParameters',
    kind: 'map',
    about: 'Sent with every user info request: in the query, or in the form of a POST.',
    aurora: 'User Info: Static Parameters',
  },
  {
    name: 'userinfo_headers',
    member: 'userinfoHeaders',
    kind: 'map',
    about: 'Headers of every user info request. They are shown by `upstream show`: no place for secrets.',
    aurora: 'User Info: Header Parameters',
  },
  {
    name: 'userinfo_documents',
    member: 'userinfoDocuments',
    kind: 'map',
    about:
      'Names and URLs of further documents: read with the access token, and put into the user info under their names (the addresses of GitHub: `emails=https://api.github.com/user/emails`).',
    keycloak: 'built into the social providers',
  },
])
