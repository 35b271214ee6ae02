/** What an upstream says of the sign-in itself, and what it calls the person. */

import { oneText } from './claim-value.ts'
import { documentOf, lookUp } from './look-up.ts'
import type { ClaimSources } from './mapping.ts'

const MAX_METHODS = 16

/** OIDC Core §2 `amr`: only the ID token speaks of this sign-in. */
export function amrOf(sources: ClaimSources): readonly string[] {
  const amr = documentOf(sources, 'id_token')?.amr
  if (!Array.isArray(amr)) return []
  const methods = amr.filter(method => typeof method === 'string' && /^[\w.:/-]{1,64}$/.test(method))
  return [...new Set<string>(methods)].slice(0, MAX_METHODS)
}

/** OIDC Core §2 `auth_time`: seconds. Later than any honest clock is no time. */
export function authTimeOf(sources: ClaimSources): number | undefined {
  const time = documentOf(sources, 'id_token')?.auth_time
  return typeof time === 'number' && time >= 0 && time < 1e11 ? Math.floor(time) : undefined
}

const LABEL_LENGTH = 255

export function labelOf(sources: ClaimSources): string | undefined {
  for (const name of ['preferred_username', 'email', 'name']) {
    const text = oneText(lookUp(sources, [{ kind: 'member', name }])?.value)
    const label = text
      ?.replace(/\p{Cc}/gu, ' ')
      .toWellFormed()
      .trim()
      .slice(0, LABEL_LENGTH)
      .toWellFormed()
    if (label !== undefined && label !== '') return label
  }
  return undefined
}
