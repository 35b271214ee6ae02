/** A new key in the place of an old one, and an old one that goes away for good. */

import { addSeconds } from '../../lib/clock.ts'
import type { SettingsMistake } from '../settings-mistake.ts'
import type { Write } from '../unit-of-work.ts'
import { type KeyMaking, makeKey } from './make-key.ts'
import type { KeyPairName, KeyRepository, SealedKey } from './signing-key.ts'

export interface Rotation {
  readonly made: SealedKey
  /** Absent when there was no key of this name yet. */
  readonly retired?: SealedKey
  readonly unpublishAt: Date
  readonly writes: readonly Write[]
}

/**
 * The new key signs, or is encrypted to, as soon as all nodes know it. The old one stays in the key set for `keepSeconds`, so that
 * what it signed verifies; after that it still recognises an `id_token_hint`, until it is removed.
 */
export async function rotateKey(
  name: KeyPairName,
  keepSeconds: number,
  { keys, now, ...making }: KeyMaking & { readonly keys: KeyRepository; readonly now: Date },
): Promise<Rotation> {
  const stored = await keys.list()
  const retired = stored.find(({ alg, retiredAt }) => alg === name && retiredAt === undefined)
  const made = await makeKey(name, making, now)
  const unpublishAt = addSeconds(now, keepSeconds)
  return {
    made,
    unpublishAt,
    ...(retired === undefined ? {} : { retired }),
    writes: [...(retired === undefined ? [] : [keys.retire(retired.kid, now, unpublishAt)]), keys.insertFirst(made)],
  }
}

/** A key that is still in use is rotated first: without one, nothing could be signed. */
export function checkRemovable(key: SealedKey): SettingsMistake | undefined {
  if (key.retiredAt !== undefined) return undefined
  return { member: 'kid', rule: 'retired', message: `is the ${key.alg} key in use: rotate ${key.alg} first` }
}
