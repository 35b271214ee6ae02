/** Keys as commands show them; never a private half. */

import { isHouseKey } from '../core/keys/key-names.ts'
import type { SealedKey } from '../core/keys/signing-key.ts'

/** `handle` and `pairwise` never change and belong to nobody else, so they are left out. */
export function listable(keys: readonly SealedKey[]): readonly SealedKey[] {
  return keys.filter(({ alg }) => !isHouseKey(alg))
}

export type KeyState = 'in use' | 'published' | 'withdrawn'

export function keyState({ retiredAt, unpublishAt }: SealedKey, now: Date): KeyState {
  if (retiredAt === undefined) return 'in use'
  return unpublishAt !== undefined && unpublishAt <= now ? 'withdrawn' : 'published'
}

export function keyJson(key: SealedKey, now: Date): Readonly<Record<string, unknown>> {
  const { kid, alg, createdAt, retiredAt, unpublishAt } = key
  return {
    kid,
    alg,
    state: keyState(key, now),
    created_at: createdAt.toISOString(),
    retired_at: retiredAt?.toISOString() ?? null,
    unpublish_at: unpublishAt?.toISOString() ?? null,
  }
}
