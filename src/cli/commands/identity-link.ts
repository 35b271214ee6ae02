/** `sallyport identity link`: an administrator says whose identity it is. */

import type { Command } from 'commander'
import type { House } from '../../house.ts'
import { CommandFailure, EXIT } from '../exit-codes.ts'
import { getPair, identityJson } from '../identity-lookup.ts'
import { linkAtTerminal, type NewLink } from '../link-identity.ts'
import { inHouse } from '../open-house.ts'
import { type JsonOption, jsonText, printable, withJson } from '../output.ts'
import type { Terminal } from '../terminal.ts'

const HELP = `
Whoever the upstream names by this subject signs in to the account from now on: be sure that it is the same person. The subject is what
the upstream's ssoid mapping gives, usually the claim sub: sallyport upstream dry-run shows it.

Examples:
  $ sallyport identity link ada corp 248289761001
  $ sallyport identity link ada github 1024025 --label ada-lovelace`

/** What upstreams use is far shorter (OIDC Core §2: 255 characters). */
const MAX_LENGTH = 255

export function define(command: Command, terminal: Terminal): void {
  withJson(command)
    .description('Link an account to an identity of an upstream.')
    .argument('<account>', 'the user name or e-mail address')
    .argument('<alias>', 'the upstream')
    .argument('<subject>', 'who the person is to the upstream')
    .option('--label <text>', 'what the upstream calls the person, for people')
    .option('--config <file>', 'the settings file')
    .addHelpText('after', HELP)
    .action((login: string, alias: string, subject: string, { json, label }: JsonOption & { label?: string }) => {
      checkText('subject', subject)
      if (label !== undefined) checkText('label', label)
      return inHouse(command, terminal, house => link(house, terminal, { login, alias, subject, label }, json === true))
    })
}

function checkText(what: string, text: string): void {
  if (text.trim() === '' || text.length > MAX_LENGTH || text.includes('\0'))
    throw new CommandFailure(EXIT.usage, `the ${what} must have 1 to ${MAX_LENGTH} characters`)
}

async function link(
  house: House,
  terminal: Terminal,
  { login, alias, ...wanted }: NewLink & { readonly login: string; readonly alias: string },
  json: boolean,
): Promise<void> {
  const pair = await getPair(house.repositories, login, alias)
  const identity = await linkAtTerminal(house, pair, wanted)
  const { username } = pair.account
  terminal.print(
    json
      ? jsonText(identityJson(identity, alias, username))
      : `${username} is linked at ${alias} to ${printable(wanted.subject)}.`,
  )
}
