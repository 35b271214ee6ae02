/** `sallyport upstream dry-run`: what the mappings of an upstream make of claims. Nobody is signed in, and no account changes. */

import type { Command } from 'commander'
import type { Config } from '../../config/config.ts'
import { parseTraceCode } from '../../core/audit/trace-code.ts'
import { openRecordedAnswer } from '../../core/upstreams/arrival/recorded-answer.ts'
import { mapClaims } from '../../core/upstreams/mapping/map-claims.ts'
import type { ClaimSources, Mapping } from '../../core/upstreams/mapping/mapping.ts'
import { parseMappings } from '../../core/upstreams/mapping/parse-mappings.ts'
import type { Upstream } from '../../core/upstreams/upstream.ts'
import type { House } from '../../house.ts'
import { newUuid } from '../../lib/id.ts'
import { getAccount } from '../account-lookup.ts'
import { commitChange } from '../commit-change.ts'
import { type DryRun, dryRunJson, dryRunText } from '../dry-run-view.ts'
import { CommandFailure, EXIT } from '../exit-codes.ts'
import { inHouse } from '../open-house.ts'
import { type JsonOption, jsonText, withJson } from '../output.ts'
import { readPastedClaims } from '../pasted-claims.ts'
import { failWithMistakes } from '../report-mistakes.ts'
import type { Terminal } from '../terminal.ts'
import { getUpstream } from '../upstream-lookup.ts'
import { wouldHappen } from '../would-happen.ts'
import { parseJson, readFileText, readJsonObject } from '../written-values.ts'

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
  withJson(command)
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
    .option('--config <file>', 'the settings file')
    .addHelpText('after', HELP)
    .action((alias: string, options: DryRunOptions) => {
      if ((options.token === undefined) === (options.code === undefined)) {
        throw new CommandFailure(EXIT.usage, 'say either --token or --code')
      }
      if (options.code !== undefined && options.userinfo !== undefined) {
        throw new CommandFailure(EXIT.usage, '--userinfo goes with --token: a recorded answer has its own')
      }
      return inHouse(command, terminal, (house, config) => dryRun(house, config, terminal, alias, options))
    })
}

async function dryRun(
  house: House,
  config: Config,
  terminal: Terminal,
  alias: string,
  options: DryRunOptions,
): Promise<void> {
  const { repositories, clock, random } = house
  const stored = await getUpstream(repositories, alias)
  const upstream = { ...stored, mappings: (await givenMappings(options.mapping, terminal)) ?? stored.mappings }
  const account = options.account === undefined ? undefined : await getAccount(repositories.accounts, options.account)
  const sources =
    options.code === undefined
      ? await pastedSources(options, upstream, terminal)
      : await recordedSources(options.code, upstream, house)
  const existingGroups = new Set((await repositories.groups.list()).map(({ name }) => name))
  const mapped = mapClaims(sources, { upstream, existingGroups, uuid: newUuid(random) })
  const ports = { repositories, sendsMail: config.mail !== undefined, now: clock.now() }
  const outcome =
    'refusal' in mapped ? mapped : { ...mapped, would: await wouldHappen(mapped.patch, upstream, account, ports) }
  report({ upstream: alias, verified: options.code !== undefined, sources, ...outcome }, terminal, options)
}

function report(run: DryRun, terminal: Terminal, { json }: JsonOption): void {
  terminal.print(json === true ? jsonText(dryRunJson(run)) : dryRunText(run))
  if (run.refusal !== undefined || run.would?.outcome === 'refuse') {
    throw new CommandFailure(EXIT.failure, 'nobody would be let in with these claims')
  }
}

async function pastedSources(
  { token = '-', userinfo }: DryRunOptions,
  upstream: Upstream,
  terminal: Terminal,
): Promise<ClaimSources> {
  if (token === '-' && userinfo === '-') {
    throw new CommandFailure(EXIT.usage, 'only one thing can come from standard input')
  }
  const text = token === '-' ? await terminal.readInput() : readFileText('--token', token, terminal)
  const pasted = readPastedClaims(text, upstream)
  if (typeof pasted === 'string') throw new CommandFailure(EXIT.usage, `--token: what was given ${pasted}`)
  terminal.warn(
    'warning: NOTHING OF THIS IS VERIFIED, neither signature nor issuer: it shows what mappings do, not who somebody is',
  )
  for (const note of pasted.notes) terminal.warn(`note: ${note}`)
  if (userinfo === undefined) return pasted.sources
  return { ...pasted.sources, userinfo: await readJsonObject('--userinfo', userinfo, terminal) }
}

/** An administrator looks at what an upstream said of somebody: that is written down before it is shown. */
async function recordedSources(text: string, upstream: Upstream, house: House): Promise<ClaimSources> {
  const code = parseTraceCode(text)
  if (code === undefined) throw new CommandFailure(EXIT.usage, `${text} is no code: codes look like 7K3M-9QXT`)
  const { repositories, clock } = house
  const ports = { attempts: repositories.attempts, sealer: await house.openSealer(), now: clock.now() }
  const answer = await openRecordedAnswer(code, upstream, ports)
  if (answer.kind === 'gone') {
    const why = 'the sign-in did not fail after the upstream had answered, or broker.keep_failed_answers is over'
    throw new CommandFailure(EXIT.notFound, `no answer is kept for ${text}: ${why}`)
  }
  if (answer.kind === 'of-another-upstream') {
    throw new CommandFailure(
      EXIT.usage,
      `${text} is the code of a sign-in through another upstream than ${upstream.alias}`,
    )
  }
  const detail = { upstream: upstream.alias, received_at: answer.receivedAt }
  const event = { type: 'upstream.answer-replayed' as const, traceCode: code, detail }
  await commitChange(house, [], [event], 'the look at the answer could not be written down, so it is not shown')
  return answer.sources
}

async function givenMappings(file: string | undefined, terminal: Terminal): Promise<readonly Mapping[] | undefined> {
  if (file === undefined) return undefined
  const json = parseJson(readFileText('--mapping', file, terminal))
  const list: unknown = typeof json === 'object' && json !== null && 'mappings' in json ? json.mappings : json
  if (!Array.isArray(list)) {
    throw new CommandFailure(EXIT.usage, `--mapping: ${file} is neither a JSON list nor an object with mappings`)
  }
  const { mappings, mistakes } = parseMappings(list)
  if (mistakes.length > 0) failWithMistakes('the mappings cannot be tried', mistakes)
  return mappings
}
