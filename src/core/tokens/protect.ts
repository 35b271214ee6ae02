/** Signs claims for a client, and encrypts them when it wants that: ID tokens, user info, introspection, authorization responses. */

import type { EncryptionAlgorithm, EncryptionEnc } from '../../spec/jwe.ts'
import { isAsymmetric, type JwsSigner, type MacAlgorithm, type SigningAlgorithm } from '../../spec/jws.ts'
import { isRefusal, type Refusal } from '../../spec/refusal.ts'
import type { ClientKeys, KeyHolder } from '../clients/client-keys.ts'
import type { KeyRing } from '../keys/key-ring.ts'

export interface ProtectPorts {
  readonly keys: Pick<KeyRing, 'signer'>
  readonly clientKeys: Pick<ClientKeys, 'encryptFor' | 'macSigner'>
}

export interface Protection {
  /** RFC 8725 §3.11: what kind of token it is; `JWT` when absent. */
  readonly typ?: string
  readonly signingAlg: SigningAlgorithm
  readonly encryptionAlg?: EncryptionAlgorithm
  /** OIDC Registration §2: A128CBC-HS256 when absent. */
  readonly encryptionEnc?: EncryptionEnc
}

/** The client asked for what its keys do not give: its key set is out of reach, or has no fitting key. */
export class CannotProtect extends Error {
  override readonly name = 'CannotProtect'
  readonly refusal: Refusal

  constructor(refusal: Refusal) {
    super(`${refusal.description} (${refusal.rule}): ${JSON.stringify(refusal.facts)}`)
    this.refusal = refusal
  }
}

/** Throws `CannotProtect`: never is anything sent with less protection than the client registered. */
export function protect(
  claims: object,
  how: Protection,
  client: KeyHolder,
  ports: ProtectPorts,
): string | Promise<string> {
  const signer = signerFor(how.signingAlg, client, ports)
  // What nearly all clients get is made without waiting: the key is at hand, and most algorithms sign at once.
  if (signer instanceof Promise || how.encryptionAlg !== undefined)
    return signAndEncrypt(claims, how, signer, client, ports)
  return signer.sign(claims, how.typ)
}

async function signAndEncrypt(
  claims: object,
  how: Protection,
  signing: JwsSigner | Promise<JwsSigner>,
  client: KeyHolder,
  ports: ProtectPorts,
): Promise<string> {
  const signer = await signing
  const signed = await signer.sign(claims, how.typ)
  if (how.encryptionAlg === undefined) return signed
  // RFC 7519 §11.2: signed first, then encrypted; §5.2: `cty` says so.
  return orThrow(
    await ports.clientKeys.encryptFor(client, signed, {
      alg: how.encryptionAlg,
      enc: how.encryptionEnc ?? 'A128CBC-HS256',
      cty: 'JWT',
    }),
  )
}

function signerFor(alg: SigningAlgorithm, client: KeyHolder, ports: ProtectPorts): JwsSigner | Promise<JwsSigner> {
  if (isAsymmetric(alg)) return ports.keys.signer(alg)
  return orThrow(ports.clientKeys.macSigner(client, alg satisfies MacAlgorithm))
}

function orThrow<T>(made: T | Refusal): T {
  if (isRefusal(made)) throw new CannotProtect(made)
  return made
}
