/** `keys.rotate`: a new key in the place of the one in use. */

import { KEEP_SECONDS, LONGEST_KEEP_SECONDS } from '../../../keys/import-key.ts'
import { KEY_PAIRS } from '../../../keys/key-names.ts'
import { rotateKey } from '../../../keys/rotate-key.ts'
import { documentMistakes } from '../../document-mistakes.ts'
import type { Field } from '../../field.ts'
import type { Operation } from '../../operation.ts'
import { performChange } from '../../perform-change.ts'
import type { Document } from '../../ports.ts'
import { invalid } from '../../problem.ts'
import type { Change } from '../../resource.ts'
import { KIND } from './key-fields.ts'

const ROTATE: readonly Field[] = [
  { name: 'alg', kind: 'text', access: 'written', required: true, about: 'Which one.', choices: KEY_PAIRS },
  {
    name: 'keep_seconds',
    kind: 'seconds',
    access: 'written',
    about: 'How long the old key stays in the key set, so that what it signed verifies.',
    standard: `${KEEP_SECONDS}`,
  },
]

const ROTATED: readonly Field[] = [
  { name: 'alg', kind: 'text', access: 'shown', about: 'Which one.' },
  { name: 'kid', kind: 'text', access: 'shown', about: 'The new key.' },
  { name: 'old_kid', kind: 'text', access: 'shown', about: 'The old one, where there was one.' },
  { name: 'old_published_until', kind: 'time', access: 'shown', about: 'When the old one leaves the key set.' },
]

export const rotation: Operation = {
  name: 'keys.rotate',
  method: 'POST',
  path: '/keys/rotate',
  role: 'administrator',
  summary: 'Put a new key in the place of the one in use',
  about:
    'It signs as soon as all nodes publish it. What the old one signed still verifies; delete it when somebody else may have it.',
  body: ROTATE,
  answer: { kind: 'document', fields: ROTATED },
  async perform({ body = {} }, acting) {
    const mistakes = [...documentMistakes(body, ROTATE, 'making'), ...wrongKeep(body)]
    const alg = KEY_PAIRS.find(each => each === body.alg)
    if (alg === undefined || mistakes.length > 0) return invalid(mistakes)
    const keepSeconds = typeof body.keep_seconds === 'number' ? body.keep_seconds : KEEP_SECONDS
    const { repositories, random, now } = acting
    const decide = async () => {
      const making = { keys: repositories.keys, sealer: await acting.openSealer(), random, now }
      const { made, retired, unpublishAt, writes } = await rotateKey(alg, keepSeconds, making)
      const kids = { kid: made.kid, ...(retired === undefined ? {} : { old_kid: retired.kid }) }
      const end = retired === undefined ? {} : { old_published_until: unpublishAt.toISOString() }
      return {
        writes,
        events: [{ type: 'key.rotated', detail: { alg, ...kids, keep_seconds: keepSeconds } }],
        after: { alg, ...kids, ...end },
      } satisfies Change
    }
    const outcome = await performChange({ resource: KIND, key: alg }, decide, acting)
    // It is about the key that took the place, and has no version of its own.
    return 'document' in outcome ? { status: 200, document: outcome.document ?? {} } : outcome
  },
}

function wrongKeep({ keep_seconds: keep }: Document) {
  if (typeof keep !== 'number' || (keep >= 0 && keep <= LONGEST_KEEP_SECONDS)) return []
  return [{ member: 'keep_seconds', rule: 'time of a key', message: 'must be 0 seconds to ten years' }]
}
