/** Argon2 hashes as text: the PHC string format, `$argon2id$v=19$m=19456,t=2,p=1$salt$hash`. */

export type Argon2Variant = 'argon2id' | 'argon2i' | 'argon2d'

export interface Argon2Costs {
  readonly memoryKib: number
  readonly passes: number
  readonly parallelism: number
}

export interface Argon2Phc extends Argon2Costs {
  readonly variant: Argon2Variant
  /** 19 is RFC 9106; 16 is its draft, which a string without `v=` means. */
  readonly version: number
  readonly salt: Buffer
  readonly hash: Buffer
}

const PHC =
  /^\$(argon2id|argon2i|argon2d)(?:\$v=(\d{1,3}))?\$m=(\d{1,10}),t=(\d{1,10}),p=(\d{1,3})\$([\w+/-]+)\$([\w+/-]+)$/

/** Nothing when the text is no argon2 PHC string. */
export function parseArgon2Phc(text: string): Argon2Phc | undefined {
  const [, variant, version = '16', memory, passes, parallelism, salt = '', hash = ''] = PHC.exec(text) ?? []
  if (variant === undefined) return undefined
  return {
    variant: variant as Argon2Variant,
    version: Number(version),
    memoryKib: Number(memory),
    passes: Number(passes),
    parallelism: Number(parallelism),
    salt: Buffer.from(salt, 'base64'),
    hash: Buffer.from(hash, 'base64'),
  }
}

export function formatArgon2Phc({ variant, version, memoryKib, passes, parallelism, salt, hash }: Argon2Phc): string {
  return `$${variant}$v=${version}$m=${memoryKib},t=${passes},p=${parallelism}$${unpadded(salt)}$${unpadded(hash)}`
}

function unpadded(bytes: Buffer): string {
  return bytes.toString('base64').replace(/=+$/, '')
}
