/** Mail through a running server: a real mail server takes it, refuses it, or is away. */

import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { NewDelivery } from '../../src/core/deliveries/deliveries.ts'
import type { Delivery } from '../../src/core/deliveries/delivery.ts'
import { mailCarrier } from '../../src/core/deliveries/mail.ts'
import { createPostRoom } from '../../src/core/deliveries/post-room.ts'
import { silentLogger } from '../../src/lib/logger.ts'
import { createMailer } from '../../src/lib/mailer.ts'
import { onBothDatabases } from '../support/both-databases.ts'
import { aFolder, run } from '../support/command-line.ts'
import { freePort } from '../support/free-port.ts'
import { createInstallation } from '../support/installation.ts'
import { linkIn, MAIL_FROM, type MailServerWishes, startMailServer, trustAuthority } from '../support/mail-server.ts'
import { startApp } from '../support/running-app.ts'
import { type OpenedHouse, openForSeeding } from '../support/seeding.ts'

const TOKEN = 'c2VjcmV0LXRva2VuLXRoYXQtb3BlbnMtYS1kb29y'
const LINK = `https://sso.example.org/link-account/mail?token=${TOKEN}`
const PASSWORD = 'a password of the mail server'
const MASTER_KEY = { SALLYPORT_MASTER_KEY: 'a master key of a test, 32 characters or more' }

function aMail(to: string): NewDelivery {
  const content = { to, subject: 'Link your account', text: `Open ${LINK}\n`, html: `<a href="${LINK}">Open</a>` }
  return { kind: 'mail', about: { to }, content, usefulSeconds: 900 }
}

/** A node that carries nothing until it is asked to, beside the running server. */
function postRoomOf({ house, keys }: Pick<OpenedHouse, 'house' | 'keys'>, port?: number) {
  const { repositories, journal, clock, random } = house
  const settings = { host: 'localhost', isTls: false, startTls: 'none', from: MAIL_FROM } as const
  const carriers = port === undefined ? [] : [mailCarrier(createMailer({ ...settings, port }))]
  const { deliveries } = repositories
  return createPostRoom({ deliveries, carriers, journal, sealer: keys.sealer, clock, random, logger: silentLogger })
}

async function enqueue(opened: Pick<OpenedHouse, 'house' | 'keys'>, to: string): Promise<void> {
  const { committed } = await opened.house.repositories.commit([postRoomOf(opened).enqueue(aMail(to))])
  assert.equal(committed, true)
}

/** The only delivery, as soon as the server has tried it. */
async function tried({ house }: Pick<OpenedHouse, 'house'>): Promise<Delivery> {
  while (true) {
    const [delivery] = await house.repositories.deliveries.list({ limit: 1 })
    if (delivery?.lastResult !== undefined) return delivery
    await sleep(20)
  }
}

async function aMailServer(t: TestContext, wishes: MailServerWishes = {}) {
  const server = await startMailServer(wishes)
  t.after(() => server.close())
  return server
}

describe('mail of a running server', () => {
  it('goes out once; its row tells of it, and nothing of what it said stays anywhere', async t => {
    const mailServer = await aMailServer(t, { credentials: { user: 'sallyport', password: PASSWORD } })
    const environment = { ...MASTER_KEY, ...mailServer.environment, SALLYPORT_BRANDING_NAME: 'Bücherei' }
    const installation = await createInstallation({ environment })
    t.after(() => installation.remove())
    const server = await installation.start()
    const opened = await openForSeeding(installation.folder, installation.environment)
    await enqueue(opened, 'ada@example.com')
    const mail = await mailServer.next('ada@example.com')
    assert.equal(linkIn(mail), LINK)
    assert.deepEqual([mail.from, mail.user], ['Bücherei <no-reply@example.com>', 'sallyport'])
    const { id, state, attempts, sealedContent } = await tried(opened)
    assert.deepEqual([state, attempts, sealedContent], ['delivered', 1, undefined])
    await opened.house.close()

    const listed = await run(['delivery', 'list'], installation.folder, { env: installation.environment })
    assert.match(listed.out, new RegExp(`${id} +mail +to ada@example.com +delivered +1 +\\S+ +250 `))
    await server.stop()
    assert.ok(server.logLines().some(({ msg }) => msg === 'delivery.delivered'))
    assert.equal(mailServer.received.length, 1)
    for (const secret of [TOKEN, PASSWORD]) assert.equal(server.output().includes(secret), false)
  })

  it('waits while the mail server is away, is listed with the reason, and any node brings it when that is back', async t => {
    const port = await freePort()
    const environment = {
      SALLYPORT_MAIL_SERVER: `smtp://localhost:${port}`,
      SALLYPORT_MAIL_FROM: MAIL_FROM,
      SALLYPORT_MAIL_TLS: 'none',
      SALLYPORT_DATABASE: `sqlite:${aFolder(t)}/sallyport.db`,
      ...MASTER_KEY,
    }
    const app = await startApp({ environment })
    t.after(() => app.close())
    await enqueue(app, 'ada@example.com')
    const { id, state, lastResult } = await tried(app)
    assert.equal(state, 'waiting')
    assert.match(lastResult ?? '', new RegExp(`^localhost:${port}: .*REFUSED`))
    const cli = (...words: string[]) => run(words, '/', { env: { ...environment, SALLYPORT_ISSUER: app.issuer } })
    const [waiting] = (await cli('delivery', 'list', '--kind', 'mail', '--state', 'waiting', '--json')).json()
    assert.deepEqual([waiting.id, waiting.attempts, waiting.last_result], [id, 1, lastResult])
    assert.ok(waiting.next_at > waiting.created_at)

    const mailServer = await aMailServer(t, { port })
    const retried = await cli('delivery', 'retry', id)
    assert.match(retried.out, new RegExp(`^${id} is tried again`))
    await postRoomOf(app, port).deliverDue()
    assert.equal(linkIn(await mailServer.next('ada@example.com')), LINK)
    assert.match((await cli('delivery', 'show', id)).out, /^state +delivered$/m)
    assert.equal((await cli('delivery', 'retry', id)).code, 3)
    assert.deepEqual(app.failures, [])
  })

  it('is given up over a wrong password (RFC 4954 §6); sallyport why explains it, and a retry mends it', async t => {
    const credentials = { user: 'sallyport', password: PASSWORD }
    const mailServer = await aMailServer(t, { credentials })
    const environment = {
      ...mailServer.environment,
      SALLYPORT_MAIL_PASSWORD: 'another password',
      SALLYPORT_DATABASE: `sqlite:${aFolder(t)}/sallyport.db`,
      ...MASTER_KEY,
    }
    const app = await startApp({ environment })
    t.after(() => app.close())
    await enqueue(app, 'ada@example.com')
    const { id, state, traceCode = '', sealedContent } = await tried(app)
    assert.equal(state, 'given-up')
    assert.ok(sealedContent !== undefined)
    const cli = (...words: string[]) => run(words, '/', { env: { ...environment, SALLYPORT_ISSUER: app.issuer } })
    const why = await cli('why', traceCode)
    assert.match(why.out, /The mail to ada@example\.com was refused: localhost:\d+: .*535/)
    assert.match(why.out, new RegExp(`sallyport delivery retry ${id}`))
    const shown = await cli('delivery', 'show', id, '--json')
    assert.equal(shown.json().trace_code.replace('-', ''), traceCode)
    for (const { out } of [why, shown])
      for (const secret of [TOKEN, PASSWORD, 'another password']) assert.equal(out.includes(secret), false)
    assert.equal((await cli('delivery', 'retry', id)).code, 0)
    assert.equal((await app.house.repositories.deliveries.find(id))?.state, 'waiting')
    assert.deepEqual(app.failures, [])
  })
})

onBothDatabases('mail of two nodes', database => {
  it('goes out once each, however many there are and whoever is faster', async t => {
    const mailServer = await aMailServer(t)
    const url = await database()
    const environment = {
      SALLYPORT_DATABASE: url ?? `sqlite:${aFolder(t)}/sallyport.db`,
      SALLYPORT_ISSUER: 'https://sso.example.org',
      ...MASTER_KEY,
    }
    const first = await openForSeeding('/', environment)
    const second = await openForSeeding('/', environment)
    t.after(() => Promise.all([first, second].map(({ house }) => house.close())))
    const people = Array.from({ length: 24 }, (_, number) => `person-${number}@example.com`)
    for (const person of people) await enqueue(first, person)
    await Promise.all([first, second].map(node => postRoomOf(node, mailServer.port).deliverDue()))
    assert.deepEqual(mailServer.received.map(({ recipient }) => recipient).toSorted(), people.toSorted())
    const states = (await first.house.repositories.deliveries.list({ limit: 100 })).map(({ state }) => state)
    assert.deepEqual(
      states,
      people.map(() => 'delivered'),
    )
  })
})

describe('sallyport mail test', () => {
  const settings = { SALLYPORT_ISSUER: 'https://sso.example.org' }

  it('sends a mail, and says what the server answered', async t => {
    const mailServer = await aMailServer(t)
    const env = { ...settings, ...mailServer.environment }
    const { code, out } = await run(['mail', 'test', 'ada@example.com'], aFolder(t), { env })
    assert.deepEqual([code, /^The server answered: 250 /.test(out)], [0, true])
    const mail = await mailServer.next('ada@example.com')
    assert.match(mail.text, /test mail of Sallyport at https:\/\/sso\.example\.org/)
    const asJson = await run(['mail', 'test', 'ada@example.com', '--json'], aFolder(t), { env })
    assert.deepEqual([asJson.json().taken, asJson.json().to], [true, 'ada@example.com'])
  })

  it('ends with 1 and the reason when nobody takes it', async t => {
    const mailServer = await aMailServer(t)
    mailServer.replies.push({ code: 550, text: 'No such person here' }, { code: 450, text: 'Mailbox busy' })
    const env = { ...settings, ...mailServer.environment }
    const refused = await run(['mail', 'test', 'eve@example.com'], aFolder(t), { env })
    assert.deepEqual([refused.code, refused.out], [1, ''])
    assert.match(refused.err, /the mail was not sent: .*550 No such person here/)
    const busy = await run(['mail', 'test', 'eve@example.com', '--json'], aFolder(t), { env })
    assert.equal(busy.code, 1)
    assert.equal(busy.json().taken, false)
    assert.match(busy.json().reason, /450 Mailbox busy/)
    const nonsense = await run(['mail', 'test', 'ada@example.com,eve@example.com'], aFolder(t), { env })
    assert.equal(nonsense.code, 1)
    assert.deepEqual(mailServer.received, [])
  })

  it('encrypts unless the settings say otherwise (RFC 8314 §3), and sends no password to whom it does not know', async t => {
    const credentials = { user: 'sallyport', password: PASSWORD }
    for (const tls of ['starttls', 'from-the-first-byte'] as const) {
      const mailServer = await aMailServer(t, { tls, credentials })
      const env = { ...settings, ...mailServer.environment }
      const stranger = await run(['mail', 'test', 'ada@example.com'], aFolder(t), { env })
      assert.equal(stranger.code, 1, tls)
      assert.match(stranger.err, /certificate/)
      assert.deepEqual(mailServer.passwords, [])
      const distrust = await trustAuthority()
      try {
        assert.equal((await run(['mail', 'test', 'ada@example.com'], aFolder(t), { env })).code, 0, tls)
      } finally {
        distrust()
      }
      const { isEncrypted, user } = await mailServer.next('ada@example.com')
      assert.deepEqual([isEncrypted, user, mailServer.received.length], [true, 'sallyport', 1])
    }
  })

  it('says which settings are missing', async t => {
    const { code, err } = await run(['mail', 'test', 'ada@example.com'], aFolder(t), { env: settings })
    assert.equal(code, 1)
    assert.match(err, /SALLYPORT_MAIL_SERVER/)
  })
})

describe('delivery commands', () => {
  it('know no delivery that does not exist, and change nothing when one of many does not', async t => {
    const mailServer = await aMailServer(t)
    const app = await startApp({
      environment: { ...MASTER_KEY, SALLYPORT_DATABASE: `sqlite:${aFolder(t)}/sallyport.db` },
    })
    t.after(() => app.close())
    await enqueue(app, 'ada@example.com')
    const [before] = await app.house.repositories.deliveries.list({ limit: 1 })
    const env = {
      ...mailServer.environment,
      SALLYPORT_ISSUER: app.issuer,
      SALLYPORT_DATABASE: app.database,
      ...MASTER_KEY,
    }
    for (const id of ['nonsense', '0'.repeat(32)]) {
      const shown = await run(['delivery', 'show', id], '/', { env })
      assert.deepEqual([shown.code, /sallyport delivery list/.test(shown.err)], [4, true])
      assert.equal((await run(['delivery', 'retry', before?.id ?? '', id], '/', { env })).code, 4)
    }
    assert.equal((await run(['delivery', 'list', '--state', 'lost'], '/', { env })).code, 2)
    const shown = await run(['delivery', 'show', before?.id ?? ''], '/', { env })
    assert.equal(shown.out.includes(TOKEN), false)
    assert.match(shown.out, /^to +ada@example\.com$/m)
  })
})
