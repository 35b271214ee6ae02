/** What seals private keys and readable secrets. */

/** AES-256-GCM under the master key; `context` names the row, so that sealed keys cannot be swapped. */
export interface KeySealer {
  readonly masterKeyId: string
  seal(plain: Buffer, context: string): Buffer
  /** Throws when the box was sealed under another master key or for another row. */
  open(box: Buffer, context: string): Buffer
  /** A keyed digest: the same for the same text and context; tells nothing without the master key. */
  fingerprint(text: string, context: string): string
}

/** The keys of this database were sealed under another master key. */
export class WrongMasterKey extends Error {
  override readonly name = 'WrongMasterKey'
}

/** Throws `WrongMasterKey`. */
export function checkMasterKey(sealed: { readonly masterKeyId: string } | undefined, sealer: KeySealer): void {
  if (sealed === undefined || sealed.masterKeyId === sealer.masterKeyId) return
  throw new WrongMasterKey(
    `the keys in the database were sealed under master key ${sealed.masterKeyId}, but this server has master key ${sealer.masterKeyId}`,
  )
}
