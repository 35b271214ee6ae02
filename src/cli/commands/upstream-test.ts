/** `sallyport upstream test`: is the upstream there, and does it take us for who we are? Nobody is signed in. */

import type { Command } from 'commander'
import type { DocumentOf } from '../../admin-client/admin-client.ts'
import { atDesk, withPlace } from '../at-desk.ts'
import { CommandFailure, EXIT } from '../exit-codes.ts'
import { getUpstream, type UpstreamDocument } from '../find-upstream.ts'
import { type JsonOption, jsonText, printable, withJson } from '../output.ts'
import type { Terminal } from '../terminal.ts'

const HELP = `
Reads the discovery document and the keys, looks at the endpoints, and tries our credentials with a code that nobody was given.
✓ good, ! to be looked at, ✗ does not work. Exit code 1 when something keeps people from signing in.

Example:
  $ sallyport upstream test work`

type CheckLine = NonNullable<DocumentOf<'upstreams.test'>['checks']>[number]

const SIGNS = { good: '✓', warning: '!', bad: '✗' } as const

export function define(command: Command, terminal: Terminal): void {
  withPlace(withJson(command))
    .description('Test an upstream without signing anybody in.')
    .argument('<alias>', 'its name in our URLs')
    .addHelpText('after', HELP)
    .action((alias: string, { json }: JsonOption) =>
      atDesk(command, terminal, async ({ admin }) => {
        const { document: upstream } = await getUpstream(admin, alias)
        const { checks: lines = [] } = (await admin.call('upstreams.test', { path: { alias } })).document
        if (json === true) terminal.print(jsonText(lines))
        else terminal.print(lines.map(lineText).join('\n'))
        const bad = lines.filter(({ outcome }) => outcome === 'bad').length
        if (bad === 0 && json !== true) terminal.print(`– redirect URI: ${notTested(upstream)}`)
        if (bad > 0)
          throw new CommandFailure(EXIT.failure, `${alias} does not work: ${bad} of ${lines.length} checks failed`)
      }),
    )
}

/** Providers say it to the browser of a person, and to nobody else. */
function notTested({ register_there: { redirect_uri = '', sign_in_url = '' } = {} }: UpstreamDocument): string {
  return `Only a sign-in shows whether ${printable(redirect_uri)} is registered there: open ${sign_in_url}.`
}

/** What is said there comes from outside. */
function lineText({ outcome = 'bad', what = '', detail = '' }: CheckLine): string {
  return `${SIGNS[outcome]} ${printable(what)}: ${printable(detail)}`
}
