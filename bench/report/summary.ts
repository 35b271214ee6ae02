/** From the samples of all rounds to one row per scenario. */

import type { Sample } from '../measure.ts'
import { boundOf, type Parts } from '../parts/bound.ts'
import type { Measured, Results, ServerFacts } from '../rounds.ts'
import type { Scenario } from '../scenarios/scenario.ts'
import type { ServerName } from '../servers/site.ts'
import { MOST_P99_OVER_P50, TARGETS } from '../targets.ts'
import { type Spread, spreadOf } from './statistics.ts'

export interface ServerRow {
  readonly perSecond: Spread
  readonly cpuMicros?: Spread
  readonly p50Micros: Spread
  readonly p99Micros: Spread
  readonly p999Micros: Spread
  readonly wrong: number
  /** Rounds left out because other processes took the core. */
  readonly dropped: number
  /** No round was quiet: the figures stand on disturbed ones. */
  readonly disturbed: boolean
}

/** A gate: what was measured against what must be. */
export interface Gate {
  readonly name: 'memory' | 'durable' | 'of bound' | 'p99/p50'
  readonly measured: Spread
  readonly must: number
  readonly isMet: boolean
  /** Stands on disturbed rounds only, so the verdict is open. */
  readonly disturbed: boolean
}

export interface ScenarioRow {
  readonly name: string
  readonly title: string
  readonly servers: Readonly<Partial<Record<ServerName, ServerRow>>>
  readonly ratios: { readonly memory?: Spread; readonly durable?: Spread }
  readonly boundPerSecond?: number
  readonly gates: readonly Gate[]
}

/** Above this share of the core a round counts as disturbed, and is left out while undisturbed rounds remain. */
const MOST_DISTURBANCE = 0.05

export function summarize(scenarios: readonly Scenario[], results: Results, parts: Parts): ScenarioRow[] {
  return scenarios.map(scenario => {
    const measured = results.measured.filter(item => item.scenario === scenario.name)
    const servers: Partial<Record<ServerName, ServerRow>> = {}
    for (const name of scenario.servers) {
      const row = serverRow(measured.filter(item => item.server === name))
      if (row !== undefined) servers[name] = row
    }
    const memory = ratioTo('peer-memory', measured)
    const durable = ratioTo('peer-durable', measured)
    const bound = boundOf(scenario.name, parts)
    return {
      name: scenario.name,
      title: scenario.title,
      servers,
      ratios: {
        ...(memory === undefined ? {} : { memory: memory.spread }),
        ...(durable === undefined ? {} : { durable: durable.spread }),
      },
      ...(bound === undefined ? {} : { boundPerSecond: bound }),
      gates: gatesOf(scenario, servers.sallyport, memory, durable, bound),
    }
  })
}

function serverRow(measured: readonly Measured[]): ServerRow | undefined {
  const kept = undisturbed(measured).map(item => item.sample)
  const of = (value: (sample: Sample) => number | undefined): Spread | undefined =>
    spreadOf(kept.map(value).filter(number => number !== undefined))
  const perSecond = of(sample => sample.perSecond)
  const p50Micros = of(sample => sample.p50Micros)
  const p99Micros = of(sample => sample.p99Micros)
  const p999Micros = of(sample => sample.p999Micros)
  const cpuMicros = of(sample => sample.cpuMicros)
  if (perSecond === undefined || p50Micros === undefined || p99Micros === undefined || p999Micros === undefined)
    return undefined
  return {
    perSecond,
    ...(cpuMicros === undefined ? {} : { cpuMicros }),
    p50Micros,
    p99Micros,
    p999Micros,
    wrong: measured.reduce((sum, item) => sum + item.sample.wrong.length, 0),
    dropped: measured.length - kept.length,
    disturbed: kept.some(item => item.disturbance > MOST_DISTURBANCE),
  }
}

function undisturbed(measured: readonly Measured[]): readonly Measured[] {
  const quiet = measured.filter(item => item.sample.disturbance <= MOST_DISTURBANCE)
  return quiet.length > 0 ? quiet : measured
}

interface Ratio {
  readonly spread: Spread
  readonly disturbed: boolean
}

/** Ours over the peer's, round by round: a slow minute of the machine slows both. */
function ratioTo(peer: ServerName, measured: readonly Measured[]): Ratio | undefined {
  const pairs = measured
    .filter(item => item.server === 'sallyport')
    .flatMap(ours =>
      measured.filter(item => item.server === peer && item.round === ours.round).map(theirs => ({ ours, theirs })),
    )
  const quiet = pairs.filter(({ ours, theirs }) => undisturbedPair(ours, theirs))
  const kept = quiet.length > 0 ? quiet : pairs
  const spread = spreadOf(kept.map(({ ours, theirs }) => ours.sample.perSecond / theirs.sample.perSecond))
  return spread === undefined ? undefined : { spread, disturbed: quiet.length === 0 }
}

function undisturbedPair(ours: Measured, theirs: Measured): boolean {
  return ours.sample.disturbance <= MOST_DISTURBANCE && theirs.sample.disturbance <= MOST_DISTURBANCE
}

function gatesOf(
  scenario: Scenario,
  ours: ServerRow | undefined,
  memory: Ratio | undefined,
  durable: Ratio | undefined,
  bound: number | undefined,
): Gate[] {
  const target = TARGETS[scenario.name] ?? {}
  const gates: Gate[] = []
  const atLeast = (name: Gate['name'], ratio: Ratio | undefined, must: number | undefined): void => {
    if (ratio === undefined || must === undefined) return
    const { spread, disturbed } = ratio
    gates.push({ name, measured: spread, must, isMet: spread.median >= must, disturbed })
  }
  atLeast('memory', memory, target.memory)
  atLeast('durable', durable, target.durable)
  if (ours === undefined) return gates
  const { disturbed } = ours
  const share = bound === undefined ? undefined : { spread: scaled(ours.perSecond, 100 / bound), disturbed }
  atLeast('of bound', share, target.ofBound)
  if (scenario.connections === undefined) {
    const tail = ours.p99Micros.median / ours.p50Micros.median
    const measured = { median: tail, min: tail, max: tail }
    gates.push({ name: 'p99/p50', measured, must: MOST_P99_OVER_P50, isMet: tail <= MOST_P99_OVER_P50, disturbed })
  }
  return gates
}

function scaled(spread: Spread, factor: number): Spread {
  return { median: spread.median * factor, min: spread.min * factor, max: spread.max * factor }
}

export interface ResourceRow {
  readonly server: ServerName
  readonly readyMs: Spread
  readonly firstTokenMs: Spread
  readonly idleMegabytes: Spread
  readonly peakMegabytes: Spread
}

export function summarizeResources(facts: readonly ServerFacts[]): ResourceRow[] {
  const names = [...new Set(facts.map(fact => fact.server))]
  return names.flatMap(server => {
    const mine = facts.filter(fact => fact.server === server)
    const readyMs = spreadOf(mine.map(fact => fact.readyMs))
    const firstTokenMs = spreadOf(mine.map(fact => fact.firstTokenMs))
    const idleMegabytes = spreadOf(mine.map(fact => fact.idleMegabytes))
    const peakMegabytes = spreadOf(mine.map(fact => fact.peakMegabytes))
    return readyMs && firstTokenMs && idleMegabytes && peakMegabytes
      ? [{ server, readyMs, firstTokenMs, idleMegabytes, peakMegabytes }]
      : []
  })
}
