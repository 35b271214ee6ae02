/** `sallyport upstream list`: all upstreams, as the sign-in page orders them. */

import type { Command } from 'commander'
import { problemOfDefault } from '../../core/upstreams/setting-out/usable-upstreams.ts'
import { warningWords } from '../../core/upstreams/settings/upstream-warnings.ts'
import { upstreamName } from '../../core/upstreams/upstream.ts'
import { inHouse } from '../open-house.ts'
import { formatTable, type JsonOption, jsonText, withJson } from '../output.ts'
import type { Terminal } from '../terminal.ts'
import { upstreamJson } from '../upstream-view.ts'

const HELP = `
The column warnings has a word for whatever makes an upstream easier to deceive; sallyport upstream show ALIAS says it in a sentence.

Examples:
  $ sallyport upstream list
  $ sallyport upstream list --json | jq -r ".[].alias"`

export function define(command: Command, terminal: Terminal): void {
  withJson(command)
    .description('List all upstreams, in the order of the sign-in page.')
    .option('--config <file>', 'the settings file')
    .addHelpText('after', HELP)
    .action(({ json }: JsonOption) =>
      inHouse(command, terminal, async ({ repositories }, { issuer, broker: settings }) => {
        const upstreams = await repositories.upstreams.list()
        const problem = problemOfDefault(settings.default, upstreams)
        if (problem !== undefined) terminal.warn(`warning: ${problem}.`)
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
