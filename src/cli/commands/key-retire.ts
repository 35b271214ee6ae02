/** `sallyport key retire`: a key that was replaced goes away for good. */

import type { Command } from 'commander'
import { checkRemovable } from '../../core/keys/rotate-key.ts'
import type { House } from '../../house.ts'
import { commitChange } from '../commit-change.ts'
import { CommandFailure, EXIT } from '../exit-codes.ts'
import { listable } from '../key-view.ts'
import { inHouse } from '../open-house.ts'
import { type JsonOption, jsonText, withJson } from '../output.ts'
import { failWithMistakes } from '../report-mistakes.ts'
import type { Terminal } from '../terminal.ts'

const HELP = `
What the key signed verifies no more, and what was encrypted to it cannot be read any more. The key in use cannot be taken away: rotate
it first.

Example:
  $ sallyport key retire HrYPbUbh4Nq0UaI5hVLXTgVUyFtyvD9gyFSNiYLxYkI`

export function define(command: Command, terminal: Terminal): void {
  withJson(command)
    .description('Take away a key that was rotated, at once and for good.')
    .argument('<kid>', 'the kid, as key list shows it')
    .option('--config <file>', 'the settings file')
    .addHelpText('after', HELP)
    .action((kid: string, options: JsonOption) =>
      inHouse(command, terminal, house => retire(house, terminal, kid, options)),
    )
}

async function retire(house: House, terminal: Terminal, kid: string, { json }: JsonOption): Promise<void> {
  const { keys } = house.repositories
  const key = listable(await keys.list()).find(each => each.kid === kid)
  if (key === undefined) throw new CommandFailure(EXIT.notFound, `there is no key ${kid}: sallyport key list`)
  const mistake = checkRemovable(key)
  if (mistake !== undefined) return failWithMistakes('the key was not taken away', [mistake])
  const event = { type: 'key.retired', detail: { alg: key.alg, kid } } as const
  await commitChange(house, [keys.remove(kid)], [event], 'somebody else took the key away at the same time')
  terminal.print(json === true ? jsonText({ retired: kid, alg: key.alg }) : `The ${key.alg} key ${kid} is gone.`)
}
