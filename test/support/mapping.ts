/** Claims through mappings, for tests. */

import assert from 'node:assert/strict'
import type { MappingLine } from '../../src/core/upstreams/mapping/account-patch.ts'
import { type Mapped, type MappingContext, mapClaims } from '../../src/core/upstreams/mapping/map-claims.ts'
import type { ClaimSources, Mapping } from '../../src/core/upstreams/mapping/mapping.ts'
import type { Refusal } from '../../src/spec/refusal.ts'
import { anUpstream } from './builders.ts'

type Settings = Partial<MappingContext['upstream']>

export function contextOf(settings: Settings = {}, groups: readonly string[] = []): MappingContext {
  return {
    upstream: anUpstream({ alias: 'idp', ...settings }),
    existingGroups: new Set(groups),
    uuid: '00000000-0000-4000-8000-000000000000',
  }
}

export function mapped(sources: ClaimSources, settings?: Settings, groups?: readonly string[]): Mapped {
  const result = mapClaims(sources, contextOf(settings, groups))
  return 'patch' in result ? result : assert.fail(`refused: ${JSON.stringify(result.refusal.facts)}`)
}

export function refused(sources: ClaimSources, settings?: Settings): Refusal {
  const result = mapClaims(sources, contextOf(settings))
  return 'refusal' in result ? result.refusal : assert.fail('not refused')
}

type AttributeMapping = Extract<Mapping, { readonly kind: 'attribute' }>

export function aMapping(mapping: Omit<AttributeMapping, 'kind'>): AttributeMapping {
  return { kind: 'attribute', ...mapping }
}

export function lineOf(lines: readonly MappingLine[], mapping: string): MappingLine {
  return lines.find(line => line.mapping === mapping) ?? assert.fail(`no line for ${mapping}`)
}
