/** Runs one step of `npm run check` or `npm test` as a process, and says in one line how it went. */

import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface Step {
  readonly name: string
  readonly command: string
  readonly args: readonly string[]
  /** Counts of single tests instead of one for the whole step. */
  readonly countsTests?: boolean
  /** Writes as it goes, instead of only when something is wrong. */
  readonly isLoud?: boolean
}

export interface Tally {
  readonly passed: number
  readonly failed: number
}

/** A step that hangs has failed. */
const LONGEST_MS = 15 * 60_000

const NOTHING: Tally = { passed: 0, failed: 0 }

export function add(a: Tally, b: Tally): Tally {
  return { passed: a.passed + b.passed, failed: a.failed + b.failed }
}

/** Tests in one process: a process per file costs 0.27 s of CPU each. */
export function testStep(name: string, patterns: readonly string[], options: readonly string[] = []): Step {
  const args = ['--disable-warning=ExperimentalWarning', '--test', '--test-isolation=none', ...options, ...patterns]
  return { name, command: process.execPath, args, countsTests: true }
}

/** In the order given, `atOnce` of them at a time. */
export async function runSteps(steps: readonly Step[], atOnce: number): Promise<Tally> {
  const tallies: Tally[] = []
  const waiting = [...steps]
  const work = async (): Promise<void> => {
    for (let step = waiting.shift(); step !== undefined; step = waiting.shift()) tallies.push(await runStep(step))
  }
  await Promise.all(Array.from({ length: atOnce }, work))
  return tallies.reduce(add, NOTHING)
}

async function runStep(step: Step): Promise<Tally> {
  const startedAt = performance.now()
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-step-'))
  const counts = join(folder, 'counts.tap')
  try {
    const { code, output } = await run(step, step.countsTests === true ? withCounts(step.args, counts) : step.args)
    const tally =
      step.countsTests === true
        ? tallyOf(readIfThere(counts), code)
        : { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1 }
    if (tally.failed > 0 && step.isLoud !== true) console.log(output.trimEnd())
    const result = step.countsTests === true ? `${tally.passed} passed, ${tally.failed} failed` : lastLine(output)
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1)
    console.log(
      `${tally.failed === 0 ? '✔' : '✖'} ${step.name.padEnd(12)} ${seconds.padStart(6)} s  ${tally.failed === 0 ? result : `FAILED ${result}`}`,
    )
    return tally
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function run({ command, isLoud }: Step, args: readonly string[]): Promise<{ code: number; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: LONGEST_MS,
      killSignal: 'SIGKILL',
    })
    let output = ''
    const keep = (chunk: Buffer): void => {
      output += chunk.toString()
      if (isLoud === true) process.stdout.write(chunk)
    }
    child.stdout.on('data', keep)
    child.stderr.on('data', keep)
    child.once('error', reject)
    child.once('close', code => resolve({ code: code ?? 1, output }))
  })
}

function withCounts(args: readonly string[], file: string): readonly string[] {
  const reporters = ['--test-reporter=spec', '--test-reporter-destination=stdout']
  return [...reporters, '--test-reporter=tap', `--test-reporter-destination=${file}`, ...args]
}

/** The closing lines of TAP. A process that died before writing them has failed, whatever passed until then. */
export function tallyOf(tap: string, exitCode: number): Tally {
  const count = (what: string): number => Number(new RegExp(`^# ${what} (\\d+)$`, 'm').exec(tap)?.[1] ?? 0)
  const failed = count('fail') + count('cancelled')
  return { passed: count('pass'), failed: failed === 0 && exitCode !== 0 ? 1 : failed }
}

function readIfThere(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}

function lastLine(output: string): string {
  return output.trimEnd().split('\n').at(-1)?.trim() ?? ''
}
