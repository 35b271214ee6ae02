/** Files of other systems: YAML by the reader of our own settings, JSON by the language's. */

import { readYaml } from '../config/read-yaml.ts'
import type { JsonObject } from '../core/clients/client.ts'
import { looksLike } from '../core/import/looks-like.ts'
import { CommandFailure, EXIT } from './exit-codes.ts'
import { printable } from './output.ts'
import type { Terminal } from './terminal.ts'

/** `advice`: what to do about a file that is none. */
export function readYamlSource(terminal: Terminal, file: string, advice = ''): JsonObject {
  const text = textOfFile(terminal, file)
  const { tree, mistakes } = readYaml(file, text)
  if (mistakes.length === 0) return tree as JsonObject
  const lines = mistakes.map(({ place, rule }) => {
    const where = place.kind === 'file' ? `${place.file}:${place.line}:${place.column}` : file
    return printable(`${where} ${rule}`)
  })
  const hint = looksLike(parsedJson(text)).replace(/^; t/, 'T')
  throw new CommandFailure(EXIT.usage, [...lines, ...[hint, advice].filter(said => said !== '')].join('\n'))
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

export function readJsonSource(terminal: Terminal, file: string): unknown {
  const text = textOfFile(terminal, file)
  try {
    return JSON.parse(text)
  } catch {
    // The message of the parser may quote what stands in the file, such as a secret.
    const what = /^\s*[[{]/.test(text) ? ': it may be cut off' : ''
    throw new CommandFailure(EXIT.usage, `${file} is not valid JSON${looksLike(readYaml(file, text).tree) || what}`)
  }
}

function textOfFile(terminal: Terminal, file: string): string {
  try {
    const text = terminal.readFile(file)
    // UTF-16 read as UTF-8: PowerShell writes it when output goes to a file.
    if (/^\uFFFD{2}|^.?\0/s.test(text)) throw new CommandFailure(EXIT.usage, `${file} is not UTF-8: save it as that`)
    return text.replace(/^\uFEFF/, '')
  } catch (error) {
    if (error instanceof CommandFailure) throw error
    throw new CommandFailure(
      EXIT.usage,
      `${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`,
    )
  }
}
