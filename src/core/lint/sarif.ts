/** Findings as SARIF 2.1.0 (OASIS), for code hosts and editors that show them beside the line. */

import type { Finding, Severity } from './finding.ts'
import { subjectOf } from './lint.ts'
import { LINT_RULES } from './rules.ts'

/** SARIF §3.27.10. */
const LEVELS: Readonly<Record<Severity, 'note' | 'warning' | 'error'>> = {
  info: 'note',
  warning: 'warning',
  error: 'error',
}

const SCHEMA = 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json'

export interface SarifLog {
  readonly $schema: string
  readonly version: '2.1.0'
  readonly runs: readonly object[]
}

export function sarifOf(findings: readonly Finding[], version: string): SarifLog {
  return {
    $schema: SCHEMA,
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'sallyport lint', semanticVersion: version, rules: LINT_RULES.map(descriptorOf) } },
        // SARIF §3.14.23: with no findings there is an empty list, which says that lint ran.
        results: findings.map(resultOf),
      },
    ],
  }
}

function descriptorOf({ id, severity, title, why, fix }: (typeof LINT_RULES)[number]): object {
  return {
    id,
    shortDescription: { text: title },
    fullDescription: { text: why },
    help: { text: fix },
    defaultConfiguration: { level: LEVELS[severity] },
  }
}

function resultOf(finding: Finding): object {
  const { rule, severity, message } = finding
  return {
    ruleId: rule,
    ruleIndex: LINT_RULES.findIndex(({ id }) => id === rule),
    level: LEVELS[severity],
    message: { text: `${subjectOf(finding)}: ${message}`.replace(/^: /, '') },
    locations: [locationOf(finding)],
    // SARIF §3.27.17: the same finding is the same, whichever line it has moved to.
    partialFingerprints: { 'rule/thing/field': `${rule}/${subjectOf(finding)}` },
  }
}

function locationOf(finding: Finding): object {
  const logical = { logicalLocations: [{ fullyQualifiedName: subjectOf(finding), kind: 'member' }] }
  const [, file, line] = /^(.+):(\d+)$/.exec(finding.place ?? '') ?? []
  if (file === undefined) return logical
  const artifact = { artifactLocation: { uri: uriOf(file) }, region: { startLine: Number(line) } }
  return { physicalLocation: artifact, ...logical }
}

/** SARIF §3.4.3: a URI reference, relative to the root of the sources. */
function uriOf(file: string): string {
  const path = file.split('/').map(encodeURIComponent).join('/')
  return file.startsWith('/') ? `file://${path}` : path
}
