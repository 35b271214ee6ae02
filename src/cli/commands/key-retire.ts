/** `sallyport key retire`: a key that was replaced goes away for good. */

import type { Command } from 'commander'
import { AdminProblem } from '../../admin-client/admin-client.ts'
import { atDesk, type Desk, withPlace } from '../at-desk.ts'
import { CommandFailure, EXIT } from '../exit-codes.ts'
import { type JsonOption, jsonText, withJson } from '../output.ts'
import type { Terminal } from '../terminal.ts'

const HELP = `
What the key signed verifies no more, and what was encrypted to it cannot be read any more. The key in use cannot be taken away: rotate
it first.

Example:
  $ sallyport key retire HrYPbUbh4Nq0UaI5hVLXTgVUyFtyvD9gyFSNiYLxYkI`

export function define(command: Command, terminal: Terminal): void {
  withPlace(withJson(command))
    .description('Take away a key that was rotated, at once and for good.')
    .argument('<kid>', 'the kid, as key list shows it')
    .addHelpText('after', HELP)
    .action((kid: string, options: JsonOption) => {
      const headline = 'the key was not taken away'
      return atDesk(command, terminal, desk => retire(desk, terminal, kid, options), { headline })
    })
}

async function retire({ admin }: Desk, terminal: Terminal, kid: string, { json }: JsonOption): Promise<void> {
  try {
    const { alg } = (await admin.call('keys.read', { path: { kid } })).document
    await admin.call('keys.delete', { path: { kid } })
    terminal.print(json === true ? jsonText({ retired: kid, alg }) : `The ${alg} key ${kid} is gone.`)
  } catch (error) {
    if (!(error instanceof AdminProblem) || error.kind !== 'not-found') throw error
    throw new CommandFailure(EXIT.notFound, `there is no key ${kid}: sallyport key list`)
  }
}
