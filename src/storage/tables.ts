/** The tables as they are after the last migration. Ids and hashes are bytes, times are milliseconds, truth is 0 or 1. */

type Bytes = Uint8Array
type Time = number
type Json = string

export interface Tables {
  account: AccountRow
  attribute_definition: NamedRow
  audit_event: AuditEventRow
  client: ClientRow
  client_logo: ClientLogoRow
  client_secret_use: ClientSecretUseRow
  consent: ConsentRow
  declaration: DeclarationRow
  deferred_grant: DeferredGrantRow
  delivery: DeliveryRow
  flow: FlowRow
  grant: GrantRow
  identity: IdentityRow
  initial_access_token: InitialAccessTokenRow
  lease: LeaseRow
  milestone: MilestoneRow
  policy: NamedRow
  pushed_request: PushedRequestRow
  revision: RevisionRow
  revoked_access_token: RevokedAccessTokenRow
  session: SessionRow
  setting: SettingRow
  signing_key: SigningKeyRow
  throttle: ThrottleRow
  upstream: UpstreamRow
  upstream_attempt: UpstreamAttemptRow
  upstream_session: UpstreamSessionRow
  used_once: UsedOnceRow
  user_group: UserGroupRow
}

export interface AccountRow {
  id: Bytes
  subject: string
  username: string
  /** `loginKey` of the user name; unique. */
  username_key: string
  email: string | null
  /** `loginKey` of the address; unique. */
  email_key: string | null
  email_verified: number
  password_hash: string | null
  role: string | null
  groups: Json
  attributes: Json
  created_at: Time
  updated_at: Time
  disabled_at: Time | null
  valid_from: Time
  created_by: string | null
  updated_by: string | null
  /** `loginKey` of the full name, for searches. */
  name_key: string | null
  /** Of who set the password, where that was no administrator. */
  password_by_role: string | null
  /** Of who gave the account a password, an address or a link, where that was no administrator. */
  way_in_by_role: string | null
}

export interface AuditEventRow {
  id: Bytes
  at: Time
  type: string
  account_id: Bytes | null
  client_uid: Bytes | null
  address: string
  request_id: string | null
  trace_code: string | null
  /** 1: not found by its trace code. */
  routine: number
  detail: Json
}

export interface ClientRow {
  uid: Bytes
  client_id: string
  created_at: Time
  /** All other members. */
  settings: Json
}

export interface ClientLogoRow {
  client_uid: Bytes
  media_type: string
  digest: string
  content: Bytes
  created_at: Time
}

export interface ClientSecretUseRow {
  client_uid: Bytes
  secret_id: Bytes
  last_used_at: Time
}

export interface DeclarationRow {
  kind: string
  key: string
  source: string
  document: Json
  applied_at: Time
}

/** Policies and kinds of attributes. */
export interface NamedRow {
  name: string
  created_at: Time
  /** All other members. */
  settings: Json
}

export interface ConsentRow {
  account_id: Bytes
  client_uid: Bytes
  scopes: Json
  granted_at: Time
  expires_at: Time | null
}

export interface FlowRow {
  id: Bytes
  version: number
  trace_code: string
  created_at: Time
  expires_at: Time
  /** Purpose, state, the way through an upstream, and trace. */
  progress: Json
}

export interface GrantRow {
  id: Bytes
  account_id: Bytes
  session_id: Bytes
  redeemed_at: Time | null
  generation: number
  rotated_at: Time | null
  revoked_at: Time | null
  expires_at: Time
  /** What was decided when the grant was made and never changes, the client among it. */
  terms: Json
}

/** Who runs a job until when. */
export interface LeaseRow {
  job: string
  holder: string
  expires_at: Time
}

/** What happens once in the life of a database. */
export interface MilestoneRow {
  name: string
  reached_at: Time
}

/** One row; grows with every change of what nodes keep in memory. */
export interface RevisionRow {
  id: number
  number: number
}

export interface RevokedAccessTokenRow {
  token_hash: Bytes
  expires_at: Time
}

export interface SessionRow {
  id: Bytes
  generation: number
  account_id: Bytes
  auth_time: Time
  amr: Json
  created_at: Time
  expires_at: Time
  ended_at: Time | null
  address: string
  user_agent: string
  proven_at: Time | null
}

/** A setting that was changed while the server ran. */
export interface SettingRow {
  name: string
  value: Json
  updated_at: Time
  updated_by: string
}

export interface SigningKeyRow {
  kid: string
  alg: string
  public_jwk: Json
  sealed_private_key: Bytes
  master_key_id: string
  created_at: Time
  retired_at: Time | null
  unpublish_at: Time | null
}

export interface ThrottleRow {
  key: string
  level: number
  at: Time
  /** When the bucket will have leaked empty. */
  expires_at: Time
}

export interface DeferredGrantRow {
  id: Bytes
  kind: string
  client_uid: Bytes
  /** Unique. */
  user_code: string | null
  account_id: Bytes | null
  state: string
  grant_id: Bytes | null
  interval_seconds: number
  last_polled_at: Time | null
  created_at: Time
  expires_at: Time
  terms: Json
  notify_at: number | null
}

export interface InitialAccessTokenRow {
  id: Bytes
  label: string
  fixed_metadata: Json
  remaining_uses: number | null
  created_at: Time
  expires_at: Time | null
}

export interface PushedRequestRow {
  id: Bytes
  expires_at: Time
  /** All other members. */
  content: Json
}

export interface UsedOnceRow {
  key_hash: Bytes
  expires_at: Time
}

export interface UpstreamRow {
  uid: Bytes
  alias: string
  created_at: Time
  /** All other members. */
  settings: Json
}

export interface IdentityRow {
  id: Bytes
  upstream_uid: Bytes
  /** Unique with the upstream; so is the account. */
  subject: string
  account_id: Bytes
  label: string | null
  linked_at: Time
  last_sign_in_at: Time | null
  sealed_tokens: Bytes | null
  /** Of who linked it, where that was no administrator. */
  linked_by_role: string | null
}

export interface UpstreamAttemptRow {
  id: Bytes
  flow_id: Bytes
  upstream_uid: Bytes
  trace_code: string
  state: string
  terms: Json
  sealed_answer: Bytes | null
  created_at: Time
  expires_at: Time
}

export interface UpstreamSessionRow {
  session_id: Bytes
  upstream_uid: Bytes
  subject: string
  sub: string | null
  sid: string | null
  sealed_tokens: Bytes | null
  created_at: Time
  expires_at: Time
}

export interface DeliveryRow {
  id: Bytes
  kind: string
  about: Json
  trace_code: string | null
  sealed_content: Bytes | null
  state: string
  attempts: number
  next_at: Time | null
  last_result: string | null
  created_at: Time
  updated_at: Time
  expires_at: Time
}

export interface UserGroupRow {
  name: string
  created_at: Time
  updated_at: Time | null
  created_by: string | null
  updated_by: string | null
  description: string | null
}
