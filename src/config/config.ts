/** The configuration as the program sees it: checked, complete, with every file it names already read. */

import type { LeftSetting, ShownSetting } from '../core/administration/ports.ts'
import type { WrittenThing } from '../core/declarations/plan.ts'
import type { StoredSetting } from '../core/settings/stored-setting.ts'
import type { ParsedSettings } from './config-schema.ts'
import type { ReadReference } from './secret-references.ts'
import type { ListenAddress } from './sections/listen.ts'

/** Members named `…Seconds` are durations; addresses and networks are text such as `10.0.0.0/8`. */
export interface Config
  extends Pick<
    ParsedSettings,
    | 'proxies'
    | 'outbound'
    | 'log'
    | 'sessions'
    | 'tokens'
    | 'flows'
    | 'authentication'
    | 'requests'
    | 'device'
    | 'dpop'
    | 'attestation'
    | 'throttling'
    | 'passwords'
    | 'branding'
    | 'metrics'
    | 'audit'
    | 'registration'
    | 'resources'
    | 'apply'
  > {
  readonly clientIdMetadataDocuments: ParsedSettings['client_id_metadata_documents']
  /** Without a slash at the end; may have a path. */
  readonly issuer: string
  readonly listen: ListenAddress
  /** `sqlite:` and an absolute path, or a `postgres://` URL (with its password: not for logs). */
  readonly database: string
  readonly masterKey: MasterKeySource
  readonly authorizationDetails: ParsedSettings['authorization_details']
  readonly assertionIssuers: ParsedSettings['assertion_issuers']
  readonly mail?: MailSettings
  readonly broker: ParsedSettings['broker']
  readonly secrets: ParsedSettings['secrets']
  /** What the files declare: secrets in it may be references. */
  readonly declared: readonly WrittenThing[]
  /** Every setting as it was written or as it is without being written, without secrets: for people who manage the server. */
  readonly shown: readonly ShownSetting[]
  /** What this becomes with settings from the database below files and environment. */
  readonly withStored: (stored: readonly StoredSetting[]) => ConfigWithStored
  /** For secrets of upstreams that are kept outside. */
  readonly readReference: ReadReference
  /** Absolute paths of PEM files that belong together. Absent: plain HTTP. */
  readonly tls?: {
    readonly certificateFile: string
    readonly keyFile: string
    /** Clients are asked for a certificate. */
    readonly requestsClientCertificate: boolean
    /** The authorities whose client certificates count. */
    readonly clientCaFile?: string
  }
}

export interface ConfigWithStored {
  readonly config: Config
  /** What does not count, because it breaks a rule. */
  readonly left: readonly LeftSetting[]
}

export type MasterKeySource =
  | { readonly kind: 'given'; readonly text: string }
  /** Nobody gave one: the server keeps its own in this file (absolute path) and makes it when it is missing. */
  | { readonly kind: 'own-file'; readonly path: string }

export interface MailSettings {
  readonly host: string
  readonly port: number
  /** TLS from the first byte; otherwise `startTls` says what becomes of the connection. */
  readonly isTls: boolean
  readonly startTls: 'required' | 'opportunistic' | 'none'
  readonly user?: string
  readonly password?: string
  readonly from: string
}
