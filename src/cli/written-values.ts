/** Values as a person writes them at the command line or in a file. */

import { resolve } from 'node:path'
import type { JsonObject } from '../core/clients/client.ts'
import { CommandFailure, EXIT } from './exit-codes.ts'
import type { Terminal } from './terminal.ts'

/** As `parseDuration` reads it. */
export const A_TIME = 'a time such as 30s, 10m or 90d, or a number of seconds'

/** `show` prints yes and no. */
export const BOOLEANS: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['yes', true],
  ['false', false],
  ['no', false],
])

/** JSON, or values separated by commas. */
export function listOf(text: string): unknown {
  if (text.trimStart().startsWith('[')) return parseJson(text)
  return text
    .split(',')
    .map(item => item.trim())
    .filter(item => item !== '')
}

/** One JSON object from a file, or from standard input. */
export async function readJsonObject(option: string, path: string, terminal: Terminal): Promise<JsonObject> {
  const text = path === '-' ? await terminal.readInput() : readFileText(option, path, terminal)
  const json = parseJson(text)
  if (isObject(json)) return json
  throw new CommandFailure(EXIT.usage, `${path === '-' ? 'standard input' : path} is not one JSON object`)
}

export function readFileText(option: string, path: string, { readFile, cwd }: Terminal): string {
  try {
    return readFile(resolve(cwd, path))
  } catch (error) {
    throw new CommandFailure(EXIT.usage, `${option}: ${error instanceof Error ? error.message : String(error)}`)
  }
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
