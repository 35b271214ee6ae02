/** The report: machine, throughput and gates, latencies, resources, parts. Markdown. */

import type { Parts } from '../parts/bound.ts'
import type { Results } from '../rounds.ts'
import type { ServerName } from '../servers/site.ts'
import { RESOURCE_TARGETS } from '../targets.ts'
import type { Machine } from './machine.ts'
import type { Spread } from './statistics.ts'
import type { Gate, ResourceRow, ScenarioRow, ServerRow } from './summary.ts'
import { table } from './table.ts'

export interface Report {
  readonly machine: Machine
  readonly pinning: string
  readonly settings: {
    readonly rounds: number
    readonly connections: number
    readonly warmUpSeconds: number
    readonly windowSeconds: number
  }
  readonly scenarios: readonly ScenarioRow[]
  readonly resources: readonly ResourceRow[]
  readonly parts: Parts
  readonly results: Results
}

const SERVERS: readonly { readonly name: ServerName; readonly title: string }[] = [
  { name: 'sallyport', title: 'Sallyport' },
  { name: 'peer-memory', title: 'peer, memory' },
  { name: 'peer-durable', title: 'peer, SQLite' },
]

export function renderReport(report: Report): string {
  return [
    conditions(report),
    throughput(report.scenarios),
    latencies(report.scenarios),
    resources(report.resources),
    replays(report),
    partsLine(report.parts),
  ].join('\n\n')
}

function conditions({ machine, pinning, settings }: Report): string {
  return [
    `${machine.processor}, ${machine.cores} cores, ${machine.memoryGigabytes} GB, ${machine.system}; Node.js ${machine.node}, SQLite ${machine.sqlite}; ${machine.at}.`,
    `Sallyport ${machine.sallyport}: SQLite, WAL, synchronous=FULL, durable before the answer leaves. Peer: oidc-provider ${machine.peer}, in memory (nothing survives), and on SQLite, WAL, synchronous=FULL.`,
    `No TLS on any side. ${settings.connections} connections; ${pinning}; ${settings.rounds} round(s) of ${settings.warmUpSeconds} s warm-up and ${settings.windowSeconds} s measured.`,
    'A figure with ~ stands on disturbed rounds only; what depends on one is marked disturbed, neither met nor missed.',
  ].join('\n')
}

function throughput(scenarios: readonly ScenarioRow[]): string {
  const head = [
    'per second, median (min–max)',
    ...SERVERS.map(server => server.title),
    'CPU µs each',
    '× memory',
    '× SQLite',
    '% of bound',
    'must',
    'met',
  ]
  return table(
    head,
    scenarios.map(row => [
      row.title,
      ...SERVERS.map(({ name }) => rate(row.servers[name])),
      SERVERS.map(({ name }) => row.servers[name]?.cpuMicros?.median.toFixed(0) ?? '–').join(' / '),
      ratio(row.ratios.memory),
      ratio(row.ratios.durable),
      share(row),
      mustText(row.gates),
      metText(row.gates),
    ]),
  )
}

function latencies(scenarios: readonly ScenarioRow[]): string {
  const head = ['p50 / p99 / p99.9, ms', ...SERVERS.map(server => server.title), 'ours p99 ≤ 5 × p50']
  return table(
    head,
    scenarios.map(row => {
      const tail = row.gates.find(gate => gate.name === 'p99/p50')
      const met = tail === undefined ? '–' : `${tail.measured.median.toFixed(1)} ${verdict(tail)}`
      return [row.title, ...SERVERS.map(({ name }) => latency(row.servers[name])), met]
    }),
  )
}

function resources(rows: readonly ResourceRow[]): string {
  const { idleMegabytes, loadedMegabytes, firstTokenMs } = RESOURCE_TARGETS
  const line = (title: string, spreadOf: (row: ResourceRow) => Spread, must?: number): string[] => {
    const cells = SERVERS.map(({ name }) => rows.find(row => row.server === name)).map(row =>
      row === undefined ? '–' : spreadOf(row).median.toFixed(0),
    )
    const ours = rows.find(row => row.server === 'sallyport')
    const met = must === undefined || ours === undefined ? '–' : yesNo(spreadOf(ours).median <= must)
    return [title, ...cells, must === undefined ? '–' : `≤ ${must}`, met]
  }
  return table(
    ['resources, median', ...SERVERS.map(server => server.title), 'must', 'met'],
    [
      line('start to ready, ms', row => row.readyMs),
      line('start to first token, ms', row => row.firstTokenMs, firstTokenMs),
      line('resident when idle, MB', row => row.idleMegabytes, idleMegabytes),
      line('resident at most, MB', row => row.peakMegabytes, loadedMegabytes),
    ],
  )
}

function replays({ results }: Report): string {
  const sum = (pick: (count: Results['replays'][number]) => number): number =>
    results.replays.reduce((total, count) => total + pick(count), 0)
  if (results.replays.length === 0) return 'Every code sent twice: not run.'
  return (
    `Every code sent twice at once to Sallyport: ${sum(count => count.codes)} codes, ${sum(count => count.honouredOnce)} honoured once, ` +
    `${sum(count => count.honouredTwice)} twice, ${sum(count => count.neverHonoured)} never.`
  )
}

function partsLine(parts: Parts): string {
  const micros = (value: number): string => value.toFixed(value < 100 ? 1 : 0)
  return (
    `Parts, µs of one core: HTTP GET ${micros(parts.httpGet)}, HTTP POST form ${micros(parts.httpPost)}, ES256 ${micros(parts.es256)}, ` +
    `RS256-2048 ${micros(parts.rs256)}, SQLite lookup ${micros(parts.lookup)}, row in a durable commit of 20 ${micros(parts.groupedRow)}, ` +
    `argon2id ${micros(parts.argon2)}. The bound of a scenario is the sum of the parts it cannot do without.`
  )
}

function rate(row: ServerRow | undefined): string {
  if (row === undefined) return '–'
  const { median, min, max } = row.perSecond
  if (row.wrong > 0) return `${row.wrong} WRONG`
  const mark = row.disturbed ? '~' : ''
  return min === max ? mark + number(median) : `${mark}${number(median)} (${number(min)}–${number(max)})`
}

function latency(row: ServerRow | undefined): string {
  if (row === undefined) return '–'
  return [row.p50Micros, row.p99Micros, row.p999Micros].map(({ median }) => (median / 1000).toFixed(2)).join(' / ')
}

function ratio(spread: Spread | undefined): string {
  if (spread === undefined) return '–'
  const { median, min, max } = spread
  return min === max ? median.toFixed(2) : `${median.toFixed(2)} (${min.toFixed(2)}–${max.toFixed(2)})`
}

function share(row: ScenarioRow): string {
  const ours = row.servers.sallyport
  if (row.boundPerSecond === undefined || ours === undefined) return '–'
  return `${Math.round((100 * ours.perSecond.median) / row.boundPerSecond)} of ${number(row.boundPerSecond)}`
}

function mustText(gates: readonly Gate[]): string {
  const texts = gates
    .filter(gate => gate.name !== 'p99/p50')
    .map(gate =>
      gate.name === 'of bound' ? `${gate.must} %` : `${gate.must} × ${gate.name === 'memory' ? 'memory' : 'SQLite'}`,
    )
  return texts.length === 0 ? '–' : texts.join(', ')
}

function metText(gates: readonly Gate[]): string {
  const texts = gates.filter(gate => gate.name !== 'p99/p50').map(verdict)
  return texts.length === 0 ? '–' : texts.join(', ')
}

/** A disturbed figure decides nothing. */
function verdict(gate: Gate): string {
  return gate.disturbed ? 'disturbed' : yesNo(gate.isMet)
}

function yesNo(isMet: boolean): string {
  return isMet ? 'yes' : 'NO'
}

function number(value: number): string {
  return value >= 100 ? Math.round(value).toLocaleString('en') : value.toFixed(1)
}
