/** Golden files: what goes over the wire as JSON, with what changes from run to run replaced. A change of the wire shows as a diff. */

import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const FOLDER = join(import.meta.dirname, '../flows/golden')

/** `replacements`: member → what stands for it; a member that is missing is not added. `UPDATE_GOLDEN=1` writes the files anew. */
export function assertGolden(name: string, value: object, replacements: Readonly<Record<string, string>> = {}): void {
  const stable = Object.fromEntries(
    Object.entries(value).map(([member, kept]) => [member, replacements[member] ?? kept]),
  )
  const text = `${JSON.stringify(stable, null, 2)}\n`
  const path = join(FOLDER, `${name}.json`)
  if (process.env.UPDATE_GOLDEN === '1') writeFileSync(path, text)
  assert.equal(text, readFileSync(path, 'utf8'), `${name}.json: UPDATE_GOLDEN=1 writes it anew`)
}
