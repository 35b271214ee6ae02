/** Drives a set of connections, each by its own actor, until the time is over or the actors have nothing left to ask. */

import type { Answer } from './answer.ts'
import { Connection, type Listener } from './connection.ts'
import { Histogram } from './histogram.ts'

/** Plays one user agent or app: computes each request from the answers before. */
export interface Actor {
  /** The next request; nothing when there is nothing left to ask. */
  next(): string | undefined
  /** Checks and remembers. What is wrong with the answer, or nothing when it is right. */
  accept(answer: Answer): string | undefined
}

export interface Driven {
  readonly answers: number
  /** From the first request to the last answer. */
  readonly seconds: number
  readonly latencies: Histogram
  readonly wrong: readonly string[]
}

const STUCK_AFTER_SECONDS = 30

export async function openConnections(port: number, count: number): Promise<Connection[]> {
  return Promise.all(Array.from({ length: count }, () => Connection.open(port)))
}

export function closeConnections(connections: readonly Connection[]): void {
  for (const connection of connections) connection.close()
}

/**
 * Connection `i` belongs to actor `i`. After `seconds` no new request leaves; the answers under way are awaited and counted.
 * An actor that got a wrong answer stops, for its next request would stand on nothing.
 */
export function drive(connections: readonly Connection[], actors: readonly Actor[], seconds: number): Promise<Driven> {
  return new Promise((resolve, reject) => {
    const clock: Clock = {
      start: performance.now(),
      until: performance.now() + seconds * 1000,
      last: performance.now(),
    }
    const latencies = new Histogram()
    const wrong: string[] = []
    const busy = new Set<Lane>()
    // A generator that sleeps must be woken by the server's writes, on the server's time: dear on a virtual machine.
    // So it never sleeps while it drives.
    let isDriving = true
    const stayAwake = (): void => {
      if (isDriving) setImmediate(stayAwake)
    }
    stayAwake()
    const guard = setTimeout(
      () => {
        isDriving = false
        reject(new Error(`still waiting for answers after ${seconds + STUCK_AFTER_SECONDS} s`))
      },
      (seconds + STUCK_AFTER_SECONDS) * 1000,
    )
    const finish = (): void => {
      isDriving = false
      clearTimeout(guard)
      resolve({ answers: latencies.total, seconds: (clock.last - clock.start) / 1000, latencies, wrong })
    }
    const onRest = (lane: Lane): void => {
      busy.delete(lane)
      if (busy.size === 0) finish()
    }
    for (const [index, connection] of connections.entries()) {
      const actor = actors[index]
      if (actor !== undefined) busy.add(new Lane({ connection, actor, clock, latencies, wrong, onRest }))
    }
    if (busy.size === 0) finish()
    for (const lane of [...busy]) lane.step(performance.now())
  })
}

interface Clock {
  readonly start: number
  readonly until: number
  last: number
}

interface LaneParts {
  readonly connection: Connection
  readonly actor: Actor
  readonly clock: Clock
  readonly latencies: Histogram
  readonly wrong: string[]
  onRest(lane: Lane): void
}

/** One connection with its actor. */
class Lane implements Listener {
  readonly #parts: LaneParts
  #sentAt = 0

  constructor(parts: LaneParts) {
    this.#parts = parts
    parts.connection.listener = this
  }

  step(now: number): void {
    const { connection, actor, clock } = this.#parts
    const request = now < clock.until ? actor.next() : undefined
    if (request === undefined) {
      this.#rest()
    } else {
      this.#sentAt = now
      connection.send(request)
    }
  }

  answered(answer: Answer): void {
    const { actor, clock, latencies } = this.#parts
    const now = performance.now()
    clock.last = now
    latencies.record((now - this.#sentAt) * 1000)
    const mistake = actor.accept(answer)
    if (mistake === undefined) this.step(now)
    else this.failed(`${mistake}: ${answer.head.split('\r\n')[0]} ${answer.body.slice(0, 200)}`)
  }

  failed(reason: string): void {
    this.#parts.wrong.push(reason)
    this.#rest()
  }

  #rest(): void {
    this.#parts.connection.listener = undefined
    this.#parts.onRest(this)
  }
}
