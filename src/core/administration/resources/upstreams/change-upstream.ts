/** What making, replacing and editing an upstream comes to. */

import { isDeepStrictEqual } from 'node:util'
import { didYouMean } from '../../../../lib/nearest-name.ts'
import type { SettingsMistake } from '../../../settings-mistake.ts'
import { createUpstream } from '../../../upstreams/settings/create-upstream.ts'
import { changedSettings, editUpstream, type UpstreamChange } from '../../../upstreams/settings/edit-upstream.ts'
import { isMetadataDocument, settingsOfDocument } from '../../../upstreams/settings/metadata-document.ts'
import type { HouseRules } from '../../../upstreams/settings/parse-upstream.ts'
import { discoveryDocumentOf } from '../../../upstreams/settings/parse-upstream.ts'
import { OF_ONE_PLACE, PRESET_NAMES, PRESETS, withPreset } from '../../../upstreams/settings/presets.ts'
import { standardProperties } from '../../../upstreams/settings/standard-properties.ts'
import { warningsHere } from '../../../upstreams/settings/warnings-here.ts'
import type { Upstream } from '../../../upstreams/upstream.ts'
import { isSecretReference } from '../../../upstreams/upstream-secrets.ts'
import type { Acting, Document } from '../../ports.ts'
import { conflict, invalid, isProblem, type Problem } from '../../problem.ts'
import type { Change } from '../../resource.ts'
import { discoverNow } from './discover-now.ts'
import { upstreamDocument } from './upstream-document.ts'

export async function creation(document: Document, acting: Acting): Promise<Change | Problem> {
  const { repositories, random, now, actor } = acting
  const said = settingsSaid(document)
  if (isProblem(said)) return said
  const wrong = referencesFromAfar(said, {}, acting)
  const making = { random, now, sealer: await acting.openSealer() }
  const made = createUpstream(said, await rulesOf(acting), making)
  if ('mistakes' in made) return invalid([...wrong, ...made.mistakes])
  if (wrong.length > 0) return invalid(wrong)
  const upstream: Upstream = { ...made.upstream, createdBy: actor.name, updatedBy: actor.name }
  const { alias, kind } = upstream
  if ((await repositories.upstreams.findByAlias(alias)) !== undefined) {
    return conflict(`an upstream ${alias} exists already; nothing was changed`)
  }
  return {
    writes: [repositories.upstreams.insert(upstream)],
    events: [{ type: 'upstream.created', detail: { alias, kind } }],
    after: await upstreamDocument(upstream, acting),
    warnings: [...made.warnings, ...(await warningsOf(upstream, acting))],
    ...(upstream.discoveryUri === undefined || document.offline === true
      ? {}
      : { afterwards: () => discoverNow(upstream, acting) }),
  }
}

/** All of it: what is left out has its standard again; its identities stay, and its secrets unless they are given. */
export async function replacement(before: Upstream, document: Document, acting: Acting): Promise<Change | Problem> {
  const { random, now } = acting
  const { alias = before.alias, offline, ...said } = document
  const wrong = [...otherAlias(before, alias), ...referencesFromAfar(said, before, acting)]
  const making = { random, now, sealer: await acting.openSealer() }
  const kept = withoutSecrets(before, said)
  const decided = createUpstream({ ...said, alias: before.alias }, await rulesOf(acting), making, kept)
  if ('mistakes' in decided) return invalid([...wrong, ...decided.mistakes])
  if (wrong.length > 0) return invalid(wrong)
  return changeTo(before, decided, offline === true, acting)
}

/** What is not mentioned stays. */
export async function edition(
  before: Upstream,
  change: UpstreamChange,
  offline: boolean,
  acting: Acting,
): Promise<Change | Problem> {
  const wrong = referencesFromAfar(change.set, before, acting)
  const editing = { ...(await rulesOf(acting)), now: acting.now, sealer: await acting.openSealer() }
  const decided = editUpstream(before, change, editing)
  if ('mistakes' in decided) return invalid([...wrong, ...decided.mistakes])
  if (wrong.length > 0) return invalid(wrong)
  return changeTo(before, decided, offline, acting)
}

async function rulesOf({ settings, repositories }: Acting): Promise<HouseRules> {
  return { allowHttp: settings.allowHttp, definitions: await repositories.attributeDefinitions.list() }
}

interface Decided {
  readonly upstream: Upstream
  readonly warnings: readonly string[]
}

async function changeTo(
  before: Upstream,
  decided: Decided,
  offline: boolean,
  acting: Acting,
): Promise<Change | Problem> {
  const { repositories, actor } = acting
  const { createdBy } = before
  const upstream: Upstream = {
    ...decided.upstream,
    ...(createdBy === undefined ? {} : { createdBy }),
    updatedBy: actor.name,
  }
  const warnings = [...decided.warnings, ...(await warningsOf(upstream, acting))]
  const members = changedSettings(before, upstream)
  if (members.length === 0) return { writes: [], events: [], after: await upstreamDocument(before, acting), warnings }
  const isElsewhere = members.includes('discovery_uri') && upstream.discoveryUri !== undefined
  return {
    writes: [repositories.upstreams.replace(upstream, before)],
    events: [{ type: 'upstream.edited', detail: { alias: before.alias, members } }],
    after: await upstreamDocument(upstream, acting),
    warnings,
    ...(isElsewhere && !offline ? { afterwards: () => discoverNow(upstream, acting) } : {}),
  }
}

/** The settings of the preset first, then what a pasted discovery document says, then what was said. */
function settingsSaid({ metadata, offline: _, ...said }: Document): Document | Problem {
  const mistakes: SettingsMistake[] = []
  const isDocument = typeof metadata === 'object' && metadata !== null && isMetadataDocument(metadata as Document)
  if (metadata !== undefined && metadata !== null && !isDocument) {
    mistakes.push({
      member: 'metadata',
      rule: 'OIDC Discovery §3',
      message: 'is no discovery document: response_types_supported is REQUIRED there',
    })
  }
  const preset = PRESETS.find(({ name }) => name === said.preset)
  if (preset === undefined && typeof said.preset === 'string') {
    const message = `there is no preset ${said.preset}${didYouMean(said.preset, PRESET_NAMES)}`
    mistakes.push({ member: 'preset', rule: 'known preset', message })
  }
  const all = { ...(isDocument ? settingsOfDocument(metadata as Document) : {}), ...said }
  const hasPlace = ['discovery_uri', 'authorization_endpoint'].some(name => typeof all[name] === 'string')
  if (preset?.needsDiscovery !== undefined && !hasPlace) {
    const message = `is missing: say which ${preset.title} it is, such as ${preset.needsDiscovery}`
    mistakes.push({ member: 'discovery_uri', rule: 'place of a preset', message })
  }
  if (mistakes.length > 0) return invalid(mistakes)
  return preset === undefined ? all : withPreset(preset, all)
}

function otherAlias({ alias }: Upstream, said: unknown): readonly SettingsMistake[] {
  if (said === alias) return []
  const message = 'cannot change: it is in the redirect URI that is registered there'
  return [{ member: 'alias', rule: 'required setting', message }]
}

const SECRET_NAMES = { client_secret: 'clientSecret', client_certificate_key: 'clientCertificateKey' } as const

/** An empty text takes a secret away; what is left out stays. */
function withoutSecrets(before: Upstream, said: Document): Upstream {
  const { clientSecret, clientCertificateKey, ...rest } = before
  return {
    ...rest,
    ...(clientSecret === undefined || said.client_secret === '' ? {} : { clientSecret }),
    ...(clientCertificateKey === undefined || said.client_certificate_key === '' ? {} : { clientCertificateKey }),
  }
}

/**
 * Whoever manages from afar names places in the vault only: a reference to the environment or to a file would send whatever the server
 * can read, its master key among it, to an address that they choose as well.
 */
function referencesFromAfar(said: Document, before: Partial<Upstream>, { actor }: Acting): readonly SettingsMistake[] {
  if (actor.kind !== 'account' && actor.kind !== 'client') return []
  return Object.entries(SECRET_NAMES).flatMap(([member, property]) => {
    const text = said[member]
    if (typeof text !== 'string' || !isSecretReference(text) || text.startsWith('$' + '{vault.')) return []
    const kept = before[property]
    if (kept?.kind === 'reference' && kept.text === text) return []
    const message = 'may only name a place in the vault when it is said from afar: $' + '{vault.NAME}'
    return [{ member, rule: 'reference from afar', message }]
  })
}

/** Another place takes away what was typed in about the one before, or the issuer of every tenant would let them all in. */
export function patchWithPlace(before: Upstream, said: Document): Document {
  const patch = { ...standardsOfKind(before, said), ...said }
  const { discovery_uri: place } = patch
  if (place === undefined || (typeof place === 'string' && discoveryDocumentOf(place) === before.discoveryUri))
    return patch
  return { ...Object.fromEntries(OF_ONE_PLACE.map(name => [name, null])), ...patch }
}

/** What counted because of the kind it was counts no more when it is another. */
function standardsOfKind(before: Upstream, { kind }: Document): Document {
  if (kind === undefined || (kind ?? 'oidc') === before.kind) return {}
  const { scopes, nonce } = standardProperties(before.kind)
  return {
    ...(isDeepStrictEqual(before.scopes, scopes) ? { scopes: null } : {}),
    ...(before.nonce === nonce ? { nonce: null } : {}),
  }
}

async function warningsOf(upstream: Upstream, acting: Acting): Promise<readonly string[]> {
  const { repositories, readReference, planned } = acting
  return warningsHere(repositories, upstream, { sealer: await acting.openSealer(), readReference }, planned)
}
