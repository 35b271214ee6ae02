/** The rounds: fresh processes each, all servers up, every scenario on one after the other in an order that rotates. */

import { join } from 'node:path'
import { Connection } from './load/connection.ts'
import { get } from './load/request.ts'
import { measure, type Sample } from './measure.ts'
import type { Options } from './options.ts'
import { type ReplayCount, replayEveryCode } from './replay-rider.ts'
import type { Scenario, Visit } from './scenarios/scenario.ts'
import { openBrowsers } from './scenarios/sessions.ts'
import { residentMegabytes } from './servers/processor.ts'
import type { RunningServer, ServerName, Site } from './servers/site.ts'

export interface Measured {
  readonly round: number
  readonly scenario: string
  readonly server: ServerName
  readonly sample: Sample
}

export interface ServerFacts {
  readonly round: number
  readonly server: ServerName
  readonly readyMs: number
  readonly firstTokenMs: number
  readonly idleMegabytes: number
  readonly peakMegabytes: number
}

export interface Results {
  readonly measured: readonly Measured[]
  readonly servers: readonly ServerFacts[]
  readonly replays: readonly (ReplayCount & { readonly round: number })[]
}

/** Starts one server with an empty working directory. */
export type Start = (directory: string) => Promise<RunningServer>

export async function runRounds(
  options: Options,
  starts: ReadonlyMap<ServerName, Start>,
  directory: string,
  progress: (line: string) => void,
): Promise<Results> {
  const measured: Measured[] = []
  const servers: ServerFacts[] = []
  const replays: (ReplayCount & { round: number })[] = []
  for (let round = 1; round <= options.rounds; round += 1) {
    const visitors: Visitor[] = []
    try {
      for (const [name, start] of rotated([...starts], round)) {
        visitors.push(visitorOf(await start(join(directory, `round-${round}`, name)), options.connections))
      }
      for (const [index, scenario] of options.scenarios.entries()) {
        const taking = rotated(visitors, round + index).filter(({ server }) =>
          scenario.servers.includes(server.site.name),
        )
        for (const visitor of taking) {
          if (process.uptime() > options.budgetSeconds) {
            progress(
              `round ${round}  ${scenario.name.padEnd(20)} ${visitor.server.site.name.padEnd(13)} left out: the time is over`,
            )
            continue
          }
          const sample = await measure(scenario, visitor.server, visitFor(visitor, scenario, options), options.timing)
          measured.push({ round, scenario: scenario.name, server: visitor.server.site.name, sample })
          progress(progressLine(round, scenario, visitor.server.site.name, sample))
        }
      }
      const ours = visitors.find(({ server }) => server.site.name === 'sallyport')
      if (ours !== undefined) replays.push({ round, ...(await replayEveryCode(ours)) })
      servers.push(...visitors.map(({ server }) => factsOf(round, server)))
    } finally {
      await Promise.all(visitors.map(({ server }) => server.stop()))
    }
  }
  return { measured, servers, replays }
}

/** A running server and what its visits share. */
export interface Visitor extends Omit<Visit, 'connections'> {
  readonly server: RunningServer
}

function visitorOf(server: RunningServer, connections: number): Visitor {
  const { site } = server
  let browsers: ReturnType<Visit['browsers']> | undefined
  let keys: ReturnType<Visit['keys']> | undefined
  return {
    server,
    site,
    browsers: () => (browsers ??= openBrowsers(site, connections)),
    keys: () => (keys ??= fetchKeys(site)),
  }
}

function visitFor(visitor: Visitor, scenario: Scenario, options: Options): Visit {
  return { ...visitor, connections: scenario.connections ?? options.connections }
}

async function fetchKeys(site: Site): Promise<readonly Record<string, unknown>[]> {
  const connection = await Connection.open(site.port)
  const answer = await connection.ask(get(site.authority, site.endpoints.jwks))
  connection.close()
  const document = JSON.parse(answer.body) as { keys: Record<string, unknown>[] }
  return document.keys
}

function factsOf(round: number, server: RunningServer): ServerFacts {
  const { readyMs, firstTokenMs, idleMegabytes } = server
  const peakMegabytes = residentMegabytes(server.pid)?.peak ?? 0
  return { round, server: server.site.name, readyMs, firstTokenMs, idleMegabytes, peakMegabytes }
}

function rotated<T>(items: readonly T[], by: number): T[] {
  return items.map((_, index) => items[(index + by) % items.length]).filter(item => item !== undefined)
}

function progressLine(round: number, scenario: Scenario, server: ServerName, sample: Sample): string {
  const rate = `${Math.round(sample.perSecond)}/s`.padStart(9)
  const cpu = sample.cpuMicros === undefined ? '' : `${sample.cpuMicros.toFixed(1)} µs CPU`.padStart(14)
  const mistakes = sample.wrong.length === 0 ? '' : `  WRONG: ${sample.wrong.length}, first: ${sample.wrong[0]}`
  const disturbed =
    sample.disturbance > 0.05 ? `  (others took ${Math.round(sample.disturbance * 100)} % of the core)` : ''
  return `round ${round}  ${scenario.name.padEnd(20)} ${server.padEnd(13)} ${rate} ${cpu}${disturbed}${mistakes}`
}
