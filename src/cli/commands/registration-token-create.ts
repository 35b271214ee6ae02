/** `sallyport registration-token create`: an initial access token (RFC 7591 §1.2), with which somebody registers apps. */

import type { Command } from 'commander'
import { parseFixedMetadata } from '../../core/registration/fixed-metadata.ts'
import { atDesk, withPlace } from '../at-desk.ts'
import { appended } from '../document-options.ts'
import { parseSeconds } from '../option-table.ts'
import { formatFields, type JsonOption, jsonText, withJson } from '../output.ts'
import { warnAll } from '../print-document.ts'
import { expiryText, registrationTokenJson, usesText } from '../registration-token-view.ts'
import { failWithMistakes } from '../report-mistakes.ts'
import type { Terminal } from '../terminal.ts'

const HELP = `
Whoever has the token registers apps at the registration_endpoint of the discovery document, as far as registration.* in the settings
allows. What --set fixes, every app gets that is registered with the token, and keeps. The token is shown this once.

Examples:
  $ sallyport registration-token create --label "CI of the wiki team" --uses 5 --expires 7d
  $ sallyport registration-token create --label partners --set scope="openid email" --set consent_mode=always --json
  $ curl -H "Authorization: Bearer TOKEN" -H "Content-Type: application/json" \\
      -d '{"redirect_uris":["https://wiki.example.com/callback"]}' https://id.example.com/register`

interface CreateOptions extends JsonOption {
  readonly label?: string
  readonly uses?: string
  readonly expires?: string
  readonly set?: readonly string[]
}

const HEADLINE = 'no token was made'

export function define(command: Command, terminal: Terminal): void {
  withPlace(withJson(command))
    .description('Make a token with which somebody may register apps by themselves.')
    .option('--label <text>', 'whom it is for: stands in the audit and in the list', 'unnamed')
    .option('--uses <number>', 'how many apps it registers; default: any number')
    .option('--expires <duration>', 'how long it counts: 12h, 7d; default: until it is revoked')
    .option('--set <member=value>', 'fixes metadata of every app registered with it; repeat for more', appended)
    .addHelpText('after', HELP)
    .action((options: CreateOptions) =>
      atDesk(
        command,
        terminal,
        async ({ admin }) => {
          const body = readToken(options)
          const { document, warnings } = await admin.call('registration-tokens.create', { body })
          const { token } = document
          if (options.json === true) {
            return terminal.print(jsonText({ token, ...registrationTokenJson(document) }))
          }
          warnAll(terminal, warnings)
          const { id, label, fixed_metadata: fixed } = document
          const [uses, expires] = [usesText(document), expiryText(document, terminal.startedAt)]
          terminal.print(formatFields({ token, id, label, uses, expires, ...fixed }))
          terminal.print('\nKeep the token now: it is not shown again.')
        },
        { database: 'made', headline: HEADLINE },
      ),
    )
}

/** The mistakes by the names of the options. */
function readToken({ label = '', uses, expires, set = [] }: CreateOptions) {
  const fixed = parseFixedMetadata(set)
  const seconds = expires === undefined ? undefined : parseSeconds('--expires', expires)
  const mistakes = [
    ...('mistakes' in fixed ? fixed.mistakes : []),
    ...(typeof seconds === 'object' ? [seconds] : []),
    ...(uses === undefined || /^[1-9]\d{0,8}$/.test(uses)
      ? []
      : [mistake('--uses', 'must be a whole number, 1 or more')]),
    ...(label.trim() !== '' && label.length <= 100 && !/\p{Cc}/u.test(label)
      ? []
      : [mistake('--label', 'must be 1 to 100 characters in one line')]),
  ]
  if (mistakes.length > 0 || 'mistakes' in fixed || typeof seconds === 'object') {
    return failWithMistakes(HEADLINE, mistakes)
  }
  return {
    label,
    fixed_metadata: fixed.metadata,
    ...(uses === undefined ? {} : { remaining_uses: Number(uses) }),
    ...(seconds === undefined ? {} : { expires_in: seconds }),
  }
}

function mistake(member: string, message: string) {
  return { member, rule: 'option', message }
}
