/**
 * The key ring: the keys in use and the key set that apps fetch (RFC 7517). Keys are made when they are first needed and change
 * while servers run; every node notices by the revision, and a key signs only once all of them publish it.
 */

import { createHmac } from 'node:crypto'
import type { Clock } from '../../lib/clock.ts'
import type { Random } from '../../lib/random.ts'
import { type DecryptedJwe, decryptJwe, keyManagementOf, readJweHeader } from '../../spec/jwe.ts'
import { type AsymmetricSigningAlgorithm, isAsymmetric, type JwsSigner, type SigningAlgorithm } from '../../spec/jws.ts'
import type { Handles } from '../handles/handles.ts'
import type { Commit } from '../unit-of-work.ts'
import { FIRST_KEYS } from './key-names.ts'
import { checkMasterKey, type KeySealer } from './key-sealer.ts'
import { makeKey } from './make-key.ts'
import { type DecryptionKey, type OpenedKeys, openKeys, type PublicKey } from './opened-keys.ts'
import type { KeyRepository, PublicJwk, SealedKey } from './signing-key.ts'

export interface JsonWebKeySet {
  readonly keys: readonly PublicJwk[]
}

export interface KeyRing {
  /** Makes the key at its first use. Throws for HS*, which sign with the client's own secret. */
  signer(alg: SigningAlgorithm): JwsSigner | Promise<JwsSigner>
  /** The same object until a key comes or goes. */
  jwks(): JsonWebKeySet
  /** Something to wait for when it is time to look for changes by other nodes. Never rejects: what is known stays in use. */
  freshen(): Promise<void> | undefined
  /** The public key of a `kid`, retired ones included, and of a key that another node has just made. */
  findPublicKey(kid: string): Promise<PublicKey | undefined>
  /** What somebody encrypted to one of our published keys; `undefined` when it was not, or cannot be read. */
  decrypt(jwe: string): Promise<DecryptedJwe | undefined>
  /** OIDC Core §8.1: who a person is to the apps of one sector; nobody can tell that two of them are the same person. */
  pairwiseSubject(sector: string, subject: string): string
  readonly handles: Handles
  readonly sealer: KeySealer
}

export interface KeyRingPorts {
  readonly keys: KeyRepository
  readonly commit: Commit
  readonly sealer: KeySealer
  readonly random: Random
  readonly clock: Clock
  /** Grows with every change of a key, on any node. */
  readonly revision: () => Promise<number>
  /** How long keys are trusted without a look at the revision. */
  readonly trustMs: number
}

/** Opens the stored keys; makes those that are missing first. Throws `WrongMasterKey`. */
export async function openKeyRing(ports: KeyRingPorts): Promise<KeyRing> {
  const { keys, sealer } = ports
  const revision = await ports.revision()
  const stored = await keys.list()
  for (const key of stored) checkMasterKey(key, sealer)
  const missing = FIRST_KEYS.filter(alg => !stored.some(key => key.alg === alg && key.retiredAt === undefined))
  if (missing.length > 0) await makeKeys(missing, ports)
  return createKeyRing(openKeys(missing.length > 0 ? await keys.list() : stored, sealer), revision, ports)
}

/** Two nodes that start at once both make keys; the first one's are kept, so each is committed alone and losing is fine. */
async function makeKeys(algs: readonly SealedKey['alg'][], ports: KeyRingPorts): Promise<void> {
  const made = await Promise.all(algs.map(alg => makeKey(alg, ports, ports.clock.now())))
  await Promise.all(made.map(key => ports.commit([ports.keys.insertFirst(key)])))
}

function createKeyRing(opened: OpenedKeys, revision: number, ports: KeyRingPorts): KeyRing {
  const { clock, sealer, trustMs } = ports
  const nowMs = (): number => clock.now().getTime()
  let state = nextState(undefined, opened, nowMs(), trustMs)
  let known = revision
  let fingerprint = ''
  let checkedAt = Number.NEGATIVE_INFINITY
  let isAway = false
  let checking: Promise<void> | undefined
  let lists = 0
  let newest = 0
  const beingMade = new Map<SigningAlgorithm, Promise<void>>()

  async function reload(): Promise<void> {
    lists += 1
    const turn = lists
    const stored = await ports.keys.list()
    // A list that was asked for later has come back already.
    if (turn < newest) return
    newest = turn
    const found = fingerprintOf(stored)
    // The revision grows with every client, too.
    if (found === fingerprint) return
    state = nextState(state, openKeys(stored, sealer), nowMs(), trustMs)
    fingerprint = found
  }

  async function check(): Promise<void> {
    const lookedAt = nowMs()
    try {
      const current = await ports.revision()
      if (current !== known) await reload()
      known = current
      isAway = false
    } catch {
      // The database is away for a moment: its keys are as good as before.
      isAway = true
    }
    checkedAt = lookedAt
  }

  function look(): Promise<void> {
    checking ??= check().finally(() => {
      checking = undefined
    })
    return checking
  }

  function freshen(): Promise<void> | undefined {
    const age = nowMs() - checkedAt
    if (age >= 0 && age < trustMs) return undefined
    const looking = look()
    // Once is enough to wait for a database that does not answer.
    return isAway ? undefined : looking
  }

  function make(alg: AsymmetricSigningAlgorithm): Promise<void> {
    const making = beingMade.get(alg) ?? makeKeys([alg], ports).then(reload)
    beingMade.set(alg, making)
    return making.finally(() => beingMade.delete(alg))
  }

  async function signerOf(alg: AsymmetricSigningAlgorithm, freshening: Promise<void> | undefined): Promise<JwsSigner> {
    await freshening
    if (!state.signing.has(alg)) await make(alg)
    const succession = state.signing.get(alg)
    if (succession === undefined) throw new Error(`the database has no ${alg} key`)
    const waitMs = succession.from - nowMs()
    // A clock that was put back makes nobody wait longer.
    if (waitMs > 0 && waitMs <= trustMs) {
      if (succession.before !== undefined) return succession.before
      await clock.sleep(waitMs)
    }
    return succession.signer
  }

  return {
    handles: opened.handles,
    sealer,
    freshen,
    signer(alg) {
      if (!isAsymmetric(alg)) throw new Error(`${alg} signs with the secret of a client`)
      const freshening = freshen()
      const succession = freshening === undefined ? state.signing.get(alg) : undefined
      return succession !== undefined && succession.from <= nowMs() ? succession.signer : signerOf(alg, freshening)
    },
    jwks() {
      if (nowMs() >= state.publishedUntil) state = { ...state, ...publish(state.opened, nowMs()) }
      return state.published
    },
    async findPublicKey(kid) {
      // A key that was taken away verifies no more, also on a node that signs nothing.
      await freshen()
      if (!state.opened.publicKeys.has(kid)) await look()
      return state.opened.publicKeys.get(kid)
    },
    async decrypt(jwe) {
      const header = readJweHeader(jwe)
      if (header === undefined) return undefined
      const { kid, alg } = header
      if (kid !== undefined && !state.opened.decryptionKeys.some(key => key.kid === kid)) await look()
      const name = keyManagementOf(alg)
      const isFitting = (key: DecryptionKey): boolean =>
        key.name === name && (kid === undefined || key.kid === kid) && isPublished(key, nowMs())
      for (const { key } of state.opened.decryptionKeys.filter(isFitting)) {
        const decrypted = await decryptJwe(jwe, key)
        if (decrypted !== undefined) return decrypted
      }
      return undefined
    },
    pairwiseSubject: (sector, subject) =>
      createHmac('sha256', opened.pairwise).update(`${sector}\0${subject}`).digest('base64url'),
  }
}

/** What of a key changes in its life. */
function fingerprintOf(stored: readonly SealedKey[]): string {
  return stored
    .map(({ kid, retiredAt, unpublishAt }) => `${kid} ${retiredAt?.getTime()} ${unpublishAt?.getTime()}`)
    .join()
}

interface RingState extends Publication {
  readonly opened: OpenedKeys
  readonly signing: ReadonlyMap<SigningAlgorithm, Succession>
}

/** A key that signs from a moment on, and the one that does until then. */
interface Succession {
  readonly signer: JwsSigner
  readonly from: number
  readonly before?: JwsSigner
}

/**
 * A key that is new here may be unknown to another node until that node trusts its memory no more. An app that asks there for the key
 * set would not find it, so the key waits as long before it signs.
 */
function nextState(last: RingState | undefined, opened: OpenedKeys, nowMs: number, trustMs: number): RingState {
  const succeed = (alg: SigningAlgorithm, signer: JwsSigner): Succession => {
    if (last === undefined) return { signer, from: Number.NEGATIVE_INFINITY }
    const current = last.signing.get(alg)
    const {
      signer: same,
      from,
      before,
    } = current?.signer.kid === signer.kid ? current : { signer, from: nowMs + trustMs, before: current?.signer }
    // A key that was taken away altogether signs no more.
    const goesOn = before !== undefined && opened.publicKeys.has(before.kid)
    return { signer: same, from, ...(goesOn ? { before } : {}) }
  }
  const signing = new Map([...opened.signers].map(([alg, signer]) => [alg, succeed(alg, signer)]))
  return { opened, signing, ...publish(opened, nowMs) }
}

interface Publication {
  readonly published: JsonWebKeySet
  /** When the next key leaves the key set. */
  readonly publishedUntil: number
}

function publish({ published }: OpenedKeys, nowMs: number): Publication {
  const current = published.filter(key => isPublished(key, nowMs))
  return {
    published: { keys: current.map(({ jwk }) => jwk) },
    publishedUntil: Math.min(...current.map(({ unpublishAt }) => unpublishAt?.getTime() ?? Number.POSITIVE_INFINITY)),
  }
}

function isPublished({ unpublishAt }: { readonly unpublishAt?: Date }, nowMs: number): boolean {
  return unpublishAt === undefined || unpublishAt.getTime() > nowMs
}
