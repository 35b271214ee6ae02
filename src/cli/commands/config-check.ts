/** `sallyport config check`: reports every mistake in the settings and changes nothing. */

import type { Command } from 'commander'
import { settingsFor, WrongSettings } from '../open-house.ts'
import { type JsonOption, jsonText, withJson } from '../output.ts'
import type { Terminal } from '../terminal.ts'

const HELP = `
Exit code 78 when there are mistakes; each is listed with its file and line, or its variable.
With --json they are printed as {"mistakes":[{"place":…,"setting":…,"rule":…}]}.

Examples:
  $ sallyport config check
  $ sallyport config check --config /etc/sallyport/sallyport.yaml`

export function define(command: Command, terminal: Terminal): void {
  withJson(command)
    .description('Report every mistake in the settings.')
    .option('--config <file>', 'the settings file')
    .addHelpText('after', HELP)
    .action(async ({ json }: JsonOption) => {
      const { issuer, listen, database, tls } = await settingsFor(command, terminal).catch(error => {
        if (json === true && error instanceof WrongSettings) terminal.print(jsonText({ mistakes: error.mistakes }))
        throw error
      })
      const kind = database.startsWith('sqlite:') ? database : 'postgres'
      if (json === true) terminal.print(jsonText({ issuer, listen, database: kind, tls: tls !== undefined }))
      else terminal.print(`The settings are good: ${issuer} on port ${listen.port}, stored in ${kind}.`)
    })
}
