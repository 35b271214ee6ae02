/** `sallyport plan`: shows what applying the files would change, and changes nothing. */

import type { Command } from 'commander'
import { isProblem } from '../../core/administration/problem.ts'
import { fileActor } from '../../core/declarations/file-actor.ts'
import { CommandFailure, EXIT } from '../exit-codes.ts'
import { checkNoServer } from '../here-only.ts'
import { inHouseOrEmpty } from '../open-house.ts'
import { type JsonOption, withJson } from '../output.ts'
import { countsToDo, failWithPlanMistakes, planJson, planText, toldThings } from '../plan-view.ts'
import { startProgress } from '../progress.ts'
import type { Terminal } from '../terminal.ts'

const HELP = `
Compares three states: what the files say, what they said when they were last applied, and what is in the database.
The files are sallyport.yaml and those it includes; the sections are groups, attributes, policies, upstreams, clients and accounts.

  +  is made                ~  is changed: field, before → after
  <  left the files: it stays and belongs to nobody
  -  left the files: it is deleted (--prune)
  =  was made by hand, is as the file says, and belongs to the file from now on
"(changed elsewhere)" marks what was changed past the file and is set back. Secrets are never shown.

It works on the database, not with --server; one that is not there yet is taken for empty, and not made. Exit code 0; 78 when the files break a rule; with --exit-code, 5 when there is something to do.

Examples:
  $ sallyport plan
  $ sallyport plan --prune
  $ sallyport plan --exit-code || echo "something to do, or something wrong"`

interface PlanOptions extends JsonOption {
  readonly prune?: boolean
  readonly exitCode?: boolean
}

export function define(command: Command, terminal: Terminal): void {
  withJson(command)
    .description('Show what applying the files would change.')
    .option('--prune', 'delete what left the files (standard: the setting apply.prune)')
    .option('--no-prune', 'keep what left the files')
    .option('--exit-code', 'end with exit code 5 when there is something to do')
    .option('--config <file>', 'the settings file')
    .addHelpText('after', HELP)
    .action((options: PlanOptions) => {
      checkNoServer(terminal)
      return inHouseOrEmpty(command, terminal, async (house, config) => {
        const { administrationPorts } = await import('../../house.ts')
        const { planThings } = await import('../../core/declarations/plan-things.ts')
        const progress = startProgress(terminal, options)
        const settings = {
          isOwner: true,
          prunes: options.prune ?? config.apply.prunes,
          onProgress: (done: number, all: number) => progress.show(`${done} of ${all} things`),
        }
        const ports = administrationPorts(config, house)
        const acting = { ...ports, actor: fileActor('cli'), now: ports.clock.now() }
        const plan = await planThings(config.declared, settings, acting).finally(() => progress.end())
        if (isProblem(plan)) throw new CommandFailure(EXIT.failure, plan.detail)
        const { things, mistakes } = plan
        if (options.json === true) terminal.print(planJson(plan))
        else if (toldThings(things).length > 0) {
          terminal.print(planText(things))
          terminal.print(`\n${countsToDo(things)}.`)
        }
        if (mistakes.length > 0) failWithPlanMistakes(mistakes, 'nothing can be applied')
        if (toldThings(things).length === 0) {
          if (options.json !== true) terminal.print('Nothing to do: everything is as the files say.')
        } else if (options.exitCode === true) throw new CommandFailure(EXIT.differs, 'there is something to do')
      })
    })
}
