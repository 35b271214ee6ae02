/** `npm run bench`: Sallyport beside oidc-provider, over real protocol requests. Exits with 1 on wrong answers, never on slowness. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Person } from './load/browser.ts'
import { type Options, parseOptions } from './options.ts'
import { measureParts } from './parts/measure-parts.ts'
import { describeMachine } from './report/machine.ts'
import { writeReadme } from './report/readme.ts'
import { type Report, renderReport } from './report/report.ts'
import { summarize, summarizeResources } from './report/summary.ts'
import { type Results, runRounds, type Start } from './rounds.ts'
import { preparePeer } from './servers/oidc-provider.ts'
import { pinGenerator } from './servers/pinning.ts'
import { prepareSallyport } from './servers/sallyport.ts'
import type { ServerName } from './servers/site.ts'

const PEOPLE: readonly Person[] = Array.from({ length: 4 }, (_, index) => ({
  username: `bench-${index}`,
  password: `correct horse battery staple ${index}`,
}))

async function main(options: Options): Promise<boolean> {
  const directory = mkdtempSync(join(tmpdir(), 'sallyport-bench-'))
  process.once('exit', () => rmSync(directory, { recursive: true, force: true }))
  const { pinned, note } = pinGenerator()
  console.log(`${note}; measuring the parts`)
  const parts = await measureParts(pinned)
  console.log('making clients and accounts')
  const starts = await prepareStarts(options, directory, pinned)
  const results = await runRounds(options, starts, directory, line => console.log(line))
  const report: Report = {
    machine: describeMachine(new Date()),
    pinning: note,
    settings: { rounds: options.rounds, connections: options.connections, ...options.timing },
    scenarios: summarize(options.scenarios, results, parts),
    resources: summarizeResources(results.servers),
    parts,
    results,
  }
  const text = renderReport(report)
  console.log(`\n${text}`)
  if (options.jsonFile !== undefined) writeFileSync(options.jsonFile, `${JSON.stringify(report, undefined, 2)}\n`)
  if (options.writeReadme) writeReadme(text)
  return isRight(results)
}

async function prepareStarts(options: Options, directory: string, pinned: boolean): Promise<Map<ServerName, Start>> {
  const starts = new Map<ServerName, Start>()
  const peer = preparePeer(PEOPLE)
  if (options.servers.includes('sallyport')) {
    const sallyport = await prepareSallyport(join(directory, 'template'), PEOPLE)
    starts.set('sallyport', where => sallyport.start(where, pinned))
  }
  if (options.servers.includes('peer-memory')) starts.set('peer-memory', where => peer.start(where, 'memory', pinned))
  if (options.servers.includes('peer-durable')) starts.set('peer-durable', where => peer.start(where, 'sqlite', pinned))
  return starts
}

function isRight({ measured, replays }: Results): boolean {
  const mistakes = measured.flatMap(item =>
    item.sample.wrong.map(text => `${item.scenario} on ${item.server}: ${text}`),
  )
  for (const { codes, honouredOnce, wrong } of replays) {
    mistakes.push(...wrong.map(text => `code replay: ${text}`))
    if (honouredOnce !== codes)
      mistakes.push(`code replay: ${honouredOnce} of ${codes} codes were honoured exactly once`)
  }
  for (const mistake of mistakes.slice(0, 20)) console.error(`wrong: ${mistake}`)
  return mistakes.length === 0
}

// Leaving through `exit` takes the servers along.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130))

const options = parseOptions(process.argv.slice(2))
if (typeof options === 'string') {
  console.error(options)
  process.exitCode = 2
} else {
  process.exitCode = (await main(options)) ? 0 : 1
}
