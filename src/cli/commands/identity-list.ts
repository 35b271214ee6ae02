/** `sallyport identity list`: which account is linked to whom at which upstream. */

import type { Command } from 'commander'
import type { AccountId } from '../../core/accounts/account.ts'
import type { Repositories } from '../../core/repositories.ts'
import type { Identity } from '../../core/upstreams/identity.ts'
import type { Upstream } from '../../core/upstreams/upstream.ts'
import { getAccount } from '../account-lookup.ts'
import { day } from '../client-view.ts'
import { identityJson } from '../identity-lookup.ts'
import { inHouse } from '../open-house.ts'
import { formatTable, type JsonOption, jsonText, withJson } from '../output.ts'
import type { Terminal } from '../terminal.ts'
import { getUpstream } from '../upstream-lookup.ts'

interface Options extends JsonOption {
  readonly account?: string
  readonly upstream?: string
}

const HELP = `
Examples:
  $ sallyport identity list
  $ sallyport identity list --account ada
  $ sallyport identity list --upstream corp --json | jq -r ".[].subject"`

/** Of one upstream; who has more asks the database. */
const LIMIT = 100_000

export function define(command: Command, terminal: Terminal): void {
  withJson(command)
    .description('List the identities that accounts are linked to.')
    .option('--account <name>', 'only of this account: its user name or e-mail address')
    .option('--upstream <alias>', 'only of this upstream')
    .option('--config <file>', 'the settings file')
    .addHelpText('after', HELP)
    .action((options: Options) =>
      inHouse(command, terminal, async ({ repositories }) => {
        const found = await listed(repositories, options)
        if (options.json === true)
          return terminal.print(
            jsonText(found.map(({ identity, alias, username }) => identityJson(identity, alias, username))),
          )
        if (found.length === 0) return terminal.warn('No identity is linked.')
        const rows = found.map(({ identity: { subject, label, linkedAt, lastSignInAt }, alias, username }) => [
          username,
          alias,
          subject,
          label ?? '',
          day(linkedAt),
          lastSignInAt === undefined ? '' : day(lastSignInAt),
        ])
        terminal.print(formatTable(['account', 'upstream', 'subject', 'label', 'linked', 'last used'], rows))
      }),
    )
}

interface Listed {
  readonly identity: Identity
  readonly alias: string
  readonly username: string
}

async function listed(repositories: Repositories, { account, upstream }: Options): Promise<readonly Listed[]> {
  const { accounts, identities, upstreams } = repositories
  const owner = account === undefined ? undefined : await getAccount(accounts, account)
  const asked = upstream === undefined ? await upstreams.list() : [await getUpstream(repositories, upstream)]
  const aliases = new Map(asked.map(({ uid, alias }: Upstream) => [uid, alias]))
  const found =
    owner === undefined
      ? (await Promise.all(asked.map(({ uid }) => identities.listOfUpstream(uid, LIMIT)))).flat()
      : await identities.listOfAccount(owner.id)
  const names = new Map<AccountId, string>((await accounts.list()).map(({ id, username }) => [id, username]))
  return found.flatMap(identity => {
    const alias = aliases.get(identity.upstreamUid)
    return alias === undefined ? [] : [{ identity, alias, username: names.get(identity.accountId) ?? '' }]
  })
}
