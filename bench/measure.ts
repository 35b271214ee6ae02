/** Measures one scenario on one server: warm-up, then a window in which every answer counts. */

import type { Connection } from './load/connection.ts'
import { closeConnections, type Driven, drive, openConnections } from './load/drive.ts'
import { Histogram } from './load/histogram.ts'
import type { Load, Scenario, Visit } from './scenarios/scenario.ts'
import { SERVER_CORE } from './servers/pinning.ts'
import { coreMillis, processMillis } from './servers/processor.ts'
import type { RunningServer } from './servers/site.ts'

export interface Sample {
  /** Requests, or whole operations where one is several requests. */
  readonly operations: number
  readonly perSecond: number
  /** CPU time of the server's process per operation; absent where the system does not tell. */
  readonly cpuMicros?: number
  readonly p50Micros: number
  readonly p99Micros: number
  readonly p999Micros: number
  /** Share of the server's core that other processes took during the window. */
  readonly disturbance: number
  readonly wrong: readonly string[]
}

export interface Timing {
  readonly warmUpSeconds: number
  readonly windowSeconds: number
}

/** Scenarios that use something up run in slices of about this long, each after an untimed filling. */
const SLICE_SECONDS = 1
const FIRST_FILL = 256

export async function measure(
  scenario: Scenario,
  server: RunningServer,
  visit: Visit,
  timing: Timing,
): Promise<Sample> {
  const load = await scenario.prepare(visit)
  const connections = await openConnections(server.site.port, visit.connections)
  const meter = new Meter(server.pid, load)
  const run =
    load.fill === undefined
      ? runThrough(connections, load, meter, timing)
      : runInSlices(connections, load, load.fill, meter, timing)
  await run
  closeConnections(connections)
  return meter.sample(load.inspect?.() ?? [])
}

async function runThrough(connections: Connection[], load: Load, meter: Meter, timing: Timing): Promise<void> {
  const warmUp = await drive(connections, load.actors, timing.warmUpSeconds)
  meter.note(warmUp)
  if (warmUp.wrong.length === 0) await meter.timed(() => drive(connections, load.actors, timing.windowSeconds))
}

async function runInSlices(
  connections: Connection[],
  load: Load,
  fill: (count: number) => Promise<void>,
  meter: Meter,
  timing: Timing,
): Promise<void> {
  const drain = (): Promise<Driven> => drive(connections, load.actors, 60)
  let count = FIRST_FILL
  let warm = 0
  while (warm < timing.warmUpSeconds && meter.isRight) {
    await fill(count)
    const driven = await drain()
    meter.note(driven)
    warm += driven.seconds
    const slice = Math.min(SLICE_SECONDS, Math.max(0.1, timing.warmUpSeconds - warm))
    count = Math.max(FIRST_FILL, Math.ceil((driven.answers / driven.seconds) * slice))
  }
  while (meter.seconds < timing.windowSeconds * 0.95 && meter.isRight) {
    await fill(count)
    await meter.timed(drain)
    const slice = Math.min(SLICE_SECONDS, Math.max(0.1, timing.windowSeconds - meter.seconds))
    count = Math.max(FIRST_FILL, Math.ceil(meter.perSecond * slice))
  }
}

/** Adds up the timed parts of one measurement. */
class Meter {
  seconds = 0
  readonly #pid: number
  readonly #load: Load
  readonly #latencies = new Histogram()
  readonly #wrong: string[] = []
  #operations = 0
  #serverMillis: number | undefined = 0
  #otherMillis = 0

  constructor(pid: number, load: Load) {
    this.#pid = pid
    this.#load = load
  }

  get isRight(): boolean {
    return this.#wrong.length === 0
  }

  get perSecond(): number {
    return this.seconds === 0 ? 0 : this.#operations / this.seconds
  }

  /** Untimed answers count for correctness only. */
  note(driven: Driven): void {
    this.#wrong.push(...driven.wrong)
  }

  async timed(run: () => Promise<Driven>): Promise<void> {
    const operationsBefore = this.#load.operations?.() ?? 0
    const processBefore = processMillis(this.#pid)
    const coreBefore = coreMillis(SERVER_CORE)
    const driven = await run()
    const spent = difference(processBefore, processMillis(this.#pid))
    const core = difference(coreBefore, coreMillis(SERVER_CORE))
    this.note(driven)
    this.seconds += driven.seconds
    this.#operations +=
      this.#load.operations === undefined ? driven.answers : this.#load.operations() - operationsBefore
    this.#latencies.add(driven.latencies)
    this.#serverMillis =
      spent === undefined || this.#serverMillis === undefined ? undefined : this.#serverMillis + spent
    this.#otherMillis += Math.max(0, (core ?? 0) - (spent ?? 0))
  }

  sample(mistakes: readonly string[]): Sample {
    const each = (total: number): number => (this.#operations === 0 ? 0 : total / this.#operations)
    return {
      operations: this.#operations,
      perSecond: this.perSecond,
      ...(this.#serverMillis === undefined ? {} : { cpuMicros: each(this.#serverMillis * 1000) }),
      p50Micros: this.#latencies.quantile(0.5),
      p99Micros: this.#latencies.quantile(0.99),
      p999Micros: this.#latencies.quantile(0.999),
      disturbance: this.seconds === 0 ? 0 : this.#otherMillis / (this.seconds * 1000),
      wrong: [...this.#wrong, ...mistakes],
    }
  }
}

function difference(before: number | undefined, after: number | undefined): number | undefined {
  return before === undefined || after === undefined ? undefined : after - before
}
