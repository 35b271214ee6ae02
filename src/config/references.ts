/** References inside the values of the file: `${env.NAME}` and `${file:PATH}`. `$${…}` is a plain `${…}`. */

export interface ReferencePorts {
  readonly env: Readonly<Record<string, string | undefined>>
  /** The text of a file, without the line break at its end. Throws when it cannot be read. */
  readonly readText: (path: string) => string
}

export type Resolved =
  | { readonly text: string; readonly changed: boolean }
  /** Continues the sentence that the setting begins. */
  | { readonly broken: string }

const REFERENCE = /\$(\$\{[^}]*\})|\$\{([^}]*)\}/g

export function resolveReferences(written: string, { env, readText }: ReferencePorts): Resolved {
  let broken: string | undefined
  const text = written.replace(REFERENCE, (_whole, escaped: string | undefined, reference: string | undefined) => {
    if (escaped !== undefined) return escaped
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
    if (reference.startsWith('file:')) {
      const path = reference.slice('file:'.length)
      try {
        return readText(path)
      } catch (error) {
        return { broken: `refers to the file ${path}, which cannot be read: ${reasonOf(error)}` }
      }
    }
    return { broken: `has an unknown reference \${${reference}}: write \${env.NAME} or \${file:PATH}` }
  }
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
