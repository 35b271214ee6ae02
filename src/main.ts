/** Arguments → command → exit code. The only file that exits the process. */

import { readFileSync } from 'node:fs'
import { enableCompileCache } from 'node:module'
import { fileURLToPath } from 'node:url'

// Before anything else is loaded. Inside the installation, never in a folder that other users of the machine can write to.
enableCompileCache(
  process.env.NODE_COMPILE_CACHE ?? fileURLToPath(new URL('../node_modules/.cache/sallyport', import.meta.url)),
)
const [{ runProgram }, { createProcessTerminal }] = await Promise.all([
  import('./cli/program.ts'),
  import('./cli/process-terminal.ts'),
])

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }

// `sallyport client list | head`: the reader has gone, so there is nobody left to tell.
process.stdout.on('error', error => process.exit('code' in error && error.code === 'EPIPE' ? 0 : 1))

const exitCode = await runProgram(process.argv.slice(2), version, createProcessTerminal(process))
// What was written to a pipe leaves before we do.
process.stdout.write('', () => process.exit(exitCode))
