/** Sends mail by SMTP (RFC 5321): one mail to one person on a connection of its own. */

import type { SMTPTransportOptions } from 'nodemailer'

export interface Mail {
  /** Names the mail to the world (RFC 5322 §3.6.4): one that is sent again is the same mail, and mailboxes show it once. */
  readonly id: string
  readonly writtenAt: Date
  readonly to: string
  readonly subject: string
  readonly text: string
  readonly html: string
}

export interface MailerSettings {
  readonly host: string
  readonly port: number
  /** TLS from the first byte; otherwise `startTls` says what becomes of the connection. */
  readonly isTls: boolean
  readonly startTls: 'required' | 'opportunistic' | 'none'
  readonly user?: string
  readonly password?: string
  readonly from: string
  /** Shown beside the address it comes from. */
  readonly fromName?: string
}

/** Resolves with the server's reply when it has taken the mail; throws `MailNotTaken` otherwise. */
export type Mailer = (mail: Mail) => Promise<string>

export class MailNotTaken extends Error {
  override readonly name = 'MailNotTaken'
  /** RFC 5321 §4.2.1: the same mail would be refused again. */
  readonly isPermanent: boolean

  constructor(reason: string, isPermanent: boolean) {
    super(reason)
    this.isPermanent = isPermanent
  }
}

/** How long a mail server may take. */
export interface Patience {
  readonly connectMs: number
  /** From the look-up of its name to its last word. */
  readonly totalMs: number
}

const PATIENCE: Patience = { connectMs: 10_000, totalMs: 20_000 }
const GOODBYE_MS = 1_000
const MAX_REPLY_LENGTH = 180

export function createMailer(settings: MailerSettings, patience: Patience = PATIENCE): Mailer {
  const { from, fromName } = settings
  const domain = from.slice(from.lastIndexOf('@') + 1)
  return async ({ id, writtenAt, to, subject, text, html }) => {
    if (!isPlainAddress(to)) throw new MailNotTaken('this is no address that mail can be sent to', true)
    // Loaded with the first mail: most servers start far more often than they write.
    const { createTransport } = await import('nodemailer')
    const signal = AbortSignal.timeout(patience.totalMs)
    try {
      const sent = await createTransport(transportOptions(settings, patience)).sendMail({
        from: fromName === undefined ? from : { name: fromName, address: from },
        to: { name: '', address: to },
        // The header is for people; this is where it goes.
        envelope: { from, to: [to] },
        subject,
        text,
        html,
        messageId: `<${id}@${domain}>`,
        date: writtenAt,
        // RFC 3834 §5: nobody's absence notice has to answer it.
        headers: { 'Auto-Submitted': 'auto-generated' },
        signal,
      })
      return cleanReply(sent.response)
    } catch (error) {
      const { host, port } = settings
      if (signal.aborted) throw new MailNotTaken(`${host}:${port} took longer than ${patience.totalMs / 1000} s`, false)
      throw notTaken(error, settings)
    }
  }
}

function transportOptions(
  { host, port, isTls, startTls, user, password }: MailerSettings,
  { connectMs, totalMs }: Patience,
): SMTPTransportOptions {
  return {
    host,
    port,
    secure: isTls,
    requireTLS: !isTls && startTls === 'required',
    ignoreTLS: !isTls && startTls === 'none',
    ...(user === undefined ? {} : { auth: { user, pass: password ?? '' } }),
    connectionTimeout: connectMs,
    greetingTimeout: connectMs,
    dnsTimeout: connectMs,
    socketTimeout: totalMs,
    socketCloseTimeout: GOODBYE_MS,
    // A mail is what its texts say: never a file of this machine, never what an address leads to.
    disableFileAccess: true,
    disableUrlAccess: true,
  }
}

/** RFC 5321 §4.1.2 without quoted names and address literals: no character in it means anything to a header, a list or a command. */
export function isPlainAddress(text: string): boolean {
  return text.length <= 254 && /^[^\s\p{Cc}<>()[\]\\,;:"@]{1,64}@[^\s\p{Cc}<>()[\]\\,;:"@]+$/u.test(text)
}

interface SmtpFailure {
  readonly message: string
  readonly code?: unknown
  /** Absent when the server did not say anything. */
  readonly permanent?: unknown
}

/** What nothing but another mail, or another setting, would change. */
const PERMANENT_CODES: ReadonlySet<unknown> = new Set(['EENVELOPE', 'EMESSAGE', 'EAUTH'])

function notTaken(error: unknown, { host, port }: MailerSettings): MailNotTaken {
  const { message, code, permanent }: SmtpFailure = error instanceof Error ? error : { message: 'not sent' }
  const isPermanent = permanent === undefined ? PERMANENT_CODES.has(code) : permanent === true
  return new MailNotTaken(cleanReply(`${host}:${port}: ${message}`), isPermanent)
}

/**
 * One line of plain text. Filters quote what they do not like, and what a mail of ours has to say is often a link that opens a door:
 * addresses and long runs of letters are left out.
 */
function cleanReply(reply: string): string {
  const line = reply
    .replace(/[\s\p{C}]+/gu, ' ')
    .replace(/https?:\S*/gi, '[…]')
    .replace(/[\w+/=~-]{32,}/g, '[…]')
    .trim()
  return line.length <= MAX_REPLY_LENGTH ? line : `${line.slice(0, MAX_REPLY_LENGTH - 1)}…`
}
