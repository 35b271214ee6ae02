/** Tests of the mailer against a real mail server. */

import assert from 'node:assert/strict'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { after, before, describe, it, type TestContext } from 'node:test'
import { certificateFor } from '../../test/support/certificates.ts'
import { freePort } from '../../test/support/free-port.ts'
import {
  type MailServer,
  type MailServerWishes,
  mailCertificate,
  startMailServer,
  trustAuthority,
} from '../../test/support/mail-server.ts'
import { createMailer, type Mail, type MailerSettings, MailNotTaken } from './mailer.ts'

const ADA = 'ada@example.com'

function mailTo(to: string, changes: Partial<Mail> = {}): Mail {
  return {
    id: '0199aa',
    writtenAt: new Date('2026-01-01T12:00:00Z'),
    to,
    subject: 'Hello',
    text: 'Hello Ada',
    html: '<p>Hello Ada</p>',
    ...changes,
  }
}

function settingsFor({ port }: Pick<MailServer, 'port'>, changes: Partial<MailerSettings> = {}): MailerSettings {
  return { host: 'localhost', port, isTls: false, startTls: 'none', from: 'no-reply@example.com', ...changes }
}

async function withServer(wishes: MailServerWishes, use: (server: MailServer) => Promise<void>): Promise<void> {
  const server = await startMailServer(wishes)
  try {
    await use(server)
  } finally {
    await server.close()
  }
}

describe('the mailer', () => {
  it('sends both texts to one person, and resolves with what the server said (RFC 5321 §3.3)', async () => {
    await withServer({}, async server => {
      const reply = await createMailer(settingsFor(server))(mailTo(ADA))
      assert.match(reply, /^250 /)
      const mail = await server.next(ADA)
      assert.deepEqual([mail.sender, mail.from, mail.to], ['no-reply@example.com', 'no-reply@example.com', [ADA]])
      assert.equal(mail.subject, 'Hello')
      assert.equal(mail.text.trim(), 'Hello Ada')
      assert.equal(mail.html.trim(), '<p>Hello Ada</p>')
      assert.equal(mail.isEncrypted, false)
    })
  })

  it('says who it is from, and writes every language (RFC 2047 §2)', async () => {
    await withServer({}, async server => {
      const subject = 'Größe ΑΩ 確認 🔑'
      const mailer = createMailer(settingsFor(server, { fromName: 'Bücher, "Söhne" & Co.' }))
      await mailer(mailTo(ADA, { subject, text: 'Grüße 🔑', html: '<p>Grüße 🔑</p>' }))
      const mail = await server.next(ADA)
      assert.equal(mail.subject, subject)
      assert.equal(mail.from, 'Bücher, "Söhne" & Co. <no-reply@example.com>')
      assert.equal(mail.text.trim(), 'Grüße 🔑')
    })
  })

  it('gives a mail that is sent again the same name (RFC 5322 §3.6.4), and asks for no answers (RFC 3834 §5)', async () => {
    await withServer({}, async server => {
      const mailer = createMailer(settingsFor(server))
      for (const _ of [1, 2]) {
        await mailer(mailTo(ADA))
        const { headers } = await server.next(ADA)
        assert.equal(headers.get('message-id'), '<0199aa@example.com>')
        assert.equal(headers.get('date'), 'Thu, 01 Jan 2026 12:00:00 +0000')
        assert.equal(headers.get('auto-submitted'), 'auto-generated')
      }
    })
  })

  it('sends to one plain address only, whatever else the text holds (RFC 5321 §4.1.2)', async () => {
    await withServer({}, async server => {
      const mailer = createMailer(settingsFor(server))
      const nobody = [
        'ada@example.com,eve@example.com',
        'ada@example.com, eve@example.com',
        'Ada <ada@example.com>',
        'eve@example.com>\r\nRCPT TO:<ada@example.com',
        'ada@example.com\nBcc: eve@example.com',
        '"ada@example.com"@example.org',
        'all:ada@example.com;',
        'ada@example.com\u0000',
        'ada@[127.0.0.1]',
        `${'a'.repeat(65)}@example.com`,
        'ada',
        '',
      ]
      for (const to of nobody) {
        await assert.rejects(mailer(mailTo(to)), { name: 'MailNotTaken', isPermanent: true }, JSON.stringify(to))
      }
      assert.deepEqual(server.received, [])
    })
  })

  it('keeps line breaks of a subject out of the headers (RFC 5322 §2.2)', async () => {
    await withServer({}, async server => {
      const subject = 'Hello\r\nBcc: eve@example.com\r\n\r\nanother text'
      await createMailer(settingsFor(server))(mailTo(ADA, { subject }))
      const { headers, recipient } = await server.next(ADA)
      assert.equal(recipient, ADA)
      assert.equal(headers.has('bcc'), false)
      assert.match(headers.get('subject') ?? '', /^Hello Bcc: eve@example\.com +another text$/)
    })
  })

  it('knows a refusal that stays (5yz) from one that may pass (4yz, RFC 5321 §4.2.1)', async () => {
    await withServer({}, async server => {
      const mailer = createMailer(settingsFor(server))
      server.replies.push({ code: 550, text: 'No such person' }, { code: 451, text: 'Try again later' })
      await assert.rejects(mailer(mailTo(ADA)), { isPermanent: true, message: /550 No such person/ })
      await assert.rejects(mailer(mailTo(ADA)), { isPermanent: false, message: /451 Try again later/ })
      await mailer(mailTo(ADA))
      assert.equal((await server.next(ADA)).recipient, ADA)
    })
  })

  it('repeats no link and no token that a filter quotes', async () => {
    await withServer({}, async server => {
      const secret = 'c2VjcmV0LXRva2VuLW9mLXRoZS1saW5rLXRoYXQtb3BlbnM'
      const text = `Blocked https://sso.example.com/link?token=${secret} for ${secret}`
      server.replies.push({ code: 554, text })
      const error = await failureOf(createMailer(settingsFor(server))(mailTo(ADA)))
      assert.match(error.message, /554 Blocked \[…\] for \[…\]$/)
    })
  })

  it('tries again later where nobody listens', async () => {
    const port = await freePort()
    const mailer = createMailer(settingsFor({ port }))
    await assert.rejects(mailer(mailTo(ADA)), {
      isPermanent: false,
      message: new RegExp(`^localhost:${port}: .*REFUSED`),
    })
  })

  it('tries again later where somebody else than a mail server hangs up', async t => {
    const server = await listening(t, socket => socket.end('this is no mail server\r\n'))
    await assert.rejects(createMailer(settingsFor(server))(mailTo(ADA)), { isPermanent: false })
  })
})

describe('the mailer and slow servers', () => {
  it('waits for a greeting no longer than it takes to connect', async t => {
    const server = await listening(t, () => {})
    const mailer = createMailer(settingsFor(server), { connectMs: 300, totalMs: 60_000 })
    await assert.rejects(mailer(mailTo(ADA)), { isPermanent: false, message: /^localhost:\d+: .*greeting/i })
  })

  it('hangs up on one that always has something more to say', async t => {
    const server = await listening(t, socket => {
      const talking = setInterval(() => socket.write('220-wait\r\n'), 5)
      socket.on('close', () => clearInterval(talking))
    })
    const mailer = createMailer(settingsFor(server), { connectMs: 60_000, totalMs: 50 })
    await assert.rejects(mailer(mailTo(ADA)), {
      isPermanent: false,
      message: /^localhost:\d+ took longer than 0\.05 s$/,
    })
  })
})

describe('the mailer and passwords', () => {
  const credentials = { user: 'sallyport', password: 'a password of the mail server' }

  it('signs in at the mail server (RFC 4954 §4)', async () => {
    await withServer({ credentials }, async server => {
      await createMailer(settingsFor(server, credentials))(mailTo(ADA))
      assert.equal((await server.next(ADA)).user, 'sallyport')
    })
  })

  it('gives up over a wrong password, and does not repeat it (RFC 4954 §6)', async () => {
    await withServer({ credentials }, async server => {
      const mailer = createMailer(settingsFor(server, { ...credentials, password: 'another password' }))
      const error = await failureOf(mailer(mailTo(ADA)))
      assert.equal(error.isPermanent, true)
      assert.match(error.message, /535/)
      assert.doesNotMatch(error.message, /another password/)
      assert.doesNotMatch(error.message, new RegExp(Buffer.from('another password').toString('base64')))
    })
  })
})

describe('the mailer and TLS', () => {
  let distrust: () => void
  before(async () => {
    distrust = await trustAuthority()
  })
  after(() => distrust())

  for (const startTls of ['required', 'opportunistic'] as const) {
    it(`encrypts with STARTTLS when it is ${startTls} (RFC 3207 §4)`, async () => {
      await withServer({ tls: 'starttls' }, async server => {
        await createMailer(settingsFor(server, { startTls }))(mailTo(ADA))
        assert.equal((await server.next(ADA)).isEncrypted, true)
      })
    })
  }

  it('encrypts from the first byte (RFC 8314 §3)', async () => {
    await withServer({ tls: 'from-the-first-byte' }, async server => {
      await createMailer(settingsFor(server, { isTls: true, startTls: 'required' }))(mailTo(ADA))
      assert.equal((await server.next(ADA)).isEncrypted, true)
    })
  })

  it('sends nothing in the clear, not even a password, where STARTTLS is required and not offered (RFC 3207 §4.1)', async () => {
    const credentials = { user: 'sallyport', password: 'secret' }
    await withServer({ credentials }, async server => {
      const mailer = createMailer(settingsFor(server, { startTls: 'required', ...credentials }))
      await assert.rejects(mailer(mailTo(ADA)), MailNotTaken)
      assert.deepEqual([server.received, server.passwords], [[], []])
    })
  })

  it('goes without where STARTTLS is opportunistic and not offered', async () => {
    await withServer({}, async server => {
      await createMailer(settingsFor(server, { startTls: 'opportunistic' }))(mailTo(ADA))
      assert.equal((await server.next(ADA)).isEncrypted, false)
    })
  })

  for (const startTls of ['required', 'opportunistic'] as const) {
    it(`believes no certificate of an authority it does not know when STARTTLS is ${startTls} (RFC 3207 §4.1)`, async () => {
      const certificate = await certificateFor({
        name: 'CN=localhost',
        alternatives: [{ type: 'dns', value: 'localhost' }],
      })
      await withServer({ tls: 'starttls', certificate }, async server => {
        const mailer = createMailer(settingsFor(server, { startTls }))
        await assert.rejects(mailer(mailTo(ADA)), { isPermanent: false, message: /certificate/ })
        assert.deepEqual(server.received, [])
      })
    })
  }

  it('believes no certificate for another name (RFC 8314 §3)', async () => {
    const certificate = await mailCertificate('mail.example.org')
    await withServer({ tls: 'from-the-first-byte', certificate }, async server => {
      const mailer = createMailer(settingsFor(server, { isTls: true }))
      await assert.rejects(mailer(mailTo(ADA)), { isPermanent: false, message: /does not match/ })
      assert.deepEqual(server.received, [])
    })
  })
})

async function failureOf(sending: Promise<string>): Promise<MailNotTaken> {
  const error = await sending.then(
    reply => new Error(`it was taken: ${reply}`),
    (failure: unknown) => failure,
  )
  if (!(error instanceof MailNotTaken)) throw error
  return error
}

async function listening(t: TestContext, greet: (socket: Socket) => void): Promise<{ readonly port: number }> {
  const sockets = new Set<Socket>()
  const server = createServer(socket => {
    sockets.add(socket.on('error', () => {}))
    greet(socket)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  t.after(() => {
    server.close()
    for (const socket of sockets) socket.destroy()
  })
  return { port: (server.address() as AddressInfo).port }
}
