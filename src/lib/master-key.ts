/** The master key: from a text or a file to the key that seals our secrets. The file is made at the first start. */

import { createSecretKey, hkdfSync, type KeyObject } from 'node:crypto'
import { link, mkdir, open, readFile, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Random } from './random.ts'

export interface MasterKey {
  /** 16 hex digits, kept beside everything sealed under the key; tells nothing about it. */
  readonly id: string
  /** 256 bits. */
  readonly key: KeyObject
}

/** Fewer characters than 32 cannot hold 128 bits of chance in any usual notation. */
export const MIN_MASTER_KEY_LENGTH = 32

/** `text`: at least 32 characters of chance in any notation; blanks and line ends around it do not count. */
export function masterKeyFromText(text: string): MasterKey {
  const trimmed = text.trim()
  if (trimmed.length < MIN_MASTER_KEY_LENGTH) {
    throw new Error(`the master key needs at least ${MIN_MASTER_KEY_LENGTH} characters, this one has ${trimmed.length}`)
  }
  // RFC 5869 §3.2: different info, independent keys. The id comes out of the same text and still reveals nothing of the key.
  return {
    id: derive(trimmed, 'sallyport master key id', 8).toString('hex'),
    key: createSecretKey(derive(trimmed, 'sallyport master key', 32)),
  }
}

export interface MasterKeyFile {
  readonly masterKey: MasterKey
  /** The file was not there and was made by this call. */
  readonly created: boolean
}

/** Processes that start at once all end up with the same key, whoever made it. */
export async function openMasterKeyFile(path: string, random: Random): Promise<MasterKeyFile> {
  const existing = await readIfThere(path)
  const created = existing === undefined && (await createFile(path, random))
  const text = existing ?? (await readFile(path, 'utf8'))
  try {
    return { masterKey: masterKeyFromText(text), created }
  } catch (error) {
    throw new Error(`${path}: ${error instanceof Error ? error.message : String(error)}`)
  }
}

function derive(text: string, info: string, bytes: number): Buffer {
  return Buffer.from(hkdfSync('sha256', text, '', info, bytes))
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined
    throw error
  }
}

// Written whole under another name, then linked: a link never replaces a file, and nobody ever sees half of one.
async function createFile(path: string, random: Random): Promise<boolean> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  const draft = `${path}.${random.bytes(8).toString('hex')}.new`
  const file = await open(draft, 'wx', 0o600)
  try {
    await file.writeFile(`${random.bytes(32).toString('base64url')}\n`)
    await file.sync()
    await link(draft, path)
    await syncFolder(dirname(path))
    return true
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false
    throw error
  } finally {
    await file.close()
    await rm(draft, { force: true })
  }
}

// The name must survive a power failure as well: whatever is sealed from now on can be read with this file alone.
async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}
