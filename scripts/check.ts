/** `npm run check`: format, lint, types, the plan of the house, the lock file, generated files and unit tests, in under a minute. */

import { globSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { runSteps, type Step, type Tally, testStep } from './run-step.ts'

const bin = (name: string): string => `node_modules/.bin/${name}${process.platform === 'win32' ? '.cmd' : ''}`
const script = (name: string, file: string, ...args: readonly string[]): Step => ({
  name,
  command: process.execPath,
  args: [file, ...args],
})

const STEPS: readonly Step[] = [
  testStep('unit tests', ['src/**/*.test.ts', 'scripts/**/*.test.ts'], ['--test-timeout=60000']),
  { name: 'types', command: bin('tsc'), args: [] },
  { name: 'lint', command: bin('biome'), args: ['check', '--error-on-warnings'] },
  script('rooms', 'scripts/check-rooms.ts'),
  script('lock file', 'scripts/lock-check.ts'),
  ...globSync('scripts/generate-*.ts')
    .filter(file => !file.endsWith('.test.ts'))
    .map(file => script(file.replace(/^.*generate-|\.ts$/g, ''), file, '--check')),
]

/** The longest first, as many at once as there are cores. */
export function check(): Promise<Tally> {
  return runSteps(STEPS, Math.min(4, availableParallelism()))
}

if (import.meta.main) {
  const { failed } = await check()
  process.exitCode = failed === 0 ? 0 : 1
}
