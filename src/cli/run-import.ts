/** What all importers do with what they read: plan it, ask, make it true in one transaction, and report. */

import { writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { type Command, Option } from 'commander'
import type { Config } from '../config/config.ts'
import { isProblem } from '../core/administration/problem.ts'
import type { Plan, PlannedThing } from '../core/declarations/plan.ts'
import { mistakeText } from '../core/declarations/plan-text.ts'
import type { AppliedImport, ImportSettings } from '../core/import/apply-import.ts'
import type { Imported } from '../core/import/import-report.ts'
import type { House } from '../house.ts'
import { CONFIRM_HELP, confirm, withYes, type YesOption } from './confirm.ts'
import { CommandFailure, EXIT } from './exit-codes.ts'
import { reportCounts, reportText } from './import-view.ts'
import { inHouseOrEmpty, inNewHouse } from './open-house.ts'
import { type JsonOption, jsonText, printable, withJson } from './output.ts'
import { countsToDo, planText, toldThings } from './plan-view.ts'
import { warnAll } from './print-document.ts'
import { startProgress } from './progress.ts'
import type { Terminal } from './terminal.ts'

export interface ImportOptions extends JsonOption, YesOption {
  readonly plan?: boolean
  readonly apply?: boolean
  readonly existing: 'keep' | 'replace'
  readonly report?: string
  readonly all?: boolean
  readonly without?: readonly string[]
}

export const IMPORT_HELP = `
First the plan and the report are shown, and nothing is changed; then you are asked. Everything is made in one transaction, or nothing.
The report names every setting of the source: what means the same here, what is close to it, what has no equivalent, and what to do.
What exists already stays as it is, unless --existing replace. What is imported belongs to nobody's file; sallyport export writes it as YAML.
It works on the database, not with --server; the server may be running.

${CONFIRM_HELP}
Exit code 2 when something cannot be made; --without leaves it out.`

const NOTHING_DONE = 'nothing was imported'

export function withImport(command: Command): Command {
  return withYes(withJson(command), 'do not ask')
    .option('--plan', 'only show what would be made')
    .option('--apply', 'the same as --yes')
    .addOption(
      new Option('--existing <what>', 'what becomes of things that exist already')
        .choices(['keep', 'replace'])
        .default('keep'),
    )
    .option('--without <thing>', 'leave this out: clients/ID, accounts/NAME, …; repeat for more', collect)
    .option('--all', 'print everything: also what means the same, what is not needed, and what is the same of many')
    .option('--report <file>', 'write every line of the report there, as JSON')
    .option('--config <file>', 'the settings file')
}

function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value]
}

/** `NAME=VALUE`, repeated. */
export function collectPairs(value: string, before: ReadonlyMap<string, readonly string[]> = new Map()) {
  const at = value.indexOf('=')
  if (at < 1) throw new CommandFailure(EXIT.usage, `${value}: write NAME=VALUE`)
  const name = value.slice(0, at)
  return new Map([...before, [name, [...(before.get(name) ?? []), value.slice(at + 1)]]])
}

/** `from`: `keycloak`. */
export function runImport(command: Command, terminal: Terminal, from: string, read: Imported): Promise<void> {
  const options = command.opts<ImportOptions>()
  const imported = leftOut(read, options.without ?? [])
  if (options.report !== undefined) {
    // What is written there names people and apps: for the caller's eyes.
    writeFileSync(resolve(terminal.cwd, options.report), `${JSON.stringify(imported.report, null, 2)}\n`, {
      mode: 0o600,
    })
  }
  const open = options.plan === true ? inHouseOrEmpty : inNewHouse
  return open(command, terminal, (house, config) => importInto(house, config, { from, imported, options, terminal }))
}

interface Importing {
  readonly from: string
  readonly imported: Imported
  readonly options: ImportOptions
  readonly terminal: Terminal
}

async function importInto(house: House, config: Config, importing: Importing): Promise<void> {
  const { from, imported, options, terminal } = importing
  const [{ administrationPorts }, { applyImport, importActor, planImport }] = await Promise.all([
    import('../house.ts'),
    import('../core/import/apply-import.ts'),
  ])
  const ports = administrationPorts(config, house)
  const actor = importActor(from)
  const progress = startProgress(terminal, options)
  const settings: ImportSettings = {
    existing: options.existing,
    onProgress: (done, all) => progress.show(`${done} of ${all} things`),
  }
  const planned = await planImport(imported.things, settings, { ...ports, actor, now: ports.clock.now() }).finally(
    progress.end,
  )
  if (isProblem(planned)) throw new CommandFailure(EXIT.failure, planned.detail)
  const { plan } = planned
  const isPlan = options.plan === true
  if (options.json !== true) showPlan(plan, importing, isPlan)
  else if (isPlan || mistakesOf(plan, imported).length > 0) terminal.print(jsonOf('planned', plan, importing))
  failOn(plan, imported)
  if (isPlan) return warnAll(terminal, planned.warnings)
  if (toldThings(plan.things).length > 0) {
    await confirm(
      terminal,
      { yes: options.yes === true || options.apply === true },
      { what: `${countsToDo(plan.things)}.`, verb: 'import' },
    )
  }
  const applied = await applyImport(imported.things, settings, ports, actor).finally(progress.end)
  if (isProblem(applied)) throw new CommandFailure(EXIT.conflict, `${applied.detail}; ${NOTHING_DONE}`)
  failOn(applied.plan, imported)
  reportApplied(applied, importing)
}

/** A plan is an answer; before a question it is an explanation. */
function showPlan(plan: Plan, { imported, options, terminal }: Importing, isPlan: boolean): void {
  const say = (text: string) => (isPlan ? terminal.print(text) : terminal.warn(text))
  const { things, more } = options.all === true ? { things: plan.things, more: [] } : shortened(plan.things)
  const told = [planText(things), ...more].filter(text => text !== '').join('\n')
  if (told !== '') say(told)
  if (imported.report.length > 0) say(reportText(imported.report, options.all === true))
  // Where there are mistakes, they are the answer.
  if (isPlan && mistakesOf(plan, imported).length === 0)
    say(countsToDo(plan.things) === '' ? 'Nothing to import: everything is there.' : `${countsToDo(plan.things)}.`)
}

/** Of one kind, so many are shown. */
const MOST_SHOWN = 100

/** Thousands of people are a number; whatever has a warning is shown. */
function shortened(things: readonly PlannedThing[]): {
  readonly things: readonly PlannedThing[]
  readonly more: readonly string[]
} {
  const counts = new Map<string, number>()
  const shown = toldThings(things).filter(({ resource, action, warnings }) => {
    const count = (counts.get(resource) ?? 0) + 1
    counts.set(resource, count)
    return count <= MOST_SHOWN || warnings.length > 0 || action !== 'create'
  })
  const left = (resource: string, count: number) => count - shown.filter(thing => thing.resource === resource).length
  const more = [...counts].flatMap(([resource, count]) =>
    left(resource, count) === 0 ? [] : [`+ ${left(resource, count)} more ${resource}: --all shows them`],
  )
  return { things: shown, more }
}

function reportApplied(applied: AppliedImport, importing: Importing): void {
  const { terminal, options } = importing
  const { plan, once, warnings } = applied
  if (options.json === true) terminal.print(jsonOf('imported', plan, importing, once))
  else {
    for (const [name, secrets] of Object.entries(once)) {
      for (const [field, value] of Object.entries(Object(secrets))) {
        terminal.print(printable(`${field} of ${name}, shown this once: ${value}`))
      }
    }
    const made = plan.things.filter(({ action }) => action === 'create').length
    const changed = plan.things.filter(({ action }) => action === 'change').length
    terminal.print(
      made + changed === 0 ? 'Nothing to import: everything is there.' : `Imported: ${made} made, ${changed} changed.`,
    )
  }
  warnAll(terminal, warnings)
}

function jsonOf(outcome: 'planned' | 'imported', plan: Plan, { imported }: Importing, once: object = {}): string {
  const told = toldThings(plan.things)
  return jsonText({
    outcome,
    things: told,
    kept: plan.things.length - told.length,
    mistakes: mistakesOf(plan, imported),
    counts: reportCounts(imported.report),
    report: imported.report,
    once,
  })
}

function mistakesOf({ mistakes }: Plan, imported: Imported): readonly object[] {
  return [...imported.mistakes, ...mistakes]
}

function failOn({ mistakes }: Plan, imported: Imported): void {
  const lines = [
    ...imported.mistakes.map(({ path, message }) => `${path}${path === '' ? '' : ' '}${message}`),
    ...mistakes.map(mistakeText),
  ]
  if (lines.length === 0) return
  const count = lines.length === 1 ? 'a mistake' : `${lines.length} mistakes`
  const advice = mistakes.length === 0 ? [] : ['--without RESOURCE/NAME leaves a thing out: --without accounts/ada']
  const text = [
    `${count} in what is to be imported; ${NOTHING_DONE}`,
    ...lines.map(line => `  ${printable(line)}`),
    ...advice,
  ]
  throw new CommandFailure(EXIT.usage, text.join('\n'))
}

/** `clients/wiki`: neither made nor a mistake. */
function leftOut(imported: Imported, without: readonly string[]): Imported {
  const isLeft = (thing: { readonly resource: string; readonly key: string } | undefined): boolean =>
    thing !== undefined && without.includes(`${thing.resource}/${thing.key}`)
  const unknown = without.filter(
    name =>
      !imported.things.some(({ resource, key }) => name === `${resource}/${key}`) &&
      !imported.mistakes.some(({ thing }) => thing && name === `${thing.resource}/${thing.key}`),
  )
  if (unknown.length > 0)
    throw new CommandFailure(EXIT.usage, `--without ${unknown.join(', ')}: the source has no such thing`)
  return {
    things: imported.things.filter(thing => !isLeft(thing)),
    mistakes: imported.mistakes.filter(({ thing }) => !isLeft(thing)),
    report: imported.report.map(line =>
      isLeft(line.target) ? { path: line.path, outcome: 'ignored' as const, why: 'left out (--without)' } : line,
    ),
  }
}
