/** `sallyport client set-logo`: the picture that people see beside the name of an app. */

import { resolve } from 'node:path'
import type { Command } from 'commander'
import { AdminProblem } from '../../admin-client/admin-client.ts'
import { atDesk, type Desk, withPlace } from '../at-desk.ts'
import { CommandFailure, EXIT } from '../exit-codes.ts'
import { readClient } from '../find-client.ts'
import { type JsonOption, jsonText, printable, withJson } from '../output.ts'
import type { Terminal } from '../terminal.ts'

const HELP = `
PNG, JPEG, GIF or WebP, at most 256 kB and 4096 pixels on each side; square pictures look best. No SVG: it may hold programs, which
browsers would run on the pages where people sign in. The picture is kept here and shown in the place of logo_uri.

Examples:
  $ sallyport client set-logo wiki wiki.png
  $ sallyport client set-logo wiki --remove`

interface LogoOptions extends JsonOption {
  readonly remove?: boolean
}

export function define(command: Command, terminal: Terminal): void {
  withPlace(withJson(command))
    .description('Upload the logo of a client, or take it away.')
    .argument('<client-id>', 'the client_id')
    .argument('[file]', 'the picture')
    .option('--remove', 'take the logo away that was uploaded')
    .addHelpText('after', HELP)
    .action((clientId: string, file: string | undefined, options: LogoOptions) => {
      if ((file === undefined) !== (options.remove === true)) {
        throw new CommandFailure(EXIT.usage, 'name the file with the logo, or say --remove')
      }
      const headline = 'the logo was not changed'
      return atDesk(command, terminal, desk => setLogo(desk, terminal, clientId, file, options), { headline })
    })
}

async function setLogo(
  { admin }: Desk,
  terminal: Terminal,
  clientId: string,
  file: string | undefined,
  { json }: JsonOption,
): Promise<void> {
  const content = file === undefined ? undefined : readPicture(file, terminal)
  await readClient(admin, clientId)
  const path = { client_id: clientId }
  if (content === undefined) {
    const removed = await isRemoved(() => admin.call('clients.delete_logo', { path }))
    if (json === true) return terminal.print(jsonText({ client_id: clientId, removed }))
    return terminal.print(removed ? `The logo of ${clientId} was taken away.` : `${clientId} has no logo here.`)
  }
  // What it is is told by its bytes.
  const bytes = { mediaType: 'application/octet-stream', content }
  const { document } = await admin.call('clients.put_logo', { path, bytes })
  if (json === true) return terminal.print(jsonText({ client_id: clientId, logo: document.logo }))
  terminal.print(printable(`The logo of ${clientId} is at ${document.logo}`))
}

async function isRemoved(remove: () => Promise<unknown>): Promise<boolean> {
  try {
    await remove()
    return true
  } catch (error) {
    if (error instanceof AdminProblem && error.kind === 'not-found') return false
    throw error
  }
}

function readPicture(file: string, { cwd, readBytes }: Terminal): Uint8Array {
  try {
    return readBytes(resolve(cwd, file))
  } catch (error) {
    throw new CommandFailure(EXIT.usage, `${file}: ${error instanceof Error ? error.message : String(error)}`)
  }
}
