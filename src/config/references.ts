/** References inside the values of files: `${env.NAME}`, `${file:PATH}` and `${vault.NAME}`. `$${…}` is a plain `${…}`. */

import { join } from 'node:path'
import { REFERENCE } from '../core/declarations/references.ts'

export interface ReferencePorts {
  readonly env: Readonly<Record<string, string | undefined>>
  /** The text of a file, without the line break at its end. Throws when it cannot be read. */
  readonly readText: (path: string) => string
  /** The folder that `secrets.vault` names. */
  readonly vault?: string | undefined
  /** References of somebody else, which are left as they are: `${CLAIM.email}` in the template of a mapping. */
  readonly isForeign?: (reference: string) => boolean
}

export type Resolved =
  | { readonly text: string; readonly changed: boolean }
  /** Continues the sentence that the setting begins. */
  | { readonly broken: string }

export function resolveReferences(written: string, { env, readText, vault, isForeign }: ReferencePorts): Resolved {
  let broken: string | undefined
  const text = written.replace(REFERENCE, (whole, escaped: string | undefined, reference: string | undefined) => {
    if (escaped !== undefined) return escaped
    if (isForeign?.(reference ?? '') === true) return whole
    const value = textBehind(reference ?? '')
    if (typeof value === 'string') return value
    broken ??= value.broken
    return ''
  })
  return broken === undefined ? { text, changed: text !== written } : { broken }

  function textBehind(reference: string): string | { readonly broken: string } {
    if (reference.startsWith('env.')) {
      const name = reference.slice('env.'.length)
      return env[name] ?? { broken: `refers to the environment variable ${name}, which is not set` }
    }
    if (reference.startsWith('file:')) return textIn(reference.slice('file:'.length))
    if (reference.startsWith('vault.')) return fromVault(reference.slice('vault.'.length))
    const known = '${env.NAME}, ${file:PATH} or ${vault.NAME}'
    return { broken: `has an unknown reference \${${reference}}: write ${known}` }
  }

  function textIn(path: string): string | { readonly broken: string } {
    try {
      return readText(path)
    } catch (error) {
      return { broken: `refers to the file ${path}, which cannot be read: ${reasonOf(error)}` }
    }
  }

  function fromVault(name: string): string | { readonly broken: string } {
    if (vault === undefined) return { broken: `refers to ${name} in the vault, but secrets.vault is not set` }
    return isNameInVault(name)
      ? textIn(join(vault, name))
      : { broken: `refers to ${name}, which is no name of a secret` }
  }
}

/** One file of the folder: a name that leads out of it is none. */
export function isNameInVault(name: string): boolean {
  return /^[\w-][\w.-]*$/.test(name)
}

/** Why the operating system refused, in a few words and without the path, which the sentence names already. */
export function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  switch (code) {
    case 'ENOENT':
      return 'no such file'
    case 'EACCES':
      return 'permission denied'
    case 'EISDIR':
      return 'it is a folder'
    default:
      return error instanceof Error ? error.message : String(error)
  }
}
