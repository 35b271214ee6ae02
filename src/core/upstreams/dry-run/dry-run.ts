/** A dry run: what the mappings of an upstream make of claims, and what a sign-in with them would do. Nobody is signed in, nothing changes. */

import type { Refusal } from '../../../spec/refusal.ts'
import type { Account } from '../../accounts/account.ts'
import type { JsonObject } from '../../clients/client.ts'
import type { AccountPatch, MappingLine, PatchedGroup } from '../mapping/account-patch.ts'
import { mapClaims } from '../mapping/map-claims.ts'
import type { ClaimSource, ClaimSources } from '../mapping/mapping.ts'
import type { Upstream } from '../upstream.ts'
import { type DryRunPorts, type WouldHappen, wouldHappen } from './would-happen.ts'

/** As it is told: by names in snake_case, JSON only. */
export interface DryRun {
  readonly upstream: string
  /** Whether the claims are those of a recorded answer: those were verified, pasted ones never are. */
  readonly verified: boolean
  readonly documents: readonly ClaimSource[]
  readonly mappings: readonly MappingLine[]
  readonly patch?: DryRunPatch
  readonly refused?: Pick<Refusal, 'rule' | 'description' | 'facts'>
  readonly would?: WouldHappen
}

export interface DryRunPatch
  extends Pick<AccountPatch, 'subject' | 'username' | 'email' | 'attributes' | 'administrator' | 'label' | 'amr'> {
  readonly email_verified: boolean
  readonly add_groups: readonly PatchedGroup[]
  readonly remove_groups: readonly PatchedGroup[]
  readonly auth_time?: number
}

export interface DryRunRequest {
  /** With the mappings that are tried. */
  readonly upstream: Upstream
  readonly sources: ClaimSources
  readonly verified: boolean
  /** What would change of this account, linked or not. */
  readonly account?: Account
  readonly uuid: string
}

export async function dryRun(
  { upstream, sources, verified, account, uuid }: DryRunRequest,
  ports: DryRunPorts,
): Promise<DryRun> {
  const existingGroups = new Set((await ports.repositories.groups.list()).map(({ name }) => name))
  const definitions = await ports.repositories.attributeDefinitions.list()
  const mapped = mapClaims(sources, { upstream, existingGroups, definitions, uuid })
  const told = {
    upstream: upstream.alias,
    verified,
    documents: Object.keys(sources) as readonly ClaimSource[],
    mappings: mapped.lines,
  }
  if ('refusal' in mapped) {
    const { rule, description, facts } = mapped.refusal
    return { ...told, refused: { rule, description, facts } }
  }
  const { patch } = mapped
  return { ...told, patch: shownPatch(patch), would: await wouldHappen(patch, upstream, account, ports) }
}

export function isLetIn({ refused, would }: DryRun): boolean {
  return refused === undefined && would?.outcome !== 'refuse'
}

/** The same for programs: absent members are left out. */
export function dryRunDocument(run: DryRun): JsonObject {
  return JSON.parse(JSON.stringify(run)) as JsonObject
}

function shownPatch(patch: AccountPatch): DryRunPatch {
  const { isEmailVerified, isEmailDenied: _, addGroups, removeGroups, authTime, ...same } = patch
  return {
    ...same,
    email_verified: isEmailVerified,
    add_groups: addGroups,
    remove_groups: removeGroups,
    ...(authTime === undefined ? {} : { auth_time: authTime }),
  }
}
