/** `sallyport import django-oidc-provider`: takes over the clients, people, consents and keys of a Django project. */

import type { Command } from 'commander'
import { readJsonSource } from '../import-source.ts'
import { IMPORT_HELP, type ImportOptions, runImport, withImport } from '../run-import.ts'
import type { Terminal } from '../terminal.ts'

const HELP = `${IMPORT_HELP}

The fixture is what manage.py dumpdata oidc_provider auth prints. People keep their sub (the id of the user), their password, and what
they allowed. Clients with HS256 keep their secret, sealed; of the others only its hash is kept.

Examples:
  $ python manage.py dumpdata oidc_provider auth.user auth.group > fixture.json
  $ sallyport import django-oidc-provider fixture.json --plan
  $ sallyport import django-oidc-provider fixture.json --sub username
  $ sallyport import django-oidc-provider fixture.json --yes --json`

export function define(command: Command, terminal: Terminal): void {
  withImport(command)
    .description('Take over the clients, people, consents and keys of a django-oidc-provider.')
    .argument('<file>', 'a fixture (JSON)')
    .option(
      '--sub <field>',
      'the field of a user that is the sub, where OIDC_IDTOKEN_SUB_GENERATOR is set: username, uuid, …',
    )
    .addHelpText('after', HELP)
    .action(async (file: string, { sub: subField }: ImportOptions & { readonly sub?: string }) => {
      const { readDjango } = await import('../../core/import/django/read-django.ts')
      await runImport(
        command,
        terminal,
        'django-oidc-provider',
        readDjango(readJsonSource(terminal, file), { subField }),
      )
    })
}
