/** Our own secrets stay ours: what files declare is shown, kept in the clear, told to apps and to the audit. */

import type { WrittenThing } from '../core/declarations/plan.ts'
import { type Mistake, settingName } from './mistake.ts'
import { holdsOurs, type SecretReferencePorts } from './secret-references.ts'
import type { WrittenSettings } from './written-settings.ts'

type Own = Pick<SecretReferencePorts, 'ours' | 'ourFiles' | 'readText'>

export function ownSecretsInThings(
  things: readonly WrittenThing[],
  own: Own,
  { place }: Pick<WrittenSettings, 'place'>,
): readonly Mistake[] {
  if (things.length === 0) return []
  const isOurs = holdsOurs(own)
  return things.flatMap(({ resource, key, document }) =>
    textsIn(document, [resource, key])
      .filter(({ text }) => isOurs(text))
      .map(({ path }) => ({
        place: place(path),
        setting: settingName(path),
        rule: 'holds a secret of this server (its master key, its database or its mail): nothing else may have it',
      })),
  )
}

interface TextAt {
  readonly path: readonly PropertyKey[]
  readonly text: string
}

function textsIn(value: unknown, path: readonly PropertyKey[]): readonly TextAt[] {
  if (typeof value === 'string') return [{ path, text: value }]
  if (Array.isArray(value)) return value.flatMap((item, index) => textsIn(item, [...path, index]))
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, inner]) => textsIn(inner, [...path, name]))
}
