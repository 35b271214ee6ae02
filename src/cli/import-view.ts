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

/** Without `isWhole` what is as it was is only counted. */
export function reportText(report: readonly ReportLine[], isWhole: boolean): string {
  return IMPORT_OUTCOMES.map(outcome => ({ outcome, lines: report.filter(line => line.outcome === outcome) }))
    .filter(({ lines }) => lines.length > 0)
    .flatMap(({ outcome, lines }) => {
      const isTold = isWhole || outcome === 'approximated' || outcome === 'no-equivalent'
      return [`${TITLES[outcome]}: ${lines.length}`, ...(isTold ? lines.map(lineText) : [])]
    })
    .join('\n')
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
