/** `sallyport upstream dry-run`: what the mappings of an upstream make of claims. Nobody is signed in, and no account changes. */

import type { Command } from 'commander'
import type { AdminClient } from '../../admin-client/admin-client.ts'
import { type DryRun, isLetIn } from '../../core/upstreams/dry-run/dry-run.ts'
import { atDesk, withPlace } from '../at-desk.ts'
import { dryRunText } from '../dry-run-view.ts'
import { CommandFailure, EXIT } from '../exit-codes.ts'
import { getUpstream } from '../find-upstream.ts'
import { type JsonOption, jsonText, withJson } from '../output.ts'
import { warnAll } from '../print-document.ts'
import type { Terminal } from '../terminal.ts'
import { isObject, parseJson, readFileText, readJsonObject } from '../written-values.ts'

const HELP = `
Say either --token or --code.

--token reads an ID token (a JWT), a token response, the claims as JSON, or several documents by their names:
{"id_token": {…}, "userinfo": {…}}. Nothing of it is verified: whoever made it may have written anything.
--code takes the code of an error page: the encrypted answer of a sign-in that failed is kept for broker.keep_failed_answers.
Looking at it is written down in the audit.

✓ applied, ✗ its conditions do not hold, – the claim is missing, ! a rule is broken. Exit code 1 when nobody would be let in.

Examples:
  $ sallyport upstream dry-run work --token id-token.txt
  $ sallyport upstream dry-run work --code 7K3M-9QXT --mapping repaired.json
  $ cat claims.json | sallyport upstream dry-run work --token - --account ada --json`

interface DryRunOptions extends JsonOption {
  readonly token?: string
  readonly code?: string
  readonly userinfo?: string
  readonly mapping?: string
  readonly account?: string
}

export function define(command: Command, terminal: Terminal): void {
  withPlace(withJson(command))
    .description('Try the mappings of an upstream on claims, without signing anybody in.')
    .argument('<alias>', 'its name in our URLs')
    .option('--token <file>', 'a token or claims; - for standard input')
    .option('--code <code>', 'the code of a sign-in that failed')
    .option('--userinfo <file>', 'the answer of the user info endpoint, beside --token')
    .option(
      '--mapping <file>',
      'mappings to try instead of those of the upstream: a JSON list, or an object with mappings',
    )
    .option('--account <name>', 'what would change of this account, linked or not')
    .addHelpText('after', HELP)
    .action((alias: string, options: DryRunOptions) => {
      if ((options.token === undefined) === (options.code === undefined)) {
        throw new CommandFailure(EXIT.usage, 'say either --token or --code')
      }
      if (options.code !== undefined && options.userinfo !== undefined) {
        throw new CommandFailure(EXIT.usage, '--userinfo goes with --token: a recorded answer has its own')
      }
      const headline = 'the mappings cannot be tried'
      return atDesk(command, terminal, ({ admin }) => tryMappings(admin, terminal, alias, options), { headline })
    })
}

async function tryMappings(
  admin: AdminClient,
  terminal: Terminal,
  alias: string,
  options: DryRunOptions,
): Promise<void> {
  const { code, account } = options
  await getUpstream(admin, alias)
  const mappings = givenMappings(options.mapping, terminal)
  const body = {
    ...(code === undefined ? await pastedClaims(options, terminal) : { code }),
    ...(mappings === undefined ? {} : { mappings }),
    ...(account === undefined ? {} : { account }),
  }
  const { document, warnings } = await admin.call('upstreams.dry_run', { path: { alias }, body })
  warnAll(terminal, warnings)
  const run = document as unknown as DryRun
  terminal.print(options.json === true ? jsonText(run) : dryRunText(run))
  if (!isLetIn(run)) throw new CommandFailure(EXIT.failure, 'nobody would be let in with these claims')
}

async function pastedClaims({ token = '-', userinfo }: DryRunOptions, terminal: Terminal) {
  if (token === '-' && userinfo === '-') {
    throw new CommandFailure(EXIT.usage, 'only one thing can come from standard input')
  }
  const text = token === '-' ? await terminal.readInput() : readFileText('--token', token, terminal)
  return {
    token: text,
    ...(userinfo === undefined ? {} : { userinfo: await readJsonObject('--userinfo', userinfo, terminal) }),
  }
}

function givenMappings(
  file: string | undefined,
  terminal: Terminal,
): readonly Readonly<Record<string, unknown>>[] | undefined {
  if (file === undefined) return undefined
  const json = parseJson(readFileText('--mapping', file, terminal))
  const list: unknown = isObject(json) && 'mappings' in json ? json.mappings : json
  if (Array.isArray(list) && list.every(isObject)) return list
  throw new CommandFailure(
    EXIT.usage,
    `--mapping: ${file} is neither a JSON list of mappings nor an object with mappings`,
  )
}
