/** The terminal of a real process. */

import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { outputLines } from './output-lines.ts'
import type { Terminal } from './terminal.ts'

export function createProcessTerminal(process: NodeJS.Process): Terminal {
  const { stdin, stdout, stderr } = process
  return {
    env: process.env,
    cwd: process.cwd(),
    startedAt: new Date(performance.timeOrigin),
    isInteractive: stdin.isTTY === true && stderr.isTTY === true,
    ...(stdout.isTTY === true && { columns: stdout.columns }),
    ...outputLines(stdout, stderr),
    readInput: () => text(stdin),
    readFile: path => readFileSync(path, 'utf8'),
    readBytes: path => readFileSync(path),
    ask: (question, { hidden } = { hidden: false }) => askOn(stdin, stderr, question, hidden),
    untilStopped() {
      return new Promise(resolve => {
        ignoreBurst(
          process,
          () => performance.now(),
          resolve,
          signal => process.kill(process.pid, signal),
        )
      })
    },
  }
}

/** Ctrl-C under npm reaches us twice, from the terminal and forwarded by npm: signals this close together are one wish. */
const BURST_MS = 1_000

interface Signals {
  on(signal: 'SIGINT' | 'SIGTERM', listener: (signal: 'SIGINT' | 'SIGTERM') => void): unknown
  off(signal: 'SIGINT' | 'SIGTERM', listener: (signal: 'SIGINT' | 'SIGTERM') => void): unknown
}

/** `stop` at the first signal; `end` at one that comes after the burst, when our listeners are gone. `now` in milliseconds. */
export function ignoreBurst(
  signals: Signals,
  now: () => number,
  stop: () => void,
  end: (signal: 'SIGINT' | 'SIGTERM') => void,
): void {
  let firstAt: number | undefined
  const listen = (signal: 'SIGINT' | 'SIGTERM'): void => {
    if (firstAt === undefined) {
      firstAt = now()
      stop()
    } else if (now() - firstAt > BURST_MS) {
      // Whoever asks again means it: without our listeners the signal ends the process.
      signals.off('SIGTERM', listen)
      signals.off('SIGINT', listen)
      end(signal)
    }
  }
  signals.on('SIGTERM', listen)
  signals.on('SIGINT', listen)
}

async function askOn(
  input: NodeJS.ReadStream,
  output: NodeJS.WriteStream,
  question: string,
  hidden: boolean,
): Promise<string> {
  output.write(question)
  // readline echoes what is typed to its output: a hidden answer gets an output that swallows it.
  const echo = hidden ? new Writable({ write: (_chunk, _encoding, done) => done() }) : output
  const lines = createInterface({ input, output: echo, terminal: true })
  lines.on('SIGINT', () => process.kill(process.pid, 'SIGINT'))
  try {
    return await lines.question('')
  } finally {
    lines.close()
    if (hidden) output.write('\n')
  }
}
