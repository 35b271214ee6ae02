/** `sallyport import authelia`: takes over the provider of an Authelia, and its people. */

import type { Command } from 'commander'
import { readYamlSource } from '../import-source.ts'
import { IMPORT_HELP, type ImportOptions, runImport, withImport } from '../run-import.ts'
import type { Terminal } from '../terminal.ts'

const HELP = `${IMPORT_HELP}

Secrets of clients keep their digests, and verify as they are. ID tokens that Authelia signed stay good as id_token_hint.
Templates ({{ secret "…" }}) and variables (AUTHELIA_…_FILE) are Authelia's own: authelia config template prints the file without them.
Subs of people are in Authelia's database: authelia storage user identifiers export writes the file for --identifiers.

Examples:
  $ sallyport import authelia configuration.yml --plan
  $ sallyport import authelia configuration.yml --users users_database.yml --identifiers identifiers.yml
  $ sallyport import authelia configuration.yml --without clients/old --yes --report report.json`

interface AutheliaOptions extends ImportOptions {
  readonly users?: string
  readonly identifiers?: string
}

const TEMPLATES = 'Where it has templates ({{ … }}): authelia config template prints it with their values.'

export function define(command: Command, terminal: Terminal): void {
  withImport(command)
    .description('Take over the OpenID Connect provider of an Authelia.')
    .argument('<file>', 'its configuration.yml')
    .option('--users <file>', 'its users file')
    .option('--identifiers <file>', 'its exported user identifiers: the subs of people')
    .addHelpText('after', HELP)
    .action(async (file: string, { users, identifiers }: AutheliaOptions) => {
      const { readAuthelia } = await import('../../core/import/authelia/read-authelia.ts')
      const imported = readAuthelia({
        configuration: readYamlSource(terminal, file, TEMPLATES),
        users: users === undefined ? undefined : readYamlSource(terminal, users),
        identifiers: identifiers === undefined ? undefined : readYamlSource(terminal, identifiers),
      })
      await runImport(command, terminal, 'authelia', imported)
    })
}
