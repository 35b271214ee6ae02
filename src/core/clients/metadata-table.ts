/** Every metadata value of a client that means something here (IANA, OAuth Dynamic Client Registration Metadata; and ours). */

import { ACCESS_ROWS } from './metadata/access-rows.ts'
import { ANSWER_ROWS } from './metadata/answer-rows.ts'
import { IDENTITY_ROWS } from './metadata/identity-rows.ts'
import { PROOF_ROWS } from './metadata/proof-rows.ts'
import { REQUEST_ROWS } from './metadata/request-rows.ts'
import type { MetadataRow } from './metadata-row.ts'

/** In the order of the reference and of `client show`. */
export const METADATA: readonly MetadataRow[] = [
  ...IDENTITY_ROWS,
  ...PROOF_ROWS,
  ...ACCESS_ROWS,
  ...REQUEST_ROWS,
  ...ANSWER_ROWS,
]

/** OIDC Registration §2.1: these may come in several languages, as `client_name#de`. */
export const LOCALIZABLE = ['client_name', 'client_uri', 'logo_uri', 'tos_uri', 'policy_uri'] as const

/**
 * What we say about a client in our answers (RFC 7591 §3.2.1, RFC 7592 §3) and in `client show`. It may come back when an app or an
 * operator sends a client as it was read; it is never taken from there.
 */
export const SAID_BY_SERVER: readonly string[] = [
  'client_id',
  'client_secret',
  'client_id_issued_at',
  'client_secret_expires_at',
  'registration_access_token',
  'registration_client_uri',
  'origin',
  'secrets',
  'outcome',
  'created_at',
  'updated_at',
  'disabled',
  'disabled_at',
  'client_secret_hash',
  'logo',
  'created_by',
  'updated_by',
  'owned_by',
]
