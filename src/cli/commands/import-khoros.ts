/** `sallyport import khoros`: makes an upstream of the settings page of a Khoros Aurora community. */

import type { Command } from 'commander'
import { readYamlSource } from '../import-source.ts'
import { IMPORT_HELP, runImport, withImport } from '../run-import.ts'
import type { Terminal } from '../terminal.ts'

const HELP = `${IMPORT_HELP}

The file is the settings page written down as YAML, section by section, with the labels that stand there:

  Provider Information:
    Name: Example Ltd
    ID: corp
    Client ID: community
    Client Secret: \${env.CORP_SECRET}
  Authorization:
    URL: https://idp.example.com/authorize
    Scope: openid, profile, email
    Enable PKCE: true
  Token:
    URL: https://idp.example.com/token
    Client auth method: client_secret_base
    Claim mapping: { ssoid: sub, email: email }

Several providers are documents of a list under Providers. All sections are in docs/guide/import-khoros.md.

Examples:
  $ sallyport import khoros aurora.yaml --plan
  $ sallyport import khoros aurora.yaml --yes`

export function define(command: Command, terminal: Terminal): void {
  withImport(command)
    .description('Make upstreams of the OIDC/OAuth providers of a Khoros Aurora community.')
    .argument('<file>', 'its settings, written down (YAML)')
    .addHelpText('after', HELP)
    .action(async (file: string) => {
      const { readKhoros } = await import('../../core/import/khoros/read-khoros.ts')
      const { Providers: providers, ...single } = readYamlSource(terminal, file)
      await runImport(command, terminal, 'khoros', readKhoros(providers ?? single))
    })
}
