/** Metadata that an operator fixes for apps that register themselves, written as `member=value`. */

import type { JsonObject } from '../clients/client.ts'
import type { MetadataKind } from '../clients/metadata-row.ts'
import { isLocalized, metadataRow, readRegistrationMetadata, unknownNames } from '../clients/registration-metadata.ts'
import type { SettingsMistake } from '../settings-mistake.ts'
import { parseJson } from './metadata-text.ts'

export function parseFixedMetadata(
  assignments: readonly string[],
): { readonly metadata: JsonObject } | { readonly mistakes: readonly SettingsMistake[] } {
  const syntax = assignments.filter(text => !/^[^=]+=./s.test(text))
  if (syntax.length > 0) {
    const message = 'must be member=value, such as require_pkce=true'
    return { mistakes: syntax.map(text => ({ member: text, rule: 'member=value', message })) }
  }
  const metadata = Object.fromEntries(
    assignments.map(text => {
      const at = text.indexOf('=')
      const name = text.slice(0, at).trim()
      return [name, readValue(name, text.slice(at + 1).trim())]
    }),
  )
  const read = readRegistrationMetadata(metadata)
  if ('mistakes' in read) return read
  return read.unknown.length > 0 ? { mistakes: unknownNames(read.unknown) } : { metadata }
}

/** Text becomes what the member is; what it cannot become stays text, and is refused as what it is. */
function readValue(name: string, text: string): unknown {
  const kind: MetadataKind | undefined = isLocalized(name) ? 'text' : metadataRow(name)?.kind
  switch (kind) {
    case 'boolean':
    case 'seconds':
    case 'json':
      return parseJson(text) ?? text
    case 'list':
      return parseJson(text) ?? text.split(',').map(item => item.trim())
    default:
      return text
  }
}
