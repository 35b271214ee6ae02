/** The report of an import as people read it: what became of the settings of the source, grouped by outcome. */

import {
  IMPORT_OUTCOMES,
  type ImportOutcome,
  type ImportTarget,
  type ReportLine,
} from '../core/import/import-report.ts'
import { printable } from './output.ts'

const TITLES: Readonly<Record<ImportOutcome, string>> = {
  mapped: 'Means the same here',
  approximated: 'Close, but not the same',
  'no-equivalent': 'Without an equivalent',
  ignored: 'Not needed',
}

/** Without `isWhole` what is as it was is only counted, and what is said of many is said once. */
export function reportText(report: readonly ReportLine[], isWhole: boolean): string {
  return IMPORT_OUTCOMES.map(outcome => ({ outcome, lines: report.filter(line => line.outcome === outcome) }))
    .filter(({ lines }) => lines.length > 0)
    .flatMap(({ outcome, lines }) => {
      const head = `${TITLES[outcome]}: ${lines.length}`
      if (isWhole) return [head, ...lines.map(lineText)]
      const isTold = outcome === 'approximated' || outcome === 'no-equivalent'
      return isTold ? [head, ...alike(lines).flatMap(alikeText)] : [head]
    })
    .join('\n')
}

/** The same said of the same setting, in the order of the first. */
function alike(lines: readonly ReportLine[]): readonly (readonly ReportLine[])[] {
  const groups = new Map<string, ReportLine[]>()
  for (const line of lines) {
    const key = `${kindOf(line)}\0${line.why ?? ''}`
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [line])
    else group.push(line)
  }
  return [...groups.values()]
}

/** `clients[3].webOrigins` of one client is that of every client. */
function kindOf({ path, target }: ReportLine): string {
  const without = path
    .replaceAll(/\[\d+\]/g, '[]')
    .replace(/^(users\.|\w+\.\w+ )\S+(?=\.\w+$)/, '$1')
    .replace(/^(users\[\]|\w+\.\w+) .*$/, '$1')
  return `${without} ${target?.resource ?? ''} ${target?.field ?? ''}`
}

/** So many are still told one by one. */
const FEW = 3

function alikeText(lines: readonly ReportLine[]): readonly string[] {
  const [first] = lines
  if (first === undefined || lines.length <= FEW) return lines.map(lineText)
  const { path, why } = first
  return [printable(`  ${path} and ${lines.length - 1} more like it${why === undefined ? '' : `: ${why}`}`)]
}

export function reportCounts(report: readonly ReportLine[]): Readonly<Record<string, number>> {
  return Object.fromEntries(
    IMPORT_OUTCOMES.map(outcome => [outcome, report.filter(line => line.outcome === outcome).length]),
  )
}

function lineText({ path, target, why }: ReportLine): string {
  const where = target === undefined ? '' : ` → ${targetText(target)}`
  return printable(`  ${path}${where}${why === undefined ? '' : `: ${why}`}`)
}

function targetText({ resource, key, field }: ImportTarget): string {
  return `${resource} ${key}${field === undefined ? '' : ` ${field}`}`
}
