/** `client edit --replace-host OLD NEW`: first what would change, then, when it is meant, all of it in one go. */

import type { Desk } from './at-desk.ts'
import { confirm, type YesOption } from './confirm.ts'
import { CommandFailure, EXIT } from './exit-codes.ts'
import { formatTable, type JsonOption, jsonText } from './output.ts'
import type { Terminal } from './terminal.ts'

export async function replaceHost(
  { admin }: Desk,
  terminal: Terminal,
  clientIds: readonly string[],
  hosts: readonly string[],
  { json, yes }: JsonOption & YesOption,
): Promise<void> {
  const [from, to, ...more] = hosts
  if (from === undefined || to === undefined || more.length > 0) {
    throw new CommandFailure(EXIT.usage, '--replace-host takes two hosts: --replace-host OLD NEW, behind the client_id')
  }
  const body = { from, to, ...(clientIds.length === 0 ? {} : { client_ids: clientIds }) }
  const { document: preview } = await admin.call('clients.replace_host', { body: { ...body, preview: true } })
  const { changes } = preview
  if (json !== true) {
    if (changes.length === 0) return terminal.print(`No client has an address at ${from}.`)
    const rows = changes.map(({ client_id, member, before, after }) => [client_id, member, before, after])
    terminal.print(formatTable(['client_id', 'member', 'before', 'after'], rows))
  }
  if (changes.length > 0) {
    const clients = new Set(changes.map(({ client_id }) => client_id)).size
    const what = `This changes ${counted(changes.length, 'address', 'addresses')} of ${counted(clients, 'client', 'clients')}.`
    await confirm(terminal, { yes: yes === true }, { what, verb: 'change' })
    const { document: done } = await admin.call('clients.replace_host', { body })
    if (json === true) return terminal.print(jsonText(done))
    return terminal.print(`Changed ${counted(done.changes.length, 'address', 'addresses')}.`)
  }
  if (json === true) terminal.print(jsonText(preview))
}

function counted(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`
}
