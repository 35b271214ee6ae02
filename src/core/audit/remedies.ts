/** What an administrator can do about a refusal, by the rule that was not met. Pure; the words of `sallyport why`. */

import type { Facts } from '../../spec/refusal.ts'
import { ADMINISTRATION_REMEDIES } from './administration-remedies.ts'
import { ARRIVAL_REMEDIES } from './arrival-remedies.ts'
import { AUTHORIZATION_REMEDIES } from './authorization-remedies.ts'
import { CLIENT_REMEDIES } from './client-remedies.ts'
import { DEFERRED_REMEDIES } from './deferred-remedies.ts'
import { DELIVERY_REMEDIES } from './delivery-remedies.ts'
import { IDENTITY_REMEDIES } from './identity-remedies.ts'
import { KEY_REMEDIES } from './key-remedies.ts'
import { MAPPING_REMEDIES } from './mapping-remedies.ts'
import { POLICY_REMEDIES } from './policy-remedies.ts'
import { PROOF_REMEDIES } from './proof-remedies.ts'
import { REGISTRATION_REMEDIES } from './registration-remedies.ts'
import { RELYING_PARTY_REMEDIES } from './relying-party-remedies.ts'
import type { RefusedCase, RemedyRow, SettingOwner } from './remedy-row.ts'
import { REQUEST_REMEDIES } from './request-remedies.ts'
import { RESOURCE_REMEDIES } from './resource-remedies.ts'
import { SIGN_IN_REMEDIES } from './sign-in-remedies.ts'
import { TOKEN_REMEDIES } from './token-remedies.ts'
import { UPSTREAM_LOGOUT_REMEDIES } from './upstream-logout-remedies.ts'
import { UPSTREAM_REMEDIES } from './upstream-remedies.ts'
import { UPSTREAM_TOKEN_REMEDIES } from './upstream-token-remedies.ts'

export interface Remedy {
  /** The facts in words: what the rule looked at, and what it saw. */
  readonly why: string
  readonly advice: string
  /** The setting behind the rule: `tokens.access_token` of the server, `require_pkce` of the client, or `logout_mode` of the upstream. */
  readonly setting?: string
  /** Whose setting it is: `resources` is one of the server and one of each client. */
  readonly settingOf?: SettingOwner
  /** Complete commands for a POSIX shell, quoted. What is not known stands in capitals. */
  readonly commands: readonly string[]
}

export interface Refused {
  readonly rule: string
  readonly facts: Facts
  /** When, in ISO 8601. */
  readonly at: string
  /** The app and the person the refusal is about, where known. */
  readonly clientId?: string | undefined
  readonly username?: string | undefined
}

/** One row per rule; a rule that is made with a value in it is known by its beginning. */
export const REMEDIES: readonly RemedyRow[] = [
  ...SIGN_IN_REMEDIES,
  ...ADMINISTRATION_REMEDIES,
  ...ARRIVAL_REMEDIES,
  ...DEFERRED_REMEDIES,
  ...DELIVERY_REMEDIES,
  ...CLIENT_REMEDIES,
  ...MAPPING_REMEDIES,
  ...AUTHORIZATION_REMEDIES,
  ...POLICY_REMEDIES,
  ...PROOF_REMEDIES,
  ...KEY_REMEDIES,
  ...IDENTITY_REMEDIES,
  ...REGISTRATION_REMEDIES,
  ...REQUEST_REMEDIES,
  ...RESOURCE_REMEDIES,
  ...TOKEN_REMEDIES,
  ...UPSTREAM_REMEDIES,
  ...UPSTREAM_TOKEN_REMEDIES,
  ...RELYING_PARTY_REMEDIES,
  ...UPSTREAM_LOGOUT_REMEDIES,
]

export function findRemedy(refused: Refused): Remedy | undefined {
  const row = REMEDIES.find(({ rule }) => refused.rule.startsWith(rule)) ?? protocolRow(refused.rule)
  if (row === undefined) return undefined
  const about: RefusedCase = {
    facts: refused.facts,
    at: refused.at,
    clientId: known(refused.facts.client_id) ?? refused.clientId,
    username: known(refused.facts.username) ?? refused.username,
  }
  return {
    why: row.why(about),
    advice: typeof row.advice === 'string' ? row.advice : row.advice(about),
    ...(row.setting === undefined || row.hasSetting?.(about) === false
      ? {}
      : { setting: row.setting, settingOf: ownerOf(row) }),
    commands: row.commands?.(about) ?? [],
  }
}

/** Names with a dot stand in the settings file; the others belong to the client, unless their row says otherwise. */
function ownerOf({ setting, settingOf }: RemedyRow): SettingOwner {
  return settingOf ?? (setting?.includes('.') ? 'server' : 'client')
}

/** The rules of a protocol that no setting changes: only the app's own code can meet them. */
function protocolRow(rule: string): RemedyRow | undefined {
  if (!/^(?:RFC|CIMD|OIDC|OAuth|RP-Initiated|CIBA|JARM|FAPI|Attestation-Based)\b/.test(rule)) return undefined
  return {
    rule,
    why: () => 'The request of the app breaks a rule of the protocol.',
    advice: 'No setting changes this: whoever looks after the app has to correct its request.',
  }
}

function known(fact: Facts[string] | undefined): string | undefined {
  return typeof fact === 'string' && fact !== '' ? fact : undefined
}
