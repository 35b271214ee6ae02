/** `sallyport serve`: runs the server until it is told to stop. */

import type { Command } from 'commander'
import { settingsFor } from '../open-house.ts'
import type { Terminal } from '../terminal.ts'

const HELP = `
Finishes the requests in flight when it receives SIGTERM or SIGINT; a second signal ends it at once.

Examples:
  $ sallyport serve
  $ SALLYPORT_ISSUER=https://id.example.com SALLYPORT_LISTEN=:4000 sallyport serve
  $ sallyport serve --config /etc/sallyport/sallyport.yaml`

export function define(command: Command, terminal: Terminal): void {
  command
    .description('Run the server.')
    .option('--config <file>', 'the settings file')
    .addHelpText('after', HELP)
    .action(async () => {
      const config = await settingsFor(command, terminal)
      // Asked for before the server is up: a signal during the start is not lost.
      const stopped = terminal.untilStopped()
      const { serve } = await import('../../app.ts')
      const server = await serve(config, { startedAt: terminal.startedAt })
      await stopped
      await server.close()
    })
}
