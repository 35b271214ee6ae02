/** `sallyport why CODE`: what happened in one sign-in, step by step, and which check ended it. */

import type { Command } from 'commander'
import type { TraceCode } from '../../core/audit/audit-event.ts'
import { formatTraceCode, parseTraceCode } from '../../core/audit/trace-code.ts'
import type { House } from '../../house.ts'
import { CommandFailure, EXIT } from '../exit-codes.ts'
import { explain } from '../explanation.ts'
import { explanationText } from '../explanation-text.ts'
import { inHouse } from '../open-house.ts'
import { type JsonOption, jsonText, withJson } from '../output.ts'
import type { Terminal } from '../terminal.ts'

const HELP = `
The code stands on the error page and in the log. Upper or lower case, with or without the dash.
Prints every step with its time, its outcome and the rule or setting that decided, and what can be done about a refusal.
Secrets were never stored with it.

Examples:
  $ sallyport why 7K3M-9QXT
  $ sallyport why 7k3m9qxt --json`

/** More than one sign-in can make: a trace code belongs to one flow and what was issued from it. */
const MAX_EVENTS = 500

export function define(command: Command, terminal: Terminal): void {
  withJson(command)
    .description('Explain the code of an error page: what happened, and which check failed because of which setting.')
    .argument('<code>', 'the code, such as 7K3M-9QXT')
    .option('--config <file>', 'the settings file')
    .addHelpText('after', HELP)
    .action((text: string, options: JsonOption) => {
      const code = parseTraceCode(text)
      if (code === undefined) {
        throw new CommandFailure(EXIT.usage, `${text} is no code: codes look like 7K3M-9QXT (eight letters and digits)`)
      }
      return inHouse(command, terminal, house => why(house, terminal, code, options))
    })
}

async function why({ repositories }: House, terminal: Terminal, code: TraceCode, { json }: JsonOption): Promise<void> {
  const [flow, events] = await Promise.all([
    repositories.flows.findByTraceCode(code),
    repositories.audit.list({ traceCode: code, limit: MAX_EVENTS }),
  ])
  if (flow === undefined && events.length === 0) {
    throw new CommandFailure(
      EXIT.notFound,
      `nothing is known about ${formatTraceCode(code)}: it is mistyped, or so old that it was deleted; codes of outages are only in the server's log (field traceCode)`,
    )
  }
  const clients = new Set([
    ...(flow !== undefined && 'clientUid' in flow.purpose ? [flow.purpose.clientUid] : []),
    ...events.map(({ clientUid }) => clientUid),
  ])
  const accounts = new Set(events.map(({ accountId }) => accountId))
  const explanation = explain({
    code,
    flow,
    events,
    clients: await Promise.all(present(clients).map(uid => repositories.clients.find(uid))),
    accounts: await Promise.all(present(accounts).map(id => repositories.accounts.find(id))),
  })
  terminal.print(json === true ? jsonText(explanation) : explanationText(explanation))
}

function present<Value>(values: ReadonlySet<Value | undefined>): readonly Value[] {
  return [...values].filter(value => value !== undefined)
}
