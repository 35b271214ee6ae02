/** `npm test`: the check, then everything under test/ with real databases, real browsers and real processes. */

import { existsSync, globSync } from 'node:fs'
import { check } from './check.ts'
import { add, runSteps, type Step, testStep } from './run-step.ts'

const GLOBAL_SETUP = 'test/support/global-setup.ts'
const LIMITS = ['--test-timeout=300000']

/** What must not be disturbed by the others has a process of its own. */
const GROUPS: readonly { readonly name: string; readonly pattern: string }[] = [
  { name: 'storage', pattern: 'test/storage/**/*.test.ts' },
  { name: 'pages', pattern: 'test/pages/**/*.test.ts' },
  { name: 'flows', pattern: 'test/flows/**/*.test.ts' },
]

function steps(): readonly Step[] {
  const setup = existsSync(GLOBAL_SETUP) ? [`--test-global-setup=${GLOBAL_SETUP}`] : []
  const known = GROUPS.filter(({ pattern }) => globSync(pattern).length > 0)
  return known.map(({ name, pattern }) => ({ ...testStep(name, [pattern], [...LIMITS, ...setup]), isLoud: true }))
}

const checked = await check()
const { passed, failed } = add(checked, await runSteps(steps(), 1))
console.log(`${passed} passed, ${failed} failed`)
process.exitCode = failed === 0 ? 0 : 1
