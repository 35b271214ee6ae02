/** A file below docs/reference that a script makes: written, or with `--check` held to what it should be. */

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'

const FOLDER = new URL('../docs/reference/', import.meta.url)

export const isCheck = process.argv.includes('--check')

/** A stale one is named together with the command that makes it, and the script fails. */
export function writeOrCheck(name: string, text: string, command: string): void {
  const file = new URL(name, FOLDER)
  if (!isCheck) {
    mkdirSync(FOLDER, { recursive: true })
    writeFileSync(file, text)
  } else if (currentText(file) !== text) {
    console.error(`docs/reference/${name} is stale: run ${command}`)
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
