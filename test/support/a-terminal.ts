/** A terminal where nobody is, for tests of what commands are made of. */

import type { Terminal } from '../../src/cli/terminal.ts'

export function aTerminal(changes: Partial<Terminal> = {}): Terminal {
  return {
    env: {},
    cwd: '/',
    startedAt: new Date(0),
    isInteractive: false,
    print: () => {},
    warn: () => {},
    readInput: async () => '',
    ask: async () => '',
    readFile: () => '',
    readBytes: () => Buffer.alloc(0),
    untilStopped: async () => {},
    ...changes,
  }
}
