/** `sallyport identity undo`: the last link or unlink of an account at an upstream is taken back. */

import type { Command } from 'commander'
import type { AuditEvent } from '../../core/audit/audit-event.ts'
import { LINKED, lastLink, type PastLink, UNLINKED } from '../../core/upstreams/linking/identity-events.ts'
import type { House } from '../../house.ts'
import { CommandFailure, EXIT } from '../exit-codes.ts'
import { getPair, type Pair } from '../identity-lookup.ts'
import { linkAtTerminal, unlinkAtTerminal } from '../link-identity.ts'
import { inHouse } from '../open-house.ts'
import { type JsonOption, jsonText, printable, withJson } from '../output.ts'
import type { Terminal } from '../terminal.ts'

const HELP = `
Whoever did it: the person on the account page, a first sign-in, or the command line. It is found in the audit log, so it can be undone as
long as that is kept (audit.retention). Doing it twice does it again. Sessions and stored tokens do not come back.

Example:
  $ sallyport identity undo ada corp`

/** Newest first; more links of one account nobody makes. */
const MAX_EVENTS = 500

export function define(command: Command, terminal: Terminal): void {
  withJson(command)
    .description('Take back the last link or unlink of an account at an upstream.')
    .argument('<account>', 'the user name or e-mail address')
    .argument('<alias>', 'the upstream')
    .option('--yes', 'also when nobody can sign in to the account then')
    .option('--config <file>', 'the settings file')
    .addHelpText('after', HELP)
    .action((login: string, alias: string, { json, yes }: JsonOption & { yes?: boolean }) =>
      inHouse(command, terminal, async house => {
        const pair = await getPair(house.repositories, login, alias)
        const past = lastLink(await eventsOf(house, pair), pair.upstream)
        if (past === undefined)
          throw new CommandFailure(
            EXIT.notFound,
            `the audit log knows of no link of ${pair.account.username} at ${alias} that could be undone`,
          )
        await undo(house, pair, past, yes === true)
        const { username } = pair.account
        const { subject } = past
        const outcome = past.act === 'linked' ? 'unlinked' : 'linked'
        terminal.print(
          json === true
            ? jsonText({ account: username, upstream: alias, subject, outcome })
            : `${username} is ${outcome === 'linked' ? 'linked again' : 'no longer linked'} at ${alias} (${printable(subject)}).`,
        )
      }),
    )
}

async function eventsOf(
  { repositories: { audit } }: House,
  { account: { id: accountId } }: Pair,
): Promise<readonly AuditEvent[]> {
  const lists = await Promise.all([LINKED, UNLINKED].map(type => audit.list({ accountId, type, limit: MAX_EVENTS })))
  // Ids are ordered in time.
  return lists.flat().sort((a, b) => (a.id < b.id ? 1 : -1))
}

async function undo(house: House, pair: Pair, { act, subject, label }: PastLink, yes: boolean): Promise<void> {
  const { identity, account, upstream } = pair
  if (act === 'unlinked') {
    await linkAtTerminal(house, pair, { subject, label }, { undo: true })
    return
  }
  if (identity === undefined || identity.subject !== subject)
    throw new CommandFailure(
      EXIT.conflict,
      `${account.username} was linked at ${upstream.alias} to ${subject}, and is not any more: something else has happened since`,
    )
  await unlinkAtTerminal(house, pair, identity, yes, { undo: true })
}
