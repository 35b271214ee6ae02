/** Files of other systems: YAML by the reader of our own settings, JSON by the language's. */

import { readYaml } from '../config/read-yaml.ts'
import type { JsonObject } from '../core/clients/client.ts'
import { CommandFailure, EXIT } from './exit-codes.ts'
import { printable } from './output.ts'
import type { Terminal } from './terminal.ts'

/** `advice`: what to do about a file that is none. */
export function readYamlSource(terminal: Terminal, file: string, advice = ''): JsonObject {
  const { tree, mistakes } = readYaml(file, textOfFile(terminal, file))
  if (mistakes.length === 0) return tree as JsonObject
  const lines = mistakes.map(({ place, rule }) => {
    const where = place.kind === 'file' ? `${place.file}:${place.line}:${place.column}` : file
    return printable(`${where} ${rule}`)
  })
  throw new CommandFailure(EXIT.usage, [...lines, ...(advice === '' ? [] : [advice])].join('\n'))
}

export function readJsonSource(terminal: Terminal, file: string): unknown {
  try {
    return JSON.parse(textOfFile(terminal, file).replace(/^\uFEFF/, ''))
  } catch (error) {
    if (error instanceof CommandFailure) throw error
    // The message of the parser may quote what stands in the file, such as a secret.
    throw new CommandFailure(EXIT.usage, `${file} is not valid JSON`)
  }
}

function textOfFile(terminal: Terminal, file: string): string {
  try {
    return terminal.readFile(file)
  } catch (error) {
    throw new CommandFailure(
      EXIT.usage,
      `${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`,
    )
  }
}
