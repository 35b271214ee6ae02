/** What a key is good for at a moment. */

import { isHouseKey } from './key-names.ts'
import type { SealedKey } from './signing-key.ts'

/** `in use`: it signs, or is encrypted to. `published`: it still verifies. `withdrawn`: no longer in the key set. */
export const KEY_STATES = ['in use', 'published', 'withdrawn'] as const
export type KeyState = (typeof KEY_STATES)[number]

export function keyState({ retiredAt, unpublishAt }: SealedKey, now: Date): KeyState {
  if (retiredAt === undefined) return 'in use'
  return unpublishAt !== undefined && unpublishAt <= now ? 'withdrawn' : 'published'
}

/** `handle` and `pairwise` never change and belong to nobody else, so they are left out. */
export function listableKeys(keys: readonly SealedKey[]): readonly SealedKey[] {
  return keys.filter(({ alg }) => !isHouseKey(alg))
}
