/** A key that another server made: tokens that it signed there verify here, or it goes on signing. */

import { createPublicKey } from 'node:crypto'
import { addSeconds } from '../../lib/clock.ts'
import type { Decided, SettingsMistake } from '../settings-mistake.ts'
import type { Write } from '../unit-of-work.ts'
import type { KeySealer } from './key-sealer.ts'
import { publicJwkOf, sealKeyPair } from './make-key.ts'
import { parsePrivateKey, type SaidKey } from './parse-private-key.ts'
import type { KeyRepository, SealedKey } from './signing-key.ts'

export interface KeyImport extends SaidKey {
  /** As tokens name it; else what the JWK says, or its thumbprint (RFC 7638). */
  readonly kid?: string
  /** It signs from now on in the place of the one that does; else it is published until `unpublishAt`. */
  readonly isLive: boolean
  readonly unpublishAt?: Date
}

export interface KeyImporting {
  readonly keys: Pick<KeyRepository, 'list' | 'insertFirst' | 'retire'>
  readonly sealer: KeySealer
  readonly now: Date
}

export interface ImportedKey {
  readonly made: SealedKey
  /** The key whose place it took. */
  readonly retired?: SealedKey
  readonly writes: readonly Write[]
}

/** Longer than any token lives, and longer than apps keep a key set they fetched. */
export const KEEP_SECONDS = 30 * 86_400
export const LONGEST_KEEP_SECONDS = 10 * 365 * 86_400

/** `taken`: the key is there already, or its `kid` is that of another. */
export async function importKey(
  said: KeyImport,
  { keys, sealer, now }: KeyImporting,
): Promise<Decided<ImportedKey> | { readonly taken: string }> {
  const parsed = parsePrivateKey(said)
  const wrong = [...checkKid(said), ...checkTime(said, now), ...('mistakes' in parsed ? parsed.mistakes : [])]
  if (wrong.length > 0 || 'mistakes' in parsed) return { mistakes: wrong }
  const { key, alg } = parsed
  const { kid, publicJwk } = await publicJwkOf(createPublicKey(key), alg, saidKid(said))
  const stored = await keys.list()
  const taken = stored.some(each => each.kid === kid || isSameKey(each, { alg, publicJwk }))
  if (taken) return { taken: kid }
  const secret = key.export({ format: 'der', type: 'pkcs8' })
  const fresh = sealKeyPair({ kid, alg, publicJwk, secret }, sealer, now)
  const live = said.isLive ? stored.find(each => each.alg === alg && each.retiredAt === undefined) : undefined
  const unpublishAt = said.unpublishAt ?? addSeconds(now, KEEP_SECONDS)
  const made = said.isLive ? fresh : { ...fresh, retiredAt: now, unpublishAt }
  return {
    made,
    ...(live === undefined ? {} : { retired: live }),
    writes: [
      ...(live === undefined ? [] : [keys.retire(live.kid, now, addSeconds(now, KEEP_SECONDS))]),
      keys.insertFirst(made),
    ],
    warnings: [],
  }
}

function saidKid({ kid, jwk }: KeyImport): string | undefined {
  return kid ?? (typeof jwk?.kid === 'string' ? jwk.kid : undefined)
}

/** RFC 7517 §4.5 allows any text; what stands in the header of every token is short and has no blanks. */
function checkKid(said: KeyImport): readonly SettingsMistake[] {
  const kid = saidKid(said)
  if (kid === undefined || /^[\x21-\x7e]{1,200}$/.test(kid)) return []
  return [{ member: 'kid', rule: 'RFC 7517 §4.5', message: 'must be 1 to 200 printable characters without blanks' }]
}

function checkTime({ isLive, unpublishAt }: KeyImport, now: Date): readonly SettingsMistake[] {
  if (unpublishAt === undefined) return []
  const mistake = (message: string) => [{ member: 'unpublish_at', rule: 'time of a key', message }]
  if (isLive) return mistake('is for a key that is only published: this one is in use until it is rotated')
  if (unpublishAt <= now) return mistake('is over: the key would be published no more')
  return unpublishAt > addSeconds(now, LONGEST_KEEP_SECONDS) ? mistake('is more than ten years away') : []
}

/** Under two names it could be taken away and would still verify. Servers there are that use one key for several algorithms. */
function isSameKey(key: SealedKey, { alg, publicJwk }: Pick<SealedKey, 'alg' | 'publicJwk'>): boolean {
  return key.alg === alg && materialOf(key.publicJwk) === materialOf(publicJwk)
}

/** RFC 7638 §3.2: the members that make the key what it is. */
function materialOf(publicJwk: string): string {
  const { kty, crv, x, y, n, e, pub } = JSON.parse(publicJwk) as Record<string, unknown>
  return JSON.stringify([kty, crv, x, y, n, e, pub])
}
