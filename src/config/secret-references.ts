/** What stands behind `${vault.NAME}`, `${env.NAME}` and `${file:PATH}` in the secrets of upstreams, read whenever it is needed. */

import { join } from 'node:path'
import { isNameInVault, reasonOf } from './references.ts'

export interface SecretReferencePorts {
  readonly env: Readonly<Record<string, string | undefined>>
  /** The text of a file, without the line break at its end. Throws when it cannot be read. */
  readonly readText: (path: string) => string
  /** The folder that `secrets.vault` names. */
  readonly vault?: string | undefined
  /** Our own secrets. */
  readonly ours: readonly string[]
  /** Files that hold one of them by now, or later. */
  readonly ourFiles: readonly string[]
}

const LONG = 12

/** `reference`: `vault.NAME`, `env.NAME` or `file:PATH`. Throws, with a message for people, when there is nothing. */
export type ReadReference = (reference: string) => string

export function createReadReference(ports: SecretReferencePorts): ReadReference {
  return reference => {
    const text = textBehind(reference, ports)
    if (isOurs(text, ports))
      throw new Error(`what ${reference} stands for is a secret of this server, not of an upstream`)
    return text
  }
}

function textBehind(reference: string, { env, readText, vault }: SecretReferencePorts): string {
  if (reference.startsWith('env.')) return environmentVariable(reference.slice('env.'.length), env)
  if (reference.startsWith('file:')) return file(reference.slice('file:'.length), readText)
  const name = reference.slice('vault.'.length)
  if (vault === undefined) throw new Error(`secrets.vault is not set, so there is no vault to find ${name} in`)
  if (!isNameInVault(name)) throw new Error(`${name} is no name of a secret`)
  return file(join(vault, name), readText)
}

/**
 * Our own secrets stay ours: whoever may say what is sent to an upstream must not send it these. What is there is compared and not where
 * it is, because links, other names and `/proc` lead to the same.
 */
function isOurs(text: string, { ours, ourFiles, readText }: SecretReferencePorts): boolean {
  const inFiles = ourFiles.map(path => textIn(path, readText) ?? '')
  return [...ours, ...inFiles].some(secret => isWithin(text, secret.trim()))
}

/** For texts that are shown: only long ones are looked for, as a short one may be within anything. */
export function holdsOurs({
  ours,
  ourFiles,
  readText,
}: Pick<SecretReferencePorts, 'ours' | 'ourFiles' | 'readText'>): (text: string) => boolean {
  const secrets = [...ours, ...ourFiles.map(path => textIn(path, readText) ?? '')]
    .map(secret => secret.trim())
    .filter(secret => secret.length >= LONG)
  return text => secrets.some(secret => text.includes(secret))
}

/** The environment of a process and a settings file hold them among other things. A short one may be within anything. */
function isWithin(text: string, secret: string): boolean {
  return secret !== '' && (text.trim() === secret || (secret.length >= LONG && text.includes(secret)))
}

function textIn(path: string, readText: SecretReferencePorts['readText']): string | undefined {
  try {
    return readText(path)
  } catch {
    return undefined
  }
}

function environmentVariable(name: string, env: SecretReferencePorts['env']): string {
  const value = env[name]
  if (name.startsWith('SALLYPORT_')) throw new Error(`${name} is a setting of this server, not a secret of an upstream`)
  if (value === undefined || value === '') throw new Error(`the environment variable ${name} is not set`)
  return value
}

function file(path: string, readText: SecretReferencePorts['readText']): string {
  let text: string
  try {
    text = readText(path)
  } catch (error) {
    throw new Error(`the file ${path} cannot be read: ${reasonOf(error)}`)
  }
  if (text === '') throw new Error(`the file ${path} is empty`)
  return text
}
