/** A file that a script makes: written, or with `--check` held to what it should be. */

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'

const ROOT = new URL('../', import.meta.url)

export const isCheck = process.argv.includes('--check')

/** `name`: below docs/reference. */
export function writeOrCheck(name: string, text: string, command: string): void {
  writeOrCheckAt(`docs/reference/${name}`, text, command)
}

/** `path`: from the root of the project. A stale one is named together with the command that makes it, and the script fails. */
export function writeOrCheckAt(path: string, text: string, command: string): void {
  const file = new URL(path, ROOT)
  if (!isCheck) {
    mkdirSync(new URL('./', file), { recursive: true })
    writeFileSync(file, text)
  } else if (currentText(file) !== text) {
    console.error(`${path} is stale: run ${command}`)
    process.exitCode = 1
  }
}

function currentText(file: URL): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}
