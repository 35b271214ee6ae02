/** `sallyport import keycloak`: takes over a realm. */

import type { Command } from 'commander'
import { readJsonSource } from '../import-source.ts'
import { collectPairs, IMPORT_HELP, type ImportOptions, runImport, withImport } from '../run-import.ts'
import type { Terminal } from '../terminal.ts'

const HELP = `${IMPORT_HELP}

kc.sh export --realm NAME --users same_file --file realm.json writes all of it: clients, identity providers, groups, roles, people with
their passwords and links, keys. The export of the console hides secrets and has no people.
Redirect URIs are exact here: where the realm has wildcards, --redirect-uri names the ones that the app really uses.

Examples:
  $ sallyport import keycloak realm.json --plan
  $ sallyport import keycloak realm.json --redirect-uri wiki=https://wiki.example.com/callback
  $ sallyport import keycloak realm.json --upstream-secret 'corp=\${vault.corp}' --yes`

interface KeycloakOptions extends ImportOptions {
  readonly redirectUri: ReadonlyMap<string, readonly string[]>
  readonly upstreamSecret: ReadonlyMap<string, readonly string[]>
}

export function define(command: Command, terminal: Terminal): void {
  withImport(command)
    .description('Take over a realm of Keycloak.')
    .argument('<file>', 'an export of the realm (JSON)')
    .option('--redirect-uri <client=uri>', 'in the place of its wildcards; repeat for more', collectPairs)
    .option(
      '--upstream-secret <alias=secret>',
      'what the export hides: the secret, or ${vault.NAME}, ${env.NAME}, ${file:PATH}',
      collectPairs,
    )
    .addHelpText('after', HELP)
    .action(async (file: string, { redirectUri = new Map(), upstreamSecret = new Map() }: KeycloakOptions) => {
      const { readKeycloak } = await import('../../core/import/keycloak/read-keycloak.ts')
      const upstreamSecrets = new Map([...upstreamSecret].map(([alias, secrets]) => [alias, secrets.at(-1) ?? '']))
      const imported = readKeycloak(readJsonSource(terminal, file), { redirectUris: redirectUri, upstreamSecrets })
      await runImport(command, terminal, 'keycloak', imported)
    })
}
