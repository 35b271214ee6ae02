/** `sallyport client edit`: changes what is mentioned and leaves the rest. */

import { type Command, Option } from 'commander'
import { atDesk, type Desk, withPlace } from '../at-desk.ts'
import { documentOfOptions, sendClient, type WrittenClient } from '../client-document.ts'
import { CLIENT_OPTIONS, readClientOptions } from '../client-options.ts'
import { CommandFailure, EXIT } from '../exit-codes.ts'
import { readClient } from '../find-client.ts'
import { addSet, addUnset, type MetadataOptions, readAssignments, readUnset } from '../metadata-options.ts'
import { addOptions, type ReadOptions } from '../option-table.ts'
import { type JsonOption, withJson } from '../output.ts'
import { warnAll } from '../print-document.ts'
import { replaceHost } from '../replace-host.ts'
import { reportClient } from '../report-client.ts'
import type { Terminal } from '../terminal.ts'
import { changedUris, type UriEdits } from '../uri-edits.ts'

const HELP = `
-u, -p, --scope and the other lists replace the whole list; --add-… and --remove-… change single URIs.
An empty value takes an optional member away: --description "". --set and --unset do the same by the registered names of
metadata (docs/reference/client-metadata.md); a list that is set replaces the whole list.
A client that becomes public loses its secret; one that becomes confidential gets a new one, shown this once.
The environment is not read for values.

--replace-host OLD NEW changes the host in every address of all clients, or of those that are named, in one go: it prints what would
change, and changes it with --yes or when a person says so. It stands alone, behind the client_id.

Examples:
  $ sallyport client edit dashboard --remove-redirect-uri https://old.example.com/cb --add-redirect-uri https://new.example.com/cb
  $ sallyport client edit wiki --name "Team wiki" --consent never
  $ sallyport client edit wiki --set access_token_lifetime=10m --set "client_name#de=Unser Wiki" --unset logo_uri
  $ sallyport client edit wiki --disable
  $ sallyport client edit --replace-host old.example.com new.example.com
  $ sallyport client edit dashboard battery --replace-host old.example.com new.example.com --yes`

interface EditOptions extends JsonOption, UriEdits, Pick<MetadataOptions, 'set' | 'unset'> {
  readonly name?: string
  readonly type?: string
  readonly disable?: boolean
  readonly enable?: boolean
  readonly replaceHost?: readonly string[]
  readonly yes?: boolean
}

export function define(command: Command, terminal: Terminal): void {
  command
    .description('Change a client.')
    .argument('[client-id...]', 'the client_id; several, or none for all, with --replace-host')
    .option('--name <name>', 'the name that people read')
    .option('--type <type>', 'public or confidential')
    .addOption(repeated('--add-redirect-uri <uri>', 'one more redirect URI; repeat for more'))
    .addOption(repeated('--remove-redirect-uri <uri>', 'one redirect URI less, written exactly as it is'))
    .addOption(repeated('--add-post-logout-redirect-uri <uri>', 'one more post-logout redirect URI'))
    .addOption(repeated('--remove-post-logout-redirect-uri <uri>', 'one post-logout redirect URI less'))
    .option('--disable', 'refuse the client from now on')
    .option('--enable', 'take the client back')
    .option('--replace-host <old and new...>', 'change the host in every address')
    .option('--yes', 'do not ask before --replace-host')
  addOptions(command, CLIENT_OPTIONS, false)
  addSet(command)
  addUnset(command)
  withPlace(withJson(command))
    .addHelpText('after', HELP)
    .action((clientIds: readonly string[], options: EditOptions) => {
      const { replaceHost: hosts } = options
      if (hosts !== undefined) {
        const headline = 'no client was changed'
        return atDesk(command, terminal, desk => replaceHost(desk, terminal, clientIds, hosts, options), { headline })
      }
      const [clientId, ...more] = clientIds
      if (clientId === undefined || more.length > 0) {
        throw new CommandFailure(EXIT.usage, 'name one client: sallyport client edit CLIENT_ID')
      }
      const patch = readPatch(command, options)
      return atDesk(command, terminal, desk => edit(desk, terminal, clientId, patch, options))
    })
}

function repeated(flags: string, help: string): Option {
  return new Option(flags, help).argParser((value: string, before: readonly string[] | undefined) => [
    ...(before ?? []),
    value,
  ])
}

/** A merge patch (RFC 7396): null takes away. */
function readPatch(command: Command, options: EditOptions): ReadOptions<WrittenClient> {
  if (options.disable === true && options.enable === true) {
    throw new CommandFailure(EXIT.usage, '--disable and --enable exclude each other')
  }
  const { values, misread } = readClientOptions(command, {})
  const isEmptied = (text: string): boolean => /^[^=]+=\s*$/.test(text)
  const assigned = readAssignments((options.set ?? []).filter(text => !isEmptied(text)))
  const emptied = (options.set ?? []).filter(isEmptied).map(text => text.slice(0, text.indexOf('=')).trim())
  const unset = readUnset([...(options.unset ?? []), ...emptied])
  const given = Object.entries(documentOfOptions(values)).map(([name, value]) => [name, isEmpty(value) ? null : value])
  const { name, type, disable, enable } = options
  const patch = {
    ...unset.values,
    ...assigned.values,
    ...Object.fromEntries(given),
    ...(name === undefined ? {} : { client_name: name }),
    ...(type === undefined ? {} : { client_type: type }),
    ...(disable === true || enable === true ? { disabled: disable === true } : {}),
  }
  return { values: patch, misread: [...assigned.misread, ...unset.misread, ...misread, ...checkNotEmpty(options)] }
}

function isEmpty(value: unknown): boolean {
  return value === '' || (Array.isArray(value) && value.every(item => item === ''))
}

/** What every client has cannot be taken away. */
function checkNotEmpty({ name, type }: EditOptions) {
  return Object.entries({ client_name: name, client_type: type })
    .filter(([, value]) => value?.trim() === '')
    .map(([member]) => ({ member, rule: 'required member', message: 'cannot be empty' }))
}

async function edit(
  { admin }: Desk,
  terminal: Terminal,
  clientId: string,
  { values, misread }: ReadOptions<WrittenClient>,
  options: EditOptions,
): Promise<void> {
  const before = await readClient(admin, clientId)
  const uris = changedUris(before.document, values, options)
  const written = { headline: `the client ${clientId} was not changed`, misread: [...misread, ...uris.misread] }
  const sent = withoutEmpty({ ...values, ...uris.values }, misread)
  // What was looked at is what is changed: URIs that somebody else added in this moment would be lost.
  const seen = before.version === undefined || Object.keys(uris.values).length === 0 ? {} : { ifMatch: before.version }
  const path = { client_id: clientId }
  const { document, version, warnings } = await sendClient(sent, written, body =>
    admin.call('clients.patch', { path, body, ...seen }),
  )
  warnAll(terminal, warnings)
  const { client_secret: secret, ...client } = document
  const isChanged = version !== before.version || secret !== undefined
  reportClient(terminal, options, {
    client,
    isSecretNew: true,
    outcome: isChanged ? 'changed' : 'unchanged',
    headline: isChanged
      ? `The client ${clientId} was changed.`
      : `Nothing to change: the client ${clientId} is like that already.`,
    ...(secret === undefined ? {} : { secret }),
  })
}

/** What is empty and was told of already is not told of twice. */
function withoutEmpty(patch: WrittenClient, misread: ReadOptions<WrittenClient>['misread']): WrittenClient {
  return Object.fromEntries(Object.entries(patch).filter(([name]) => !misread.some(({ member }) => member === name)))
}
