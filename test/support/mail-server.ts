/**
 * A real mail server (RFC 5321) on loopback, whose inboxes a test reads.
 *
 *     const mailServer = await startMailServer()
 *     const app = await startApp({ environment: mailServer.environment })   // SALLYPORT_MAIL_*
 *     … something sends a mail to ada@example.com …
 *     const mail = await mailServer.next('ada@example.com')                 // waits for it; each is handed out once
 *     const link = linkIn(mail)                                             // the address in its text
 *
 * `replies` makes it refuse (`{ code: 550 }`) or put off (`{ code: 451 }`) the next recipients. With `tls`, Sallyport has to trust the
 * certificate's authority: see `trustAuthority`.
 */

import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import PostalMime, { type Address, type Email } from 'postal-mime'
import { SMTPServer, type SMTPServerSession } from 'smtp-server'
import { certificateFor, type TestCertificate } from './certificates.ts'

export interface ReceivedMail {
  /** As the envelope says it. */
  readonly sender: string
  readonly recipient: string
  /** As the header says it: `Sallyport <no-reply@example.com>`. */
  readonly from: string
  readonly to: readonly string[]
  readonly subject: string
  readonly text: string
  readonly html: string
  /** Names in small letters. */
  readonly headers: ReadonlyMap<string, string>
  readonly raw: string
  /** Who signed in to send it. */
  readonly user: string | undefined
  readonly isEncrypted: boolean
}

export interface MailReply {
  readonly code: number
  readonly text?: string
}

export interface MailServerWishes {
  readonly port?: number
  /** Without: anybody may send. */
  readonly credentials?: { readonly user: string; readonly password: string }
  /** Without: neither is offered. */
  readonly tls?: 'starttls' | 'from-the-first-byte'
  /** Without: one for `localhost`, by the authority that `trustAuthority` trusts. */
  readonly certificate?: Pick<TestCertificate, 'pem' | 'keyPem'>
}

export interface MailServer {
  readonly port: number
  /** For `mail.server`. */
  readonly url: string
  /** All of `SALLYPORT_MAIL_*` that a server needs to send here. */
  readonly environment: Readonly<Record<string, string>>
  /** Whatever came, in order, taken or not. */
  readonly received: readonly ReceivedMail[]
  /** The next mail to an address that comes, or came and was not taken yet. */
  next(address: string): Promise<ReceivedMail>
  /** Whatever was said as a password, right or wrong. */
  readonly passwords: readonly string[]
  /** How the next recipients are answered; the server takes whatever comes when the list is empty. */
  readonly replies: MailReply[]
  close(): Promise<void>
}

/** Of the mails of these tests. */
export const MAIL_FROM = 'no-reply@example.com'

export async function startMailServer(wishes: MailServerWishes = {}): Promise<MailServer> {
  const { credentials, tls } = wishes
  const inbox = createInbox()
  const replies: MailReply[] = []
  const passwords: string[] = []
  const certificate = tls === undefined ? undefined : (wishes.certificate ?? (await mailCertificate('localhost')))
  const server = new SMTPServer({
    secure: tls === 'from-the-first-byte',
    ...(certificate === undefined ? {} : { key: certificate.keyPem, cert: certificate.pem }),
    disabledCommands: [...(tls === 'starttls' ? [] : ['STARTTLS']), ...(credentials === undefined ? ['AUTH'] : [])],
    allowInsecureAuth: true,
    disableReverseLookup: true,
    // Whoever is still connected at the end of a test is cut off at once.
    closeTimeout: 1,
    onAuth({ username, password }, _session, done) {
      passwords.push(password ?? '')
      if (username === credentials?.user && password === credentials?.password) return done(null, { user: username })
      done(refusal({ code: 535, text: 'Authentication credentials invalid' }))
    },
    onRcptTo(_address, _session, done) {
      const reply = replies.shift()
      done(reply === undefined ? null : refusal(reply))
    },
    onData(stream, session, done) {
      buffer(stream)
        .then(async raw => inbox.put(await mailOf(raw, session)))
        .then(() => done(null), done)
    },
  })
  // A client that goes away in the middle of the handshake, or does not trust us.
  server.on('error', () => {})
  server.listen(wishes.port ?? 0, '127.0.0.1')
  await once(server.server, 'listening')
  const { port } = server.server.address() as AddressInfo
  const url = `${tls === 'from-the-first-byte' ? 'smtps' : 'smtp'}://localhost:${port}`
  return {
    port,
    url,
    environment: {
      SALLYPORT_MAIL_SERVER: url,
      SALLYPORT_MAIL_FROM: MAIL_FROM,
      ...(tls === undefined ? { SALLYPORT_MAIL_TLS: 'none' } : {}),
      ...(credentials === undefined
        ? {}
        : { SALLYPORT_MAIL_USER: credentials.user, SALLYPORT_MAIL_PASSWORD: credentials.password }),
    },
    received: inbox.all,
    next: inbox.next,
    passwords,
    replies,
    close: () => new Promise(resolve => server.close(() => resolve())),
  }
}

/** The first address in the text of a mail. */
export function linkIn({ text }: Pick<ReceivedMail, 'text'>): string {
  const [link] = /https?:\/\/\S+/.exec(text) ?? []
  if (link === undefined) throw new Error(`there is no link in: ${text}`)
  return link
}

function createInbox() {
  const all: ReceivedMail[] = []
  const untaken: ReceivedMail[] = []
  const takers: { readonly address: string; readonly take: (mail: ReceivedMail) => void }[] = []
  return {
    all,
    put(mail: ReceivedMail): void {
      all.push(mail)
      const index = takers.findIndex(({ address }) => address === mail.recipient)
      const [taker] = index === -1 ? [] : takers.splice(index, 1)
      if (taker === undefined) untaken.push(mail)
      else taker.take(mail)
    },
    next(address: string): Promise<ReceivedMail> {
      const index = untaken.findIndex(({ recipient }) => recipient === address)
      const [mail] = index === -1 ? [] : untaken.splice(index, 1)
      return mail === undefined ? new Promise(take => takers.push({ address, take })) : Promise.resolve(mail)
    },
  }
}

async function mailOf(raw: Buffer, session: SMTPServerSession): Promise<ReceivedMail> {
  const email: Email = await PostalMime.parse(raw)
  const { mailFrom, rcptTo } = session.envelope
  if (rcptTo.length !== 1) throw new Error(`a mail came for ${rcptTo.length} people at once`)
  return {
    sender: mailFrom === false ? '' : mailFrom.address,
    recipient: rcptTo[0]?.address ?? '',
    from: email.from === undefined ? '' : written(email.from),
    to: (email.to ?? []).map(written),
    subject: email.subject ?? '',
    text: email.text ?? '',
    html: email.html ?? '',
    headers: new Map(email.headers.map(({ key, value }) => [key, value])),
    raw: raw.toString('utf8'),
    user: session.user,
    isEncrypted: session.secure,
  }
}

function written({ name, address = '' }: Address): string {
  return name === '' ? address : `${name} <${address}>`
}

function refusal({ code, text = code < 500 ? 'Try again later' : 'No such person here' }: MailReply): Error {
  return Object.assign(new Error(text), { responseCode: code })
}

let authority: Promise<TestCertificate> | undefined

function theAuthority(): Promise<TestCertificate> {
  authority ??= certificateFor({ name: 'CN=Mail authority of the tests', isAuthority: true })
  return authority
}

/** By the authority that `trustAuthority` trusts. */
export async function mailCertificate(host: string): Promise<TestCertificate> {
  const alternatives = [{ type: 'dns', value: host }] as const
  return certificateFor({ name: `CN=${host}`, issuer: await theAuthority(), alternatives })
}

/** From now on this process trusts the certificates of these servers. Returns what undoes it. */
export async function trustAuthority(): Promise<() => void> {
  const before = getCACertificates('default')
  setDefaultCACertificates([...before, (await theAuthority()).pem])
  return () => setDefaultCACertificates(before)
}
