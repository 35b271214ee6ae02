/** `sallyport lint`: what is dangerous, broken or useless, in files and in the database. */

import { type Command, Option } from 'commander'
import { lintDocument } from '../../core/administration/run-lint.ts'
import { fileFindings } from '../../core/lint/file-findings.ts'
import { type Finding, isAtLeast, SEVERITIES, type Severity } from '../../core/lint/finding.ts'
import { subjectOf } from '../../core/lint/lint.ts'
import { lintRuleOf } from '../../core/lint/rules.ts'
import { sarifOf } from '../../core/lint/sarif.ts'
import { atDesk, withPlace } from '../at-desk.ts'
import { appended } from '../document-options.ts'
import { CommandFailure, EXIT } from '../exit-codes.ts'
import { settingsFor } from '../open-house.ts'
import { type JsonOption, jsonText, printable, withJson } from '../output.ts'
import type { Terminal } from '../terminal.ts'

const HELP = `
Looks at what the files declare and at what the database holds. --files-only needs no database, and no secret: it is for a check before
files are merged. There a section that the files have is taken for all there is of its kind. All rules: docs/reference/lint-rules.md.

Exit code 1 when there is a finding of the severity that --fail-on names (standard: error). Rules that do not matter to you are ignored with
--ignore, or for good in the settings: lint: {ignore: [client-pkce-off]}.

Examples:
  $ sallyport lint
  $ sallyport lint --config sallyport.yaml --files-only --fail-on warning
  $ sallyport lint sallyport.yaml --files-only --sarif > lint.sarif
  $ sallyport lint --server https://id.example.com --severity warning --json | jq -r ".findings[].message"`

interface LintOptions extends JsonOption {
  readonly sarif?: boolean
  readonly filesOnly?: boolean
  readonly severity?: Severity
  readonly failOn?: Severity
  readonly ignore?: readonly string[]
}

export function define(command: Command, terminal: Terminal): void {
  withJson(withPlace(command))
    .description('Look for what is dangerous, broken or useless.')
    .argument('[file]', 'the settings file, as --config says it')
    .option('--files-only', 'without a database: only what the files say')
    .addOption(new Option('--severity <least>', 'only findings of this severity and worse').choices(SEVERITIES))
    .addOption(
      new Option('--fail-on <least>', 'exit code 1 from this severity on').choices(SEVERITIES).default('error'),
    )
    .addOption(new Option('--ignore <rule>', 'leave a rule out; repeat for more').argParser(appended))
    .addOption(new Option('--sarif', 'print a SARIF 2.1.0 log').conflicts('json'))
    .addHelpText('after', HELP)
    .action(async (file: string | undefined, options: LintOptions) => {
      if (file !== undefined) command.setOptionValue('config', file)
      const findings = await (options.filesOnly === true
        ? lintFiles(command, terminal, options)
        : lintHouse(command, terminal, options))
      print(findings, options, terminal, versionOf(command))
      const { failOn = 'error' } = options
      const failing = findings.filter(({ severity }) => isAtLeast(severity, failOn)).length
      if (failing > 0)
        throw new CommandFailure(EXIT.failure, `${count(failing, failOn === 'info' ? 'finding' : failOn)}: see above`)
    })
}

async function lintFiles(command: Command, terminal: Terminal, options: LintOptions): Promise<readonly Finding[]> {
  const config = await settingsFor(command, terminal)
  const { severity: least, ignore } = options
  return fileFindings(config, terminal.startedAt, {
    ...(least === undefined ? {} : { least }),
    ...(ignore === undefined ? {} : { ignore }),
  })
}

async function lintHouse(command: Command, terminal: Terminal, options: LintOptions): Promise<readonly Finding[]> {
  const { severity, ignore = [] } = options
  const query = {
    ...(severity === undefined ? {} : { severity }),
    ...(ignore.length === 0 ? {} : { ignore: ignore.join(' ') }),
  }
  let findings: readonly Finding[] = []
  await atDesk(command, terminal, async ({ admin }) => {
    const { document } = await admin.call('lint.run', { query })
    findings = document.findings as readonly Finding[]
  })
  return findings
}

function versionOf(command: Command): string {
  return command.parent === null ? (command.version() ?? '') : versionOf(command.parent)
}

function print(findings: readonly Finding[], { json, sarif }: LintOptions, terminal: Terminal, version: string): void {
  if (sarif === true) terminal.print(jsonText(sarifOf(findings, version)))
  else if (json === true) terminal.print(jsonText(lintDocument(findings)))
  else if (findings.length === 0) terminal.print('Nothing was found.')
  else terminal.print([...findings.map(findingText), '', summaryOf(findings)].join('\n'))
}

/** `error   clients/wiki redirect_uris (sallyport.yaml:12)`, then what is so, why it matters and what to write. */
function findingText(finding: Finding): string {
  const { severity, rule, message, place } = finding
  const { why = '', fix = '' } = lintRuleOf(rule) ?? {}
  const where = `${subjectOf(finding)}${place === undefined ? '' : ` (${place})`}`
  return [
    `${severity.padEnd(8)}${printable(where)}: ${printable(message)}  [${rule}]`,
    `        ${why}`,
    `        Fix: ${fix}`,
  ].join('\n')
}

function summaryOf(findings: readonly Finding[]): string {
  const parts = SEVERITIES.toReversed().map(severity => {
    const many = findings.filter(finding => finding.severity === severity).length
    return severity === 'info' ? `${many} to know` : count(many, severity)
  })
  return `${parts.join(', ')}.`
}

function count(many: number, what: string): string {
  return `${many} ${what}${many === 1 ? '' : 's'}`
}
