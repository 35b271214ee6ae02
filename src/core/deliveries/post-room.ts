/** The post room at work. What is due stands in the database: several nodes share it, and one that dies loses nothing. */

import { newId } from '../../lib/id.ts'
import { type CarryPorts, carryDelivery } from './carry-delivery.ts'
import type { Deliveries } from './deliveries.ts'
import { DELIVERY_KINDS, type DeliveryKind, deliveryContext } from './delivery.ts'
import { expiryOf } from './delivery-times.ts'

export type PostRoomPorts = CarryPorts

/** At once: mail servers take a few connections from one host without complaint. */
const BATCH = 10
/** Prompt rounds at once, so that one slow mail server delays only those who write to it. */
const MAX_ROUNDS = 4

export function createPostRoom(ports: PostRoomPorts): Deliveries {
  const { deliveries, sealer, clock, random } = ports
  // Each kind has rounds of its own: whoever waits for an upstream that does not answer holds up nobody's mail.
  const counters = DELIVERY_KINDS.map(kind => createCounter(kind, ports))
  return {
    enqueue({ kind, about, content, traceCode, usefulSeconds }) {
      const now = clock.now()
      const id = newId<'delivery'>(now, random)
      return deliveries.insert({
        id,
        kind,
        about,
        ...(traceCode === undefined ? {} : { traceCode }),
        sealedContent: sealer.seal(Buffer.from(JSON.stringify(content)), deliveryContext(id)),
        state: 'waiting',
        attempts: 0,
        nextAt: now,
        createdAt: now,
        updatedAt: now,
        expiresAt: expiryOf(usefulSeconds, now),
      })
    },
    soon() {
      for (const counter of counters) counter.soon()
    },
    async deliverDue(signal) {
      await Promise.all(counters.map(counter => counter.deliverDue(signal)))
    },
    async settled() {
      await Promise.all(counters.map(counter => counter.settled()))
    },
  }
}

/** Where one kind is handed in. */
function createCounter(kind: DeliveryKind, ports: PostRoomPorts): Pick<Deliveries, 'soon' | 'deliverDue' | 'settled'> {
  const { deliveries, clock, logger } = ports
  const rounds = new Set<Promise<void>>()
  let isOwed = false

  async function carryOrLog(delivery: Parameters<typeof carryDelivery>[0]): Promise<boolean> {
    try {
      return await carryDelivery(delivery, ports)
    } catch (err) {
      logger.error({ err, delivery: delivery.id }, 'what became of a delivery could not be written down')
      return false
    }
  }

  async function deliverDue(signal?: AbortSignal): Promise<void> {
    while (signal?.aborted !== true) {
      const due = await deliveries.listDue(kind, clock.now(), BATCH)
      const ours = await Promise.all(due.map(carryOrLog))
      if (due.length < BATCH || !ours.includes(true)) return
    }
  }

  function soon(): void {
    if (rounds.size >= MAX_ROUNDS) {
      isOwed = true
      return
    }
    const round = deliverDue()
      .catch(err => logger.error({ err, kind }, 'deliveries wait for the next round'))
      .then(() => {
        rounds.delete(round)
        if (!isOwed) return
        isOwed = false
        soon()
      })
    rounds.add(round)
  }

  return {
    soon,
    deliverDue,
    async settled() {
      while (rounds.size > 0) await Promise.all(rounds)
    },
  }
}
