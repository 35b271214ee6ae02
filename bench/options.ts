/** The command line of `npm run bench`. */

import { parseArgs } from 'node:util'
import type { Timing } from './measure.ts'
import { SCENARIOS } from './scenarios/all.ts'
import type { Scenario } from './scenarios/scenario.ts'
import { ALL_SERVERS } from './scenarios/scenario.ts'
import type { ServerName } from './servers/site.ts'

export interface Options {
  readonly rounds: number
  readonly timing: Timing
  readonly connections: number
  readonly scenarios: readonly Scenario[]
  readonly servers: readonly ServerName[]
  /** No new measurement starts after this long. */
  readonly budgetSeconds: number
  readonly jsonFile?: string
  readonly writeReadme: boolean
}

/** Leaves time for the last measurement and the report within the two minutes. */
const QUICK_BUDGET_SECONDS = 100

export const USAGE = `npm run bench -- [options]
  --quick                one short round of everything, within two minutes
  --rounds N             rounds (5; with --quick 1)
  --seconds S            measured window per scenario, server and round (2; with --quick 0.8)
  --connections N        connections kept busy (32)
  --only NAME,…          scenarios: ${SCENARIOS.map(scenario => scenario.name).join(', ')}
  --servers NAME,…       servers: ${ALL_SERVERS.join(', ')}
  --json FILE            write everything measured
  --write-readme         put the tables into bench/README.md`

/** The options, or what is wrong with them. */
export function parseOptions(args: readonly string[]): Options | string {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        quick: { type: 'boolean', default: false },
        rounds: { type: 'string' },
        seconds: { type: 'string' },
        connections: { type: 'string', default: '32' },
        only: { type: 'string' },
        servers: { type: 'string' },
        json: { type: 'string' },
        'write-readme': { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    })
    if (values.help) return USAGE
    return {
      rounds: positive('--rounds', values.rounds ?? (values.quick ? '1' : '5')),
      timing: {
        warmUpSeconds: values.quick ? 0.6 : 1.2,
        windowSeconds: positive('--seconds', values.seconds ?? (values.quick ? '0.8' : '2')),
      },
      connections: positive('--connections', values.connections),
      scenarios: pick('--only', SCENARIOS, scenario => scenario.name, values.only),
      servers: pick('--servers', ALL_SERVERS, name => name, values.servers),
      budgetSeconds: values.quick ? QUICK_BUDGET_SECONDS : Number.POSITIVE_INFINITY,
      writeReadme: values['write-readme'],
      ...(values.json === undefined ? {} : { jsonFile: values.json }),
    }
  } catch (error) {
    return `${error instanceof Error ? error.message : String(error)}\n${USAGE}`
  }
}

function positive(option: string, text: string): number {
  const value = Number(text)
  if (!(value > 0)) throw new Error(`${option} must be a number above zero, not ${text}`)
  return value
}

function pick<T>(
  option: string,
  all: readonly T[],
  nameOf: (item: T) => string,
  names: string | undefined,
): readonly T[] {
  if (names === undefined) return all
  const wanted = new Set(names.split(','))
  const unknown = [...wanted].filter(name => !all.some(item => nameOf(item) === name))
  if (unknown.length > 0) throw new Error(`${option}: unknown: ${unknown.join(', ')}`)
  return all.filter(item => wanted.has(nameOf(item)))
}
