/** `sallyport upstream list`: all upstreams, as the sign-in page orders them. */

import type { Command } from 'commander'
import { upstreamName } from '../../core/upstreams/upstream.ts'
import { warningWords } from '../../core/upstreams/upstream-warnings.ts'
import { inHouse } from '../open-house.ts'
import { formatTable, type JsonOption, jsonText, withJson } from '../output.ts'
import type { Terminal } from '../terminal.ts'
import { upstreamJson } from '../upstream-view.ts'

export function define(command: Command, terminal: Terminal): void {
  withJson(command)
    .description('List all upstreams, in the order of the sign-in page.')
    .option('--config <file>', 'the settings file')
    .addHelpText(
      'after',
      '\nExamples:\n  $ sallyport upstream list\n  $ sallyport upstream list --json | jq -r ".[].alias"',
    )
    .action(({ json }: JsonOption) =>
      inHouse(command, terminal, async ({ repositories }, { issuer }) => {
        const upstreams = await repositories.upstreams.list()
        if (json === true)
          return terminal.print(jsonText(upstreams.map(upstream => upstreamJson(upstream, { issuer }))))
        if (upstreams.length === 0) {
          return terminal.warn('There are no upstreams yet: sallyport upstream create --help')
        }
        const rows = upstreams.map(upstream => [
          upstream.alias,
          upstreamName(upstream),
          upstream.kind,
          upstream.enabled ? 'yes' : 'no',
          `${upstream.order}`,
          warningWords(upstream).join(', '),
        ])
        terminal.print(formatTable(['alias', 'name', 'kind', 'enabled', 'order', 'warnings'], rows))
      }),
    )
}
