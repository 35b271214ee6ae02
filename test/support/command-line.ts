/** The command line for tests: the program inside this process on a terminal of our own, or as a process. */

import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import type { TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'
import { runProgram } from '../../src/cli/program.ts'
import type { AuditEvent } from '../../src/core/audit/audit-event.ts'
import { type House, openHouse } from '../../src/house.ts'

export const LAUNCHER = fileURLToPath(new URL('../../bin/sallyport', import.meta.url))
const TIMEOUT_MS = 60_000

export interface Finished {
  readonly code: number
  readonly out: string
  readonly err: string
}

export interface Given {
  readonly env?: Readonly<Record<string, string>>
  readonly input?: string
  /** A person is there and says this. */
  readonly answers?: readonly string[]
}

/** The program inside this process, on a terminal of our own. */
export async function run(words: readonly string[], cwd: string, { env = {}, input = '', answers }: Given = {}) {
  const out: string[] = []
  const err: string[] = []
  const questions: string[] = []
  const left = [...(answers ?? [])]
  const code = await runProgram(words, '0.0.0', {
    env,
    cwd,
    startedAt: new Date(),
    isInteractive: answers !== undefined,
    print: line => out.push(`${line}\n`),
    warn: line => err.push(`${line}\n`),
    readInput: async () => input,
    readFile: path => readFileSync(path, 'utf8'),
    readBytes: path => readFileSync(path),
    untilStopped: () => Promise.resolve(),
    ask: async question => {
      questions.push(question)
      return left.shift() ?? ''
    },
  })
  const printed = out.join('')
  return { code, out: printed, err: err.join(''), questions, json: () => JSON.parse(printed) }
}

export async function execute(
  file: string,
  words: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>> = {},
  input = '',
): Promise<Finished> {
  const base = { PATH: process.env.PATH ?? '', HOME: cwd }
  const child = spawn(file, words, { cwd, env: { ...base, ...env }, timeout: TIMEOUT_MS })
  // Whoever wants no input may be gone before it is written.
  child.stdin.on('error', () => {})
  child.stdin.end(input)
  const ended = new Promise<number>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', code => resolve(code ?? -1))
  })
  const [out, err, code] = await Promise.all([text(child.stdout), text(child.stderr), ended])
  return { code, out, err }
}

export async function inHouse<Result>(cwd: string, act: (house: House) => Promise<Result>): Promise<Result> {
  const masterKey = { kind: 'own-file', path: join(cwd, 'data/master.key') } as const
  const house = await openHouse({ database: `sqlite:${join(cwd, 'data/sallyport.db')}`, masterKey })
  try {
    return await act(house)
  } finally {
    await house.close()
  }
}

/** Oldest first. */
export async function auditEvents(cwd: string): Promise<readonly AuditEvent[]> {
  return (await inHouse(cwd, ({ repositories }) => repositories.audit.list({ limit: 100 }))).toReversed()
}

export function aFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-cli-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}
