/** `sallyport upstream show`: everything about one upstream but its secrets. */

import type { Command } from 'commander'
import { atDesk, withPlace } from '../at-desk.ts'
import { getUpstream } from '../find-upstream.ts'
import { type JsonOption, jsonText, withJson } from '../output.ts'
import { warnAll } from '../print-document.ts'
import type { Terminal } from '../terminal.ts'
import { upstreamJson, upstreamText } from '../upstream-view.ts'

const HELP = `
Below the settings stands what discovery found, and what is to be registered at the upstream. The settings are explained in
docs/reference/upstream-settings.md; sallyport upstream edit changes them.

With --json it can be given back: sallyport upstream show work --json | sallyport upstream create copy --file - --client-secret …

Examples:
  $ sallyport upstream show work
  $ sallyport upstream show work --all`

interface ShowOptions extends JsonOption {
  readonly all?: boolean
}

export function define(command: Command, terminal: Terminal): void {
  withPlace(withJson(command))
    .description('Show one upstream: the settings that are not as they are by default. Its secrets cannot be shown.')
    .argument('<alias>', 'its name in our URLs')
    .option('--all', 'also the settings that are as they are by default')
    .addHelpText('after', HELP)
    .action((alias: string, { json, all = false }: ShowOptions) =>
      atDesk(command, terminal, async ({ admin }) => {
        const { document } = await getUpstream(admin, alias)
        if (json === true) return terminal.print(jsonText(upstreamJson(document, { all })))
        warnAll(terminal, document.warnings ?? [])
        terminal.print(upstreamText(document, { all }))
      }),
    )
}
