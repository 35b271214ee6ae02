/** `sallyport mail test`: sends a mail now, and says what the mail server answered. */

import type { Command } from 'commander'
import type { Config } from '../../config/config.ts'
import { mailAdvice } from '../../core/audit/mail-advice.ts'
import { systemClock } from '../../lib/clock.ts'
import { html } from '../../lib/html.ts'
import { newId } from '../../lib/id.ts'
import { createMailer, MailNotTaken } from '../../lib/mailer.ts'
import { createSystemRandom } from '../../lib/random.ts'
import { CommandFailure, EXIT } from '../exit-codes.ts'
import { settingsFor } from '../open-house.ts'
import { type JsonOption, jsonText, withJson } from '../output.ts'
import type { Terminal } from '../terminal.ts'

const HELP = `
Uses the settings under "mail" and nothing else: no database, no running server. Exit code 0 when the mail server took the mail, 1 with its
reason when it did not. Whether it arrives is for the mail server to see to.

Example:
  $ sallyport mail test ada@example.com`

export function define(command: Command, terminal: Terminal): void {
  withJson(command)
    .description('Send a test mail to an address.')
    .argument('<address>', 'who gets it')
    .option('--config <file>', 'the settings file')
    .addHelpText('after', HELP)
    .action(async (address: string, { json }: JsonOption) => {
      const config = await settingsFor(command, terminal)
      const reply = await send(config, address).catch((error: unknown) => {
        if (!(error instanceof MailNotTaken)) throw error
        if (json === true) terminal.print(jsonText({ taken: false, to: address, reason: error.message }))
        const advice = mailAdvice(error.message)
        throw new CommandFailure(
          EXIT.failure,
          `the mail was not sent: ${error.message}${advice === undefined ? '' : `\n  ${advice}`}`,
        )
      })
      terminal.print(json === true ? jsonText({ taken: true, to: address, reply }) : `The server answered: ${reply}`)
    })
}

async function send({ mail, branding, issuer }: Config, address: string): Promise<string> {
  if (mail === undefined) {
    const advice = 'set mail.server and mail.from, or SALLYPORT_MAIL_SERVER and SALLYPORT_MAIL_FROM'
    throw new CommandFailure(EXIT.failure, `there is no mail server in the settings (${advice})`)
  }
  const now = systemClock.now()
  const text = `This is a test mail of ${branding.name} at ${issuer}.`
  return createMailer({ ...mail, fromName: branding.name })({
    id: newId(now, createSystemRandom()),
    writtenAt: now,
    to: address,
    subject: `${branding.name}: test mail`,
    text: `${text}\n`,
    html: html`<p>${text}</p>`.toString(),
  })
}
