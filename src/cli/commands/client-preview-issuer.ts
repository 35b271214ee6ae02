/** `sallyport client preview-issuer`: what a change of the issuer would break, before it is made. */

import type { Command } from 'commander'
import type { DocumentOf } from '../../admin-client/admin-client.ts'
import { atDesk, withPlace } from '../at-desk.ts'
import { formatTable, type JsonOption, jsonText, printable, withJson } from '../output.ts'
import type { Terminal } from '../terminal.ts'

const HELP = `
Nothing is changed. Apps whose addresses stand at the old host are moved with client edit --replace-host OLD NEW.

Examples:
  $ sallyport client preview-issuer https://id.example.com
  $ sallyport client preview-issuer https://id.example.com --json | jq -r ".clients[].client_id"`

export function define(command: Command, terminal: Terminal): void {
  withPlace(withJson(command))
    .description('List what would break if this server had another issuer.')
    .argument('<new-issuer>', 'the issuer as it would be')
    .addHelpText('after', HELP)
    .action((newIssuer: string, { json }: JsonOption) =>
      atDesk(
        command,
        terminal,
        async ({ admin }) => {
          const { document } = await admin.call('clients.issuer_preview', { query: { new_issuer: newIssuer } })
          terminal.print(json === true ? jsonText(document) : previewText(document))
        },
        { headline: 'there is nothing to look at' },
      ),
    )
}

function previewText(preview: DocumentOf<'clients.issuer_preview'>): string {
  const { issuer, new_issuer, for_everybody, clients, upstreams, resources } = preview
  if (issuer === new_issuer) return printable(`The issuer is ${issuer} already: nothing changes.`)
  const breaks = clients.flatMap(({ client_id, breaks: all }) =>
    all.map(({ member, value = '', what }) => [client_id, member, value, what]),
  )
  const registered = upstreams.map(({ alias, what, before, after }) => [alias, what, before, after])
  const parts = [
    `${printable(`From ${issuer} to ${new_issuer}:`)}\n${for_everybody.map(text => `* ${printable(text)}`).join('\n')}`,
    breaks.length === 0
      ? 'No client has anything of the old issuer in its settings.'
      : formatTable(['client_id', 'member', 'value', 'what'], breaks),
    ...(registered.length === 0
      ? []
      : [`Change at upstreams:\n${formatTable(['upstream', 'what', 'from', 'to'], registered)}`]),
    ...(resources.length === 0
      ? []
      : [`APIs below the old issuer (resources in the settings):\n${resources.map(printable).join('\n')}`]),
  ]
  return parts.join('\n\n')
}
