/** From what an upstream said about a person to what their account should be, with a line for each mapping. Pure, and never throws. */

import { type Refusal, refuse } from '../../../spec/refusal.ts'
import type { AttributeDefinition } from '../../attributes/attribute-definition.ts'
import { isTemplate } from '../issuer.ts'
import type { Upstream } from '../upstream.ts'
import type { AccountPatch, MappingLine, PatchedGroup } from './account-patch.ts'
import { applyMapping, titleOf } from './apply-mapping.ts'
import { emailVerification } from './email-verification.ts'
import { checkEssentialClaim } from './essential-claim.ts'
import { documentOf } from './look-up.ts'
import type { ClaimSources, SyncMode } from './mapping.ts'
import { emptyDraft, type PatchDraft } from './patch-draft.ts'
import { amrOf, authTimeOf, labelOf } from './sign-in-claims.ts'
import { standardMappings } from './standard-mappings.ts'
import type { TargetRules } from './take-offer.ts'

export interface MappingContext {
  readonly upstream: Pick<
    Upstream,
    | 'alias'
    | 'kind'
    | 'mappings'
    | 'standardMappings'
    | 'syncMode'
    | 'trustEmail'
    | 'caseSensitiveUsername'
    | 'essentialClaim'
    | 'essentialClaimValue'
    | 'issuer'
    | 'discovered'
  >
  readonly existingGroups: ReadonlySet<string>
  /** Attributes of this house; none when absent. */
  readonly definitions?: readonly AttributeDefinition[]
  /** For `${UUID}`. */
  readonly uuid: string
}

export interface Mapped {
  readonly patch: AccountPatch
  readonly lines: readonly MappingLine[]
}

export interface NotMapped {
  readonly refusal: Refusal
  readonly lines: readonly MappingLine[]
}

export function mapClaims(sources: ClaimSources, context: MappingContext): Mapped | NotMapped {
  const { upstream } = context
  const essential = checkEssentialClaim(sources, upstream)
  if (essential.refusal !== undefined) return { refusal: essential.refusal, lines: essential.lines }
  const draft = emptyDraft()
  const rules: TargetRules = {
    caseSensitiveUsername: upstream.caseSensitiveUsername,
    existingGroups: context.existingGroups,
    definitions: context.definitions ?? [],
    subjectPrefix: subjectPrefix(sources, upstream),
  }
  const { alias, syncMode } = upstream
  const setting = { sources, rules, alias, syncMode, uuid: context.uuid }
  const own = upstream.mappings.flatMap(mapping => applyMapping(mapping, draft, setting))
  const standard = upstream.standardMappings ? standardMappings(upstream.kind, upstream.mappings) : []
  const lines = [
    ...essential.lines,
    ...own,
    // What an upstream does not say of the standard claims is no news; without a subject, why is.
    ...standard
      .flatMap(mapping => applyMapping(mapping, draft, { ...setting, isStandard: true }))
      .filter(({ outcome, mapping }) => outcome !== 'no-value' || mapping === 'standard ssoid'),
  ]
  const { subject } = draft
  if (subject === undefined) return { refusal: withoutSubject(alias, draft, lines), lines }
  return { patch: { subject, ...patchOf(draft, sources, upstream) }, lines }
}

/**
 * OIDC Core §2: a subject is unique within its issuer only. An upstream whose issuer differs from tenant to tenant has many of them, so each
 * subject carries its own: no tenant can name somebody of another. Blanks stand in no URL, so the two parts stay apart.
 */
function subjectPrefix(sources: ClaimSources, { issuer, discovered }: MappingContext['upstream']): string | undefined {
  if (!isTemplate(issuer ?? discovered?.issuer ?? '')) return ''
  const iss = documentOf(sources, 'id_token')?.iss
  return typeof iss === 'string' && /^[\x21-\x7e]{1,500}$/.test(iss) ? `${iss} ` : undefined
}

function withoutSubject(alias: string, { subjectMapping }: PatchDraft, lines: readonly MappingLine[]): Refusal {
  const title = subjectMapping === undefined ? undefined : (subjectMapping.name ?? titleOf(subjectMapping))
  const problem = lines.find(({ mapping }) => mapping === title)?.why
  return refuse(
    'server_error',
    'the identity provider did not say who you are',
    'upstream mappings give a subject (ssoid)',
    { upstream: alias, problem: problem ?? 'no mapping speaks about ssoid, and standard_mappings is off' },
  )
}

function patchOf(
  draft: PatchDraft,
  sources: ClaimSources,
  upstream: MappingContext['upstream'],
): Omit<AccountPatch, 'subject'> {
  const { username, email, administrator, attributes, granted, removed, unmatched } = draft
  const verification = emailVerification(draft, sources, upstream)
  const label = labelOf(sources)
  const authTime = authTimeOf(sources)
  const added = [...granted].filter(([group]) => !removed.has(group))
  const lost = new Map([...unmatched].filter(([group]) => !granted.has(group)))
  for (const [group, sync] of removed) lost.set(group, sync)
  return {
    ...(username === undefined ? {} : { username }),
    ...(email === undefined ? {} : { email: { value: email.value, sync: email.sync } }),
    isEmailVerified: verification === 'verified',
    ...(verification === 'denied' ? { isEmailDenied: true } : {}),
    attributes: [...attributes.values()],
    addGroups: groupsOf(added),
    removeGroups: groupsOf([...lost]),
    ...(administrator === undefined ? {} : { administrator }),
    ...(label === undefined ? {} : { label }),
    amr: amrOf(sources),
    ...(authTime === undefined ? {} : { authTime }),
  }
}

function groupsOf(entries: ReadonlyArray<readonly [string, SyncMode]>): readonly PatchedGroup[] {
  return entries.map(([group, sync]) => ({ group, sync }))
}
