/** Tests of the post room: clock, table and carriers by hand. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { aClock, aDelivery, NOON, random } from '../../../test/support/builders.ts'
import { addSeconds } from '../../lib/clock.ts'
import type { LogFields, Logger } from '../../lib/logger.ts'
import { silentLogger } from '../../lib/logger.ts'
import { masterKeyFromText } from '../../lib/master-key.ts'
import { createSealer } from '../../lib/seal.ts'
import type { Journal } from '../audit/journal.ts'
import type { JsonObject } from '../clients/client.ts'
import type { Carried, Carrier, NewDelivery } from './deliveries.ts'
import { type Delivery, type DeliveryRepository, deliveryContext } from './delivery.ts'
import { createPostRoom } from './post-room.ts'
import { retryDelivery } from './retry-delivery.ts'

const sealer = createSealer(masterKeyFromText('a master key of a test, 32 characters or more'), random)
const AGAIN: Carried = { kind: 'again', result: 'nobody answered' }
const DELIVERED: Carried = { kind: 'delivered', result: '250 taken' }
const REFUSED: Carried = { kind: 'given-up', result: '550 no such person' }
const MAIL: NewDelivery = {
  kind: 'mail',
  about: { to: 'ada@example.org' },
  content: { to: 'ada@example.org', text: 'a secret link' },
  usefulSeconds: 3600,
}

type Write = () => boolean

/** A table and a journal that know no SQL; several post rooms may share them. */
function aDatabase() {
  const rows = new Map<string, Delivery>()
  const events: { readonly type: string; readonly traceCode?: string; readonly detail: Record<string, unknown> }[] = []
  const deliveries = {
    listDue: async (kind: Delivery['kind'], now: Date, limit: number) =>
      [...rows.values()]
        .filter(row => row.kind === kind && row.nextAt !== undefined && row.nextAt <= now)
        .slice(0, limit),
    insert: (delivery: Delivery): Write => {
      return () => rows.set(delivery.id, delivery).size > 0
    },
    advance: (delivery: Delivery, seen: Delivery): Write => {
      return () => {
        const row = rows.get(seen.id)
        if (row?.state !== seen.state || row.attempts !== seen.attempts) return false
        if (row.nextAt?.getTime() !== seen.nextAt?.getTime()) return false
        return rows.set(delivery.id, delivery).size > 0
      }
    },
  }
  const journal = {
    record: (type: string, event: object): Write => {
      return () => events.push({ type, ...event } as (typeof events)[number]) > 0
    },
    commit: async (writes: readonly Write[]) => ({ committed: writes.every(write => write()) }),
  }
  return {
    deliveries: deliveries as unknown as DeliveryRepository,
    journal: journal as unknown as Journal,
    events,
    only: () => [...rows.values()][0] ?? aDelivery(),
    rows,
  }
}

function aPostRoom(
  answers: readonly (Carried | Error)[] = [],
  { database = aDatabase(), kinds = ['mail'] as readonly Delivery['kind'][], clock = aClock() } = {},
) {
  const left = [...answers]
  const carried: { readonly content: JsonObject; readonly delivery: Delivery }[] = []
  const errors: LogFields[] = []
  const logger: Logger = { ...silentLogger, error: fields => void errors.push(fields) }
  const carriers = kinds.map(
    (kind): Carrier => ({
      kind,
      async carry(content, delivery) {
        carried.push({ content, delivery })
        const answer = left.shift() ?? DELIVERED
        if (answer instanceof Error) throw answer
        return answer
      },
    }),
  )
  const { deliveries, journal } = database
  const room = createPostRoom({ deliveries, journal, carriers, sealer, clock, random, logger })
  const enqueue = async (changes: Partial<NewDelivery> = {}): Promise<void> => {
    await journal.commit([room.enqueue({ ...MAIL, ...changes })])
  }
  return { room, enqueue, carried, clock, errors, ...database }
}

describe('the post room', () => {
  it('keeps the content sealed for its row, and carries it', async () => {
    const { room, enqueue, carried, only } = aPostRoom()
    await enqueue()
    const { id, sealedContent = Buffer.alloc(0) } = only()
    assert.doesNotMatch(Buffer.from(sealedContent).toString('latin1'), /secret/)
    assert.deepEqual(JSON.parse(sealer.open(Buffer.from(sealedContent), deliveryContext(id)).toString()), MAIL.content)
    await room.deliverDue()
    assert.deepEqual(
      carried.map(({ content }) => content),
      [MAIL.content],
    )
  })

  it('writes down what was delivered, without its content, and is done', async () => {
    const { room, enqueue, carried, only, events, clock } = aPostRoom()
    const traceCode = '7K3M9QXT' as NonNullable<Delivery['traceCode']>
    await enqueue({ traceCode })
    await room.deliverDue()
    const { state, attempts, lastResult, sealedContent, nextAt, expiresAt } = only()
    assert.deepEqual(
      [state, attempts, lastResult, sealedContent, nextAt],
      ['delivered', 1, '250 taken', undefined, undefined],
    )
    assert.deepEqual(expiresAt, addSeconds(NOON, 3600 + 7 * 86_400))
    assert.deepEqual(
      events.map(event => [event.type, event.traceCode, event.detail.result]),
      [['delivery.delivered', traceCode, '250 taken']],
    )
    clock.advance(86_400)
    await room.deliverDue()
    assert.equal(carried.length, 1)
  })

  it('tries again after 10 seconds, 1, 5 and 30 minutes, then every 2 hours, each a fifth more or less', async () => {
    const { room, enqueue, carried, only, clock } = aPostRoom(Array(7).fill(AGAIN))
    await enqueue({ usefulSeconds: 86_400 })
    for (const pause of [10, 60, 300, 1800, 7200, 7200]) {
      await room.deliverDue()
      const { nextAt, state, lastResult } = only()
      const seconds = ((nextAt?.getTime() ?? 0) - clock.now().getTime()) / 1000
      assert.ok(seconds >= pause * 0.8 && seconds <= pause * 1.2, `${seconds} s`)
      assert.deepEqual([state, lastResult], ['waiting', 'nobody answered'])
      const before = carried.length
      clock.advance(seconds - 1)
      await room.deliverDue()
      assert.equal(carried.length, before)
      clock.advance(1)
    }
    assert.equal(only().attempts, 6)
  })

  it('gives up what the other side refuses for good, says why under a code, and keeps the content for another attempt', async () => {
    const { room, enqueue, carried, only, events, clock } = aPostRoom([REFUSED])
    await enqueue()
    await room.deliverDue()
    const { id, state, nextAt, sealedContent, traceCode, lastResult } = only()
    assert.deepEqual([state, nextAt, lastResult], ['given-up', undefined, '550 no such person'])
    assert.ok(sealedContent !== undefined && traceCode !== undefined)
    assert.deepEqual(events, [
      {
        type: 'delivery.refused',
        address: 'server',
        traceCode,
        detail: {
          to: 'ada@example.org',
          kind: 'mail',
          delivery: id,
          attempts: 1,
          result: '550 no such person',
          error: 'delivery_refused',
          description: 'the mail server refused a mail',
          rule: 'RFC 5321 §4.2.1 the mail server takes the mail (mail.server)',
        },
      },
    ])
    clock.advance(86_400)
    await room.deliverDue()
    assert.equal(carried.length, 1)
  })

  it('gives up when the next attempt would come too late for anybody', async () => {
    const { room, enqueue, only, events, clock } = aPostRoom([AGAIN, AGAIN])
    await enqueue({ usefulSeconds: 30 })
    await room.deliverDue()
    assert.equal(only().state, 'waiting')
    clock.advance(12)
    await room.deliverDue()
    assert.equal(only().state, 'given-up')
    assert.deepEqual(
      events.map(({ detail }) => [detail.error, detail.result]),
      [['delivery_late', 'nobody answered']],
    )
  })

  it('carries nothing whose time was over before anybody came to it', async () => {
    const { room, enqueue, carried, only, clock } = aPostRoom()
    await enqueue()
    clock.advance(3600)
    await room.deliverDue()
    assert.deepEqual([carried.length, only().state, only().attempts], [0, 'given-up', 0])
  })

  it('lets wait what nothing here carries, until something does or its time is over', async () => {
    const database = aDatabase()
    const clock = aClock()
    const without = aPostRoom([], { database, clock, kinds: ['upstream-logout'] })
    await without.enqueue()
    await without.room.deliverDue()
    assert.deepEqual([database.only().state, database.only().attempts], ['waiting', 0])
    assert.match(database.only().lastResult ?? '', /mail/)
    clock.advance(60)
    const withMail = aPostRoom([], { database, clock })
    await withMail.room.deliverDue()
    assert.deepEqual([withMail.carried.length, database.only().state], [1, 'delivered'])
  })

  it('does not let such deliveries keep others from their turn', async () => {
    const { room, enqueue, carried } = aPostRoom([], { kinds: ['upstream-logout'] })
    for (const _ of Array(25)) await enqueue()
    await enqueue({ kind: 'upstream-logout' })
    await room.deliverDue()
    assert.equal(carried.length, 1)
  })

  it('takes a carrier that throws for one that may do better later, and logs why without the content', async () => {
    const { room, enqueue, only, errors } = aPostRoom([new Error('broken')])
    await enqueue()
    await room.deliverDue()
    assert.equal(only().state, 'waiting')
    assert.deepEqual(
      errors.map(({ err, delivery, kind }) => [(err as Error).message, delivery, kind]),
      [['broken', only().id, 'mail']],
    )
    assert.doesNotMatch(JSON.stringify(errors), /secret link/)
  })

  it('does not carry content that was sealed for another row', async () => {
    const { room, enqueue, carried, rows, errors } = aPostRoom()
    await enqueue()
    await enqueue()
    const [first, second] = [...rows.values()]
    if (first?.sealedContent === undefined || second === undefined) return assert.fail('there are two')
    rows.set(second.id, { ...second, sealedContent: first.sealedContent })
    await room.deliverDue()
    assert.deepEqual(
      carried.map(({ delivery }) => delivery.id),
      [first.id],
    )
    assert.equal(errors.length, 1)
  })
})

describe('the post room of several nodes', () => {
  it('sends once, however many nodes come to it at the same moment', async () => {
    const database = aDatabase()
    const nodes = [aPostRoom([], { database }), aPostRoom([], { database })]
    for (const _ of Array(25)) await nodes[0]?.enqueue()
    await Promise.all(nodes.map(({ room }) => room.deliverDue()))
    const carried = nodes.flatMap(node => node.carried.map(({ delivery }) => delivery.id))
    assert.equal(carried.length, 25)
    assert.equal(new Set(carried).size, 25)
  })

  it('is claimed before it is carried, and tried again by others when the node dies over it', async () => {
    const database = aDatabase()
    const clock = aClock()
    const dying = aPostRoom([], { database, clock })
    await dying.enqueue()
    const seen = database.only()
    // What the dying node still wrote.
    const claim = { ...seen, attempts: 1, nextAt: addSeconds(NOON, 60) }
    await database.journal.commit([database.deliveries.advance(claim, seen)])
    const other = aPostRoom([], { database, clock })
    await other.room.deliverDue()
    assert.equal(other.carried.length, 0)
    clock.advance(60)
    await other.room.deliverDue()
    assert.deepEqual([other.carried.length, database.only().state, database.only().attempts], [1, 'delivered', 2])
  })

  it('stops between two batches when the server shuts down', async () => {
    const stop = new AbortController()
    stop.abort()
    const { room, enqueue, carried } = aPostRoom()
    await enqueue()
    await room.deliverDue(stop.signal)
    assert.equal(carried.length, 0)
  })
})

describe('soon', () => {
  it('carries at once, and is settled when nothing is under way', async () => {
    const { room, enqueue, carried } = aPostRoom()
    await enqueue()
    room.soon()
    assert.equal(carried.length, 0)
    await room.settled()
    assert.equal(carried.length, 1)
  })

  it('leaves nothing behind, however often it is asked while others are under way', async () => {
    const { room, enqueue, rows } = aPostRoom()
    for (const _ of Array(40)) {
      await enqueue()
      room.soon()
    }
    await room.settled()
    assert.deepEqual(new Set([...rows.values()].map(({ state }) => state)), new Set(['delivered']))
  })

  it('survives a database that is away', async () => {
    const { room, deliveries, errors } = aPostRoom()
    Object.assign(deliveries, { listDue: () => Promise.reject(new Error('away')) })
    room.soon()
    await room.settled()
    assert.deepEqual(
      errors.map(({ kind }) => kind),
      ['mail', 'upstream-logout'],
    )
  })

  it('holds up no mail while upstreams do not answer, however many sign-outs they are to be told of', async () => {
    const database = aDatabase()
    const { deliveries, journal } = database
    const answer = Promise.withResolvers<Carried>()
    const mails: string[] = []
    const mailed = Promise.withResolvers<void>()
    const carriers: readonly Carrier[] = [
      { kind: 'upstream-logout', carry: () => answer.promise },
      {
        kind: 'mail',
        async carry(_content, { id }) {
          mails.push(id)
          if (mails.length === 3) mailed.resolve()
          return DELIVERED
        },
      },
    ]
    const clock = aClock()
    const room = createPostRoom({ deliveries, journal, carriers, sealer, clock, random, logger: silentLogger })
    for (const _ of Array(100)) {
      await journal.commit([room.enqueue({ ...MAIL, kind: 'upstream-logout' })])
      room.soon()
    }
    for (const _ of Array(3)) {
      await journal.commit([room.enqueue(MAIL)])
      room.soon()
    }
    await mailed.promise
    answer.resolve(DELIVERED)
    await room.settled()
    assert.equal(mails.length, 3)
    assert.deepEqual(new Set([...database.rows.values()].map(({ state }) => state)), new Set(['delivered']))
  })
})

describe('trying a delivery again by hand', () => {
  it('brings one that was given up back, for at least an hour', async () => {
    const { room, enqueue, only, carried, clock, rows } = aPostRoom([REFUSED])
    await enqueue({ usefulSeconds: 60 })
    await room.deliverDue()
    clock.advance(7200)
    const retried = retryDelivery(only(), clock.now())
    assert.equal(retried.kind, 'again')
    if (retried.kind === 'again') rows.set(retried.delivery.id, retried.delivery)
    await room.deliverDue()
    assert.deepEqual([carried.length, only().state, only().attempts], [2, 'delivered', 2])
  })

  it('tries one that waits now, and does not shorten its time', () => {
    const delivery = aDelivery({
      sealedContent: Buffer.of(1),
      nextAt: addSeconds(NOON, 600),
      expiresAt: addSeconds(NOON, 1e8),
    })
    const retried = retryDelivery(delivery, addSeconds(NOON, 1))
    assert.deepEqual(retried, {
      kind: 'again',
      delivery: { ...delivery, nextAt: addSeconds(NOON, 1), updatedAt: addSeconds(NOON, 1) },
    })
  })

  it('does not send twice what has arrived, nor what is not there any more', () => {
    assert.deepEqual(retryDelivery(aDelivery({ state: 'delivered' }), NOON), { kind: 'delivered-already' })
    assert.deepEqual(retryDelivery(aDelivery({ state: 'given-up' }), NOON), { kind: 'content-gone' })
  })
})
