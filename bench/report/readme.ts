/** Puts a report between the markers of bench/README.md. */

import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const README = join(import.meta.dirname, '../README.md')
const BEGIN = '<!-- measured: begin (npm run bench -- --write-readme) -->'
const END = '<!-- measured: end -->'

export function writeReadme(report: string): void {
  const text = readFileSync(README, 'utf8')
  const begin = text.indexOf(BEGIN)
  const end = text.indexOf(END)
  if (begin < 0 || end < begin) throw new Error(`${README} lacks the markers around the measured part`)
  writeFileSync(README, `${text.slice(0, begin + BEGIN.length)}\n\n${report}\n\n${text.slice(end)}`)
}
