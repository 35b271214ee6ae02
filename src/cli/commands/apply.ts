/** `sallyport apply`: brings the database to what the files say, all of it or nothing. */

import type { Command } from 'commander'
import type { Config } from '../../config/config.ts'
import { isProblem } from '../../core/administration/problem.ts'
import type { Applied } from '../../core/declarations/apply-things.ts'
import { fileActor } from '../../core/declarations/file-actor.ts'
import type { PlanSettings } from '../../core/declarations/plan.ts'
import { countsText } from '../../core/declarations/plan-text.ts'
import type { House } from '../../house.ts'
import { CONFIRM_HELP, confirm, withYes, type YesOption } from '../confirm.ts'
import { CommandFailure, EXIT } from '../exit-codes.ts'
import { checkNoServer } from '../here-only.ts'
import { inNewHouse } from '../open-house.ts'
import { type JsonOption, jsonText, printable, withJson } from '../output.ts'
import { countsToDo, failWithPlanMistakes, planText, toldThings } from '../plan-view.ts'
import { warnAll } from '../print-document.ts'
import { startProgress } from '../progress.ts'
import type { Terminal } from '../terminal.ts'

const HELP = `
Does what sallyport plan shows, in one transaction: all of it, or nothing. A second time there is nothing to do.
The server does the same at its start (setting apply.at_start), so this is for changes while it runs.

A person is shown the plan and asked; --yes answers. Where nobody can be asked, --yes is needed only when something would be deleted.
Things that left the files stay and belong to nobody, unless --prune deletes them. What others still name is not deleted, and then
nothing else is done either.
It works on the database, not with --server. Exit code 78 when the files break a rule, 3 when others keep changing the same things.

Examples:
  $ sallyport apply
  $ sallyport apply --yes --prune
  $ sallyport apply --json --yes`

interface ApplyOptions extends JsonOption, YesOption {
  readonly prune?: boolean
}

export function define(command: Command, terminal: Terminal): void {
  withYes(withJson(command))
    .description('Bring the database to what the files say.')
    .option('--prune', 'delete what left the files (standard: the setting apply.prune)')
    .option('--no-prune', 'keep what left the files')
    .option('--config <file>', 'the settings file')
    .addHelpText('after', `${HELP}\n\n${CONFIRM_HELP}`)
    .action((options: ApplyOptions) => {
      checkNoServer(terminal)
      return inNewHouse(command, terminal, async (house, config) => {
        const progress = startProgress(terminal, options)
        const settings: PlanSettings = {
          isOwner: true,
          prunes: options.prune ?? config.apply.prunes,
          onProgress: (done, all) => progress.show(`${done} of ${all} things`),
        }
        await askFirst(house, config, settings, options, terminal)
        const { administrationPorts } = await import('../../house.ts')
        const { applyThings } = await import('../../core/declarations/apply-things.ts')
        const ports = administrationPorts(config, house)
        const applied = await applyThings(config.declared, settings, ports, fileActor('cli')).finally(progress.end)
        if (isProblem(applied)) throw new CommandFailure(EXIT.conflict, applied.detail)
        report(applied, options, terminal)
      })
    })
}

/** Shows the plan to a person and asks; where there is none, only what cannot be taken back needs a word. */
async function askFirst(
  house: House,
  config: Config,
  settings: PlanSettings,
  options: ApplyOptions,
  terminal: Terminal,
): Promise<void> {
  if (options.yes === true || !(terminal.isInteractive || settings.prunes === true)) return
  const { administrationPorts } = await import('../../house.ts')
  const { planThings } = await import('../../core/declarations/plan-things.ts')
  const ports = administrationPorts(config, house)
  const acting = { ...ports, actor: fileActor('cli'), now: ports.clock.now() }
  const plan = await planThings(config.declared, settings, acting)
  if (isProblem(plan)) throw new CommandFailure(EXIT.failure, plan.detail)
  if (plan.mistakes.length > 0) failWithPlanMistakes(plan.mistakes, NOTHING_DONE)
  const deletes = plan.things.some(({ action }) => action === 'delete')
  if (toldThings(plan.things).length === 0 || (!terminal.isInteractive && !deletes)) return
  terminal.warn(planText(plan.things))
  await confirm(terminal, options, { what: `${countsToDo(plan.things)}.`, verb: 'apply' })
}

const NOTHING_DONE = 'nothing was changed'

function report(applied: Applied, { json }: JsonOption, terminal: Terminal): void {
  const { things, once, warnings, mistakes } = applied
  const told = toldThings(things)
  if (json === true) terminal.print(jsonText({ things: told, once, mistakes }))
  else {
    if (told.length > 0) terminal.print(planText(told))
    for (const [name, secrets] of Object.entries(once)) printOnce(name, secrets, terminal)
    const done = countsText(things)
    if (mistakes.length === 0)
      terminal.print(done === '' ? 'Nothing to do: everything is as the files say.' : `Applied: ${done}.`)
  }
  warnAll(terminal, warnings)
  if (mistakes.length === 0) return
  failWithPlanMistakes(mistakes, NOTHING_DONE)
}

/** Secrets that were made for what the files say nothing about. */
function printOnce(name: string, secrets: unknown, terminal: Terminal): void {
  if (typeof secrets !== 'object' || secrets === null) return
  for (const [field, value] of Object.entries(secrets)) {
    terminal.print(printable(`${field} of ${name}, shown this once: ${value}`))
  }
}
