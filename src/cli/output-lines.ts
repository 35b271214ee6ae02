/** Lines on standard output and standard error, and one that is written over: whatever is printed takes it away first. */

import type { Terminal } from './terminal.ts'

interface Stream {
  readonly isTTY?: boolean
  readonly columns?: number
  write(text: string): unknown
}

/** CSI 2 K: the line is emptied, whatever was longer in it (ECMA-48 §8.3.41). */
const EMPTIED = '\r\x1b[2K'
const USUAL_COLUMNS = 80

export function outputLines(stdout: Stream, stderr: Stream): Pick<Terminal, 'print' | 'warn' | 'replaceLine'> {
  let isShown = false
  const clear = (): void => {
    if (isShown) stderr.write(EMPTIED)
    isShown = false
  }
  const lines = {
    print(line: string): void {
      clear()
      stdout.write(`${line}\n`)
    },
    warn(line: string): void {
      clear()
      stderr.write(`${line}\n`)
    },
  }
  if (stderr.isTTY !== true) return lines
  return {
    ...lines,
    replaceLine(line) {
      clear()
      isShown = line !== ''
      // A line that wraps could not be written over.
      stderr.write(line.slice(0, (stderr.columns ?? USUAL_COLUMNS) - 1))
    },
  }
}
