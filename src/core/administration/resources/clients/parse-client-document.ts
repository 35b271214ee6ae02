/** What was written about a client → settings, and all mistakes in its names and shapes; the rules of clients come after. */

import { didYouMean } from '../../../../lib/nearest-name.ts'
import type { Client } from '../../../clients/client.ts'
import type { SecretPorts } from '../../../clients/client-secrets.ts'
import type { ClientSettings } from '../../../clients/client-settings.ts'
import type { GivenSecret } from '../../../clients/given-secret.ts'
import {
  readRegistrationMetadata,
  registrationMetadataOf,
  unknownNames,
} from '../../../clients/registration-metadata.ts'
import { BUILT_IN_POLICIES } from '../../../policies/policy.ts'
import type { SettingsMistake } from '../../../settings-mistake.ts'
import { documentMistakes } from '../../document-mistakes.ts'
import { type Acting, type Document, isPlanned } from '../../ports.ts'
import { canonical } from '../../versions.ts'
import { CLIENT_FIELDS } from './client-fields.ts'

export interface ParsedClientDocument {
  readonly settings: Partial<Omit<ClientSettings, 'clientId'>>
  readonly clientId?: string
  readonly given: GivenSecret
  readonly disabled: boolean
  readonly mistakes: readonly SettingsMistake[]
}

/** Beside the metadata; what is only shown means nothing and may come back. */
const BESIDE = ['client_id', 'client_secret', 'client_secret_hash', 'disabled']
const BESIDE_FIELDS = CLIENT_FIELDS.filter(({ name, access }) => BESIDE.includes(name) && access !== 'once')

export function parseClientDocument(document: Document, existing?: Client): ParsedClientDocument {
  const read = readRegistrationMetadata(existing === undefined ? document : withoutRemains(document, existing))
  const beside = Object.fromEntries(Object.entries(document).filter(([name]) => BESIDE.includes(name)))
  const mistakes = [
    ...unknownNames(read.unknown),
    ...('mistakes' in read ? read.mistakes : []),
    ...documentMistakes(beside, BESIDE_FIELDS, existing === undefined ? 'making' : 'changing'),
    ...checkSameId(document.client_id, existing),
  ]
  const { client_id: clientId, client_secret: clientSecret, client_secret_hash: clientSecretHash } = beside
  return {
    settings: 'mistakes' in read ? {} : read.settings,
    ...(typeof clientId === 'string' ? { clientId } : {}),
    given: {
      ...(typeof clientSecret === 'string' ? { clientSecret } : {}),
      ...(typeof clientSecretHash === 'string' ? { clientSecretHash } : {}),
    },
    disabled: beside.disabled === true,
    mistakes,
  }
}

function checkSameId(clientId: unknown, existing: Client | undefined): readonly SettingsMistake[] {
  if (existing === undefined || clientId === undefined || clientId === null || clientId === existing.clientId) return []
  return [{ member: 'client_id', rule: 'it never changes', message: 'cannot change: apps know the client by it' }]
}

const METHOD = 'token_endpoint_auth_method'
const METHODS = 'token_endpoint_auth_methods'

/**
 * Whoever changes one thing sends the rest as it was read. What hangs on the type starts again from its defaults when the type changes,
 * and of the two names for the methods the one that was changed counts.
 */
function withoutRemains(document: Document, existing: Client): Document {
  const before = registrationMetadataOf(existing)
  const isAsBefore = (name: string): boolean => canonical(document[name] ?? null) === canonical(before[name] ?? null)
  const type = document.client_type ?? existing.type
  const remains = type === existing.type ? [] : [METHOD, METHODS, 'require_pkce'].filter(isAsBefore)
  const hasBoth = document[METHOD] !== undefined && document[METHODS] !== undefined
  if (hasBoth && remains.length === 0) {
    if (isAsBefore(METHOD)) remains.push(METHOD)
    else if (isAsBefore(METHODS)) remains.push(METHODS)
  }
  return Object.fromEntries(Object.entries(document).filter(([name]) => !remains.includes(name)))
}

/** A policy of this server that is there, or is made in the same unit. */
export async function checkPolicyExists(name: string | undefined, acting: Acting): Promise<readonly SettingsMistake[]> {
  if (name === undefined || BUILT_IN_POLICIES.includes(name) || isPlanned(acting, 'policies', name)) return []
  const { policies } = acting.repositories
  if ((await policies.find(name)) !== undefined) return []
  const known = [...BUILT_IN_POLICIES, ...(await policies.list()).map(policy => policy.name)]
  const message = `names the policy ${name}, which does not exist${didYouMean(name, known)}; there are ${known.join(', ')}`
  return [{ member: 'authorization_policy', rule: 'the policy exists', message }]
}

/** Lost when the policy that is named from now on is gone by then: the app would be closed to everybody. */
export async function policyStays(name: string | undefined, before: string | undefined, acting: Acting) {
  if (name === undefined || name === before || BUILT_IN_POLICIES.includes(name)) return []
  const { policies } = acting.repositories
  const policy = await policies.find(name)
  return policy === undefined ? [] : [policies.replace(policy, policy)]
}

export function secretPortsOf({ random, hasher, openSealer, now }: Acting): SecretPorts {
  return { random, hasher, sealer: openSealer, now }
}
