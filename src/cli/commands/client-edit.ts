/** `sallyport client edit`: changes what is mentioned and leaves the rest. */

import { type Command, Option } from 'commander'
import { spokenBy } from '../../config/spoken-by-server.ts'
import type { SupportedByServer } from '../../core/clients/client-settings.ts'
import { type ClientChange, changedMembers, editClient } from '../../core/clients/edit-client.ts'
import type { SettingsMistake } from '../../core/settings-mistake.ts'
import type { House } from '../../house.ts'
import { getClient } from '../client-lookup.ts'
import { CLIENT_OPTIONS, readClientOptions } from '../client-options.ts'
import { commitChange } from '../commit-change.ts'
import { CommandFailure, EXIT } from '../exit-codes.ts'
import { secretPorts } from '../house-ports.ts'
import {
  addSet,
  addUnset,
  localizedAfter,
  type MetadataOptions,
  readAssignments,
  readMetadata,
  readUnset,
} from '../metadata-options.ts'
import { inHouse } from '../open-house.ts'
import { addOptions, type ReadOptions } from '../option-table.ts'
import { type JsonOption, withJson } from '../output.ts'
import { reportClient } from '../report-client.ts'
import { failWithMistakes, mistakesOf } from '../report-mistakes.ts'
import type { Terminal } from '../terminal.ts'

const HELP = `
-u, -p, --scope and the other lists replace the whole list; --add-… and --remove-… change single URIs.
An empty value takes an optional member away: --description "". --set and --unset do the same by the registered names of
metadata (docs/reference/client-metadata.md); a list that is set replaces the whole list.
A client that becomes public loses its secret; one that becomes confidential gets a new one, shown this once.
The environment is not read for values.

Examples:
  $ sallyport client edit dashboard --remove-redirect-uri https://old.example.com/cb --add-redirect-uri https://new.example.com/cb
  $ sallyport client edit wiki --name "Team wiki" --consent never
  $ sallyport client edit wiki --set access_token_lifetime=10m --set "client_name#de=Unser Wiki" --unset logo_uri
  $ sallyport client edit wiki --disable`

interface EditOptions extends JsonOption, Pick<MetadataOptions, 'set' | 'unset'> {
  readonly name?: string
  readonly type?: string
  readonly addRedirectUri?: readonly string[]
  readonly removeRedirectUri?: readonly string[]
  readonly addPostLogoutRedirectUri?: readonly string[]
  readonly removePostLogoutRedirectUri?: readonly string[]
  readonly disable?: boolean
  readonly enable?: boolean
}

export function define(command: Command, terminal: Terminal): void {
  command
    .description('Change a client.')
    .argument('<client-id>', 'the client_id')
    .option('--name <name>', 'the name that people read')
    .option('--type <type>', 'public or confidential')
    .addOption(repeated('--add-redirect-uri <uri>', 'one more redirect URI; repeat for more'))
    .addOption(repeated('--remove-redirect-uri <uri>', 'one redirect URI less, written exactly as it is'))
    .addOption(repeated('--add-post-logout-redirect-uri <uri>', 'one more post-logout redirect URI'))
    .addOption(repeated('--remove-post-logout-redirect-uri <uri>', 'one post-logout redirect URI less'))
    .option('--disable', 'refuse the client from now on')
    .option('--enable', 'take the client back')
  addOptions(command, CLIENT_OPTIONS, false)
  addSet(command)
  addUnset(command)
  withJson(command)
    .option('--config <file>', 'the settings file')
    .addHelpText('after', HELP)
    .action((clientId: string, options: EditOptions) => {
      const change = readChange(command, options)
      return inHouse(command, terminal, (house, config) =>
        edit(house, terminal, clientId, change, { ...options, supported: spokenBy(config) }),
      )
    })
}

function repeated(flags: string, help: string): Option {
  return new Option(flags, help).argParser((value: string, before: readonly string[] | undefined) => [
    ...(before ?? []),
    value,
  ])
}

/** A change, and the texts in other languages that it touches. */
interface Change extends ClientChange {
  readonly localizedUnset: readonly string[]
}

function readChange(command: Command, options: EditOptions): ReadOptions<Change> {
  if (options.disable === true && options.enable === true) {
    throw new CommandFailure(EXIT.usage, '--disable and --enable exclude each other')
  }
  const { values, misread } = readClientOptions(command, {})
  const isEmptied = (text: string): boolean => /^[^=]+=\s*$/.test(text)
  const assigned = readAssignments((options.set ?? []).filter(text => !isEmptied(text)))
  const said = readMetadata(assigned.values)
  const emptied = (options.set ?? []).filter(isEmptied).map(text => text.slice(0, text.indexOf('=')).trim())
  const unset = readUnset([...(options.unset ?? []), ...emptied])
  const given = Object.entries({ ...values, ...nameAndType(options) })
  const isCleared = (value: unknown): boolean =>
    value === '' || (Array.isArray(value) && value.every(item => item === ''))
  const cleared = given.filter(([, value]) => isCleared(value)).map(([name]) => name) as ClientChange['clear'] & {}
  const change: Change = {
    set: { ...said.values, ...Object.fromEntries(given.filter(([, value]) => !isCleared(value))) },
    clear: [...cleared, ...unset.values.members],
    localizedUnset: unset.values.localized,
    addRedirectUris: options.addRedirectUri ?? [],
    removeRedirectUris: options.removeRedirectUri ?? [],
    addPostLogoutRedirectUris: options.addPostLogoutRedirectUri ?? [],
    removePostLogoutRedirectUris: options.removePostLogoutRedirectUri ?? [],
  }
  const isSwitched = options.disable === true || options.enable === true
  return {
    values: isSwitched ? { ...change, disabled: options.disable === true } : change,
    misread: [...assigned.misread, ...said.misread, ...unset.misread, ...misread, ...checkNotEmpty(options)],
  }
}

/** What every client has cannot be taken away. */
function checkNotEmpty({ name, type }: EditOptions): readonly SettingsMistake[] {
  return Object.entries({ client_name: name, client_type: type })
    .filter(([, value]) => value?.trim() === '')
    .map(([member]) => ({ member, rule: 'required member', message: 'cannot be empty' }))
}

function nameAndType({ name, type }: EditOptions): Pick<EditOptions, 'name' | 'type'> {
  return { ...(name === undefined ? {} : { name }), ...(type === undefined ? {} : { type }) }
}

async function edit(
  house: House,
  terminal: Terminal,
  clientId: string,
  { values: { localizedUnset, ...change }, misread }: ReadOptions<Change>,
  options: JsonOption & { readonly supported: SupportedByServer },
): Promise<void> {
  const before = await getClient(house.repositories, clientId)
  const set = { ...change.set, ...localizedAfter(before, change.set.localized, localizedUnset) }
  const result = await editClient(before, { ...change, set }, options.supported, secretPorts(house))
  if ('mistakes' in result || misread.length > 0) {
    return failWithMistakes(`the client ${clientId} was not changed`, [...misread, ...mistakesOf(result)])
  }
  const { client, secret, warnings } = result
  const members = changedMembers(before, client)
  if (members.length > 0) {
    const event = { type: 'client.changed', clientUid: client.uid, detail: { client_id: clientId, members } } as const
    const lost = `somebody else changed the client ${clientId} at the same time; nothing was changed`
    await commitChange(house, [house.repositories.clients.replace(client, before)], [event], lost)
  }
  for (const warning of warnings) terminal.warn(`warning: ${warning}`)
  const headline =
    members.length > 0
      ? `The client ${clientId} was changed.`
      : `Nothing to change: the client ${clientId} is like that already.`
  const outcome = members.length > 0 ? 'changed' : 'unchanged'
  reportClient(terminal, options, {
    client: members.length > 0 ? client : before,
    isSecretNew: true,
    outcome,
    headline,
    ...(secret === undefined ? {} : { secret }),
  })
}
