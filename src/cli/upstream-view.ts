/** An upstream as commands print it: JSON for programs, lines for people. A secret is never shown, only the name of its place. */

import type { JsonObject } from '../core/clients/client.ts'
import { SETTINGS } from '../core/upstreams/settings/settings-table.ts'
import { standardProperties } from '../core/upstreams/settings/standard-properties.ts'
import type { UpstreamDocument } from './find-upstream.ts'
import { formatFields } from './output.ts'

export interface UpstreamView {
  /** Also what is as it is without being said. */
  readonly all?: boolean
}

/** By the names in files, so that it can be given back with `upstream create --file`. */
export function upstreamJson(upstream: UpstreamDocument, { all = false }: UpstreamView = {}): JsonObject {
  const { client_secret, client_certificate_key, register_there, discovered, warnings } = upstream
  return {
    ...settingsOf(upstream, all),
    client_secret,
    client_certificate_key,
    register_there,
    discovered,
    warnings,
    created_at: upstream.created_at,
    created_by: upstream.created_by,
    updated_at: upstream.updated_at,
    updated_by: upstream.updated_by,
    owned_by: upstream.owned_by,
  }
}

export function upstreamText(upstream: UpstreamDocument, { all = false }: UpstreamView = {}): string {
  const { discovered, client_secret, client_certificate_key, has_client_secret, has_client_certificate_key } = upstream
  const settings = Object.entries(settingsOf(upstream, all)).flatMap(([name, value]) => linesOf(name, value))
  const fields = formatFields({
    ...Object.fromEntries(settings),
    ...(has_client_secret === true ? { client_secret: client_secret ?? SEALED } : {}),
    ...(has_client_certificate_key === true ? { client_certificate_key: client_certificate_key ?? SEALED } : {}),
    created_at: upstream.created_at,
    created_by: upstream.created_by,
    updated_at: upstream.updated_at,
    updated_by: upstream.updated_by,
    owned_by: upstream.owned_by,
  })
  const found = discovered === undefined ? [] : ['', 'Discovered:', formatFields({ ...discovered })]
  return [fields, ...found, '', registerText(upstream)].join('\n')
}

const SEALED = 'kept sealed'

/** What an administrator types in at the upstream. */
export function registerText({ register_there }: UpstreamDocument): string {
  return ['To be registered there:', formatFields({ ...register_there })].join('\n')
}

export function discoveredText({ discovered }: UpstreamDocument): string | undefined {
  return discovered === undefined ? undefined : ['Found there:', formatFields({ ...discovered })].join('\n')
}

/** What was said; with `all` what counts. */
function settingsOf(upstream: UpstreamDocument, all: boolean): JsonObject {
  const standards: Readonly<Record<string, unknown>> = { ...standardProperties(upstream.kind ?? 'oidc') }
  const shown: JsonObject = { ...upstream }
  const entries = SETTINGS.flatMap(({ name, member, kind }): [string, unknown][] => {
    const value = shown[name]
    if (kind === 'secret' || value === undefined) return []
    const standard = standards[member]
    const written = kind === 'words' && Array.isArray(standard) ? standard.join(' ') : standard
    const isStandard = member !== 'kind' && JSON.stringify(value) === JSON.stringify(written)
    return isStandard && !all ? [] : [[name, value]]
  })
  return Object.fromEntries(entries)
}

/** A map has one line for each name. */
function linesOf(name: string, value: unknown): readonly (readonly [string, unknown])[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [[name, value]]
  return Object.entries(value).map(([key, text]) => [`${name}.${key}`, text] as const)
}
