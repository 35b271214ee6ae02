/** `sallyport account show`: everything about one account but its password. */

import type { Command } from 'commander'
import { accountJson, accountText } from '../account-view.ts'
import { atDesk, withPlace } from '../at-desk.ts'
import { type IdentityDocument, identityJson, identityText } from '../identity-view.ts'
import { type JsonOption, jsonText, withJson } from '../output.ts'
import type { Terminal } from '../terminal.ts'

export function define(command: Command, terminal: Terminal): void {
  withPlace(withJson(command))
    .description('Show one account.')
    .argument('<name>', 'the user name or e-mail address')
    .addHelpText('after', '\nExample:\n  $ sallyport account show ada@example.com')
    .action((login: string, { json }: JsonOption) =>
      atDesk(command, terminal, async ({ admin }) => {
        const { document } = await admin.call('accounts.read', { path: { username: login } })
        const linked: IdentityDocument[] = []
        for await (const identity of admin.all('identities.list', { account: document.sub ?? login }))
          linked.push(identity)
        terminal.print(
          json === true
            ? jsonText({ ...accountJson(document), identities: linked.map(identity => withoutAccount(identity)) })
            : accountText(document, linked.map(identityText)),
        )
      }),
    )
}

function withoutAccount(identity: IdentityDocument): object {
  const { account: _, ...rest } = identityJson(identity)
  return rest
}
