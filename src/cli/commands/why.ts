/** `sallyport why CODE`: what happened in one sign-in, step by step, and which check ended it. */

import type { Command } from 'commander'
import type { Explanation } from '../../core/audit/explanation.ts'
import { parseTraceCode } from '../../core/audit/trace-code.ts'
import { atDesk, withPlace } from '../at-desk.ts'
import { CommandFailure, EXIT } from '../exit-codes.ts'
import { explanationText } from '../explanation-text.ts'
import { type JsonOption, jsonText, withJson } from '../output.ts'
import type { Terminal } from '../terminal.ts'

const HELP = `
The code stands on the error page and in the log. Upper or lower case, with or without the dash.
Prints every step with its time, its outcome and the rule or setting that decided, and what can be done about a refusal.
Secrets were never stored with it.

Examples:
  $ sallyport why 7K3M-9QXT
  $ sallyport why 7k3m9qxt --json
  $ sallyport why 7K3M-9QXT --server https://id.example.com`

export function define(command: Command, terminal: Terminal): void {
  withPlace(withJson(command))
    .description('Explain the code of an error page: what happened, and which check failed because of which setting.')
    .argument('<code>', 'the code, such as 7K3M-9QXT')
    .addHelpText('after', HELP)
    .action((text: string, options: JsonOption) => {
      const code = parseTraceCode(text)
      if (code === undefined) {
        throw new CommandFailure(EXIT.usage, `${text} is no code: codes look like 7K3M-9QXT (eight letters and digits)`)
      }
      return atDesk(command, terminal, async ({ admin }) => {
        const { document } = await admin.call('explanations.read', { path: { code } })
        terminal.print(options.json === true ? jsonText(document) : explanationText(document as Explanation))
      })
    })
}
