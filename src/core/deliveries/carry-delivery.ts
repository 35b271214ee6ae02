/** One attempt at one delivery: claimed, carried, and its outcome written down. */

import { addSeconds, type Clock } from '../../lib/clock.ts'
import type { Logger } from '../../lib/logger.ts'
import type { Random } from '../../lib/random.ts'
import type { Journal } from '../audit/journal.ts'
import { newTraceCode } from '../audit/trace-code.ts'
import type { JsonObject } from '../clients/client.ts'
import type { KeySealer } from '../keys/key-sealer.ts'
import type { Carried, Carrier } from './deliveries.ts'
import { type Delivery, type DeliveryRepository, deliveryContext } from './delivery.ts'
import { nextAttemptAt, usefulUntil } from './delivery-times.ts'
import { type GivenUpBecause, givenUp } from './given-up.ts'

export interface CarryPorts {
  readonly deliveries: DeliveryRepository
  readonly carriers: readonly Carrier[]
  readonly journal: Journal
  readonly sealer: KeySealer
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
}

/** Longer than any carrier takes: nobody sends again while another node still waits for the answer, and what a node dies over is not lost. */
const CLAIM_SECONDS = 60
/** Somebody may set a mail server in the meantime. */
const NO_CARRIER_SECONDS = 60
const ADDRESS = 'server'

/** False when another node has it. */
export async function carryDelivery(seen: Delivery, ports: CarryPorts): Promise<boolean> {
  const now = ports.clock.now()
  const carrier = ports.carriers.find(({ kind }) => kind === seen.kind)
  const isLate = usefulUntil(seen) <= now
  const isCarried = carrier !== undefined && !isLate
  const claimed: Delivery = {
    ...seen,
    attempts: seen.attempts + (isCarried ? 1 : 0),
    nextAt: addSeconds(now, isCarried ? CLAIM_SECONDS : NO_CARRIER_SECONDS),
    ...(carrier === undefined ? { lastResult: `nothing here carries deliveries of the kind ${seen.kind}` } : {}),
    updatedAt: now,
  }
  const { committed } = await ports.journal.commit([ports.deliveries.advance(claimed, seen)])
  if (!committed) return false
  if (isLate) await giveUp(claimed, 'late', claimed.lastResult ?? 'its time was over before the first attempt', ports)
  else if (carrier !== undefined) await settle(claimed, await carry(carrier, claimed, ports), ports)
  return true
}

async function carry(carrier: Carrier, delivery: Delivery, { sealer, logger }: CarryPorts): Promise<Carried> {
  const { id, kind, sealedContent } = delivery
  if (sealedContent === undefined) return { kind: 'given-up', result: 'its content is gone' }
  try {
    const content = sealer.open(Buffer.from(sealedContent), deliveryContext(id)).toString('utf8')
    return await carrier.carry(JSON.parse(content) as JsonObject, delivery)
  } catch (err) {
    logger.error({ err, delivery: id, kind }, 'a delivery failed in this server')
    return { kind: 'again', result: 'failed in this server; its log says why' }
  }
}

async function settle(delivery: Delivery, carried: Carried, ports: CarryPorts): Promise<void> {
  const { kind, result } = carried
  if (kind === 'delivered') return delivered(delivery, result, ports)
  if (kind === 'given-up') return giveUp(delivery, 'refused', result, ports)
  const now = ports.clock.now()
  const nextAt = nextAttemptAt(delivery.attempts, now, ports.random)
  if (nextAt >= usefulUntil(delivery)) return giveUp(delivery, 'late', result, ports)
  const { id, attempts } = delivery
  ports.logger.warn({ delivery: id, kind: delivery.kind, attempts, result }, 'a delivery will be tried again')
  const waiting: Delivery = { ...delivery, nextAt, lastResult: result, updatedAt: now }
  await ports.journal.commit([ports.deliveries.advance(waiting, delivery)])
}

async function delivered(claimed: Delivery, result: string, { deliveries, journal, clock }: CarryPorts): Promise<void> {
  const { sealedContent: _content, nextAt: _next, ...rest } = claimed
  const { id, kind, about, attempts, traceCode } = claimed
  const done: Delivery = { ...rest, state: 'delivered', lastResult: result, updatedAt: clock.now() }
  const event = journal.record('delivery.delivered', {
    address: ADDRESS,
    ...(traceCode === undefined ? {} : { traceCode }),
    detail: { ...about, kind, delivery: id, attempts, result },
  })
  await journal.commit([deliveries.advance(done, claimed), event])
}

/** The content stays while the row does: an administrator may mend what was wrong and have it tried again. */
async function giveUp(claimed: Delivery, because: GivenUpBecause, result: string, ports: CarryPorts): Promise<void> {
  const { deliveries, journal, clock, random } = ports
  const { nextAt: _next, ...rest } = claimed
  const traceCode = claimed.traceCode ?? newTraceCode(random)
  const done: Delivery = { ...rest, traceCode, state: 'given-up', lastResult: result, updatedAt: clock.now() }
  const { error, description, rule, facts } = givenUp(claimed, because, result)
  const event = journal.record('delivery.refused', {
    address: ADDRESS,
    traceCode,
    detail: { ...facts, error, description, rule },
  })
  await journal.commit([deliveries.advance(done, claimed), event])
}
