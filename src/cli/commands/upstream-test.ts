/** `sallyport upstream test`: is the upstream there, and does it take us for who we are? Nobody is signed in. */

import type { Command } from 'commander'
import { ownAddresses } from '../../core/upstreams/own-addresses.ts'
import type { CheckLine } from '../../core/upstreams/relying-party.ts'
import type { Upstream } from '../../core/upstreams/upstream.ts'
import { openUpstreams } from '../discover-now.ts'
import { CommandFailure, EXIT } from '../exit-codes.ts'
import { inHouse } from '../open-house.ts'
import { type JsonOption, jsonText, printable, withJson } from '../output.ts'
import type { Terminal } from '../terminal.ts'
import { getUpstream } from '../upstream-lookup.ts'

const HELP = `
Reads the discovery document and the keys, looks at the endpoints, and tries our credentials with a code that nobody was given.
✓ good, ! to be looked at, ✗ does not work. Exit code 1 when something keeps people from signing in.

Example:
  $ sallyport upstream test work`

const SIGNS: Readonly<Record<CheckLine['outcome'], string>> = { good: '✓', warning: '!', bad: '✗' }

export function define(command: Command, terminal: Terminal): void {
  withJson(command)
    .description('Test an upstream without signing anybody in.')
    .argument('<alias>', 'its name in our URLs')
    .option('--config <file>', 'the settings file')
    .addHelpText('after', HELP)
    .action((alias: string, { json }: JsonOption) =>
      inHouse(command, terminal, async (house, config) => {
        const upstream = await getUpstream(house.repositories, alias)
        const lines = await (await openUpstreams(house, config)).check(upstream)
        if (json === true) terminal.print(jsonText(lines))
        else terminal.print(lines.map(lineText).join('\n'))
        const bad = lines.filter(({ outcome }) => outcome === 'bad').length
        if (bad === 0 && json !== true) terminal.print(`– redirect URI: ${notTested(config.issuer, upstream)}`)
        if (bad > 0)
          throw new CommandFailure(EXIT.failure, `${alias} does not work: ${bad} of ${lines.length} checks failed`)
      }),
    )
}

/** Providers say it to the browser of a person, and to nobody else. */
function notTested(issuer: string, upstream: Upstream): string {
  const { redirectUri, signInUrl } = ownAddresses(issuer, upstream)
  return `Only a sign-in shows whether ${printable(redirectUri)} is registered there: open ${signInUrl}.`
}

/** What is said there comes from outside. */
function lineText({ outcome, what, detail }: CheckLine): string {
  return `${SIGNS[outcome]} ${printable(what)}: ${printable(detail)}`
}
