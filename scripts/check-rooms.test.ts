/** Tests of the plan's check: every kind of violation is caught, and what is allowed is let through. */

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { checkRooms } from './check-rooms.ts'
import type { Plan } from './room-plan.ts'

const plan = JSON.parse(readFileSync('rooms.json', 'utf8')) as Plan

function violations(sources: Readonly<Record<string, string>>): readonly string[] {
  return checkRooms(plan, new Map(Object.entries(sources)))
}

describe('the plan of the house', () => {
  const broken: Readonly<Record<string, readonly [Readonly<Record<string, string>>, RegExp]>> = {
    'an import upwards': [
      { 'src/core/a.ts': `import { b } from '../http/b.ts'\n` },
      /src\/core\/a\.ts:1 imports src\/http\/b\.ts, but src\/core may import only src\/lib, src\/spec/,
    ],
    'a door that opens into another door': [
      { 'src/doors/pages/a.ts': `import type { B } from '../provider/b.ts'\n` },
      /a\.ts:1 imports src\/doors\/provider\/b\.ts/,
    ],
    'storage outside the composition': [
      { 'src/cli/a.ts': `const { b } = await import('../storage/b.ts')\n` },
      /a\.ts:1 imports src\/storage\/b\.ts/,
    ],
    'an import over several lines': [
      { 'src/lib/a.ts': `import {\n  type B,\n  c,\n} from '../core/b.ts'\n` },
      /a\.ts:4 imports src\/core\/b\.ts/,
    ],
    'a re-export': [{ 'src/lib/a.ts': `export { b } from '../core/b.ts'\n` }, /a\.ts:1 imports src\/core\/b\.ts/],
    'a package away from home': [
      { 'src/core/a.ts': `import fastify from 'fastify'\n` },
      /a\.ts:1 imports fastify, whose home is src\/http/,
    ],
    'a package without a home': [
      { 'src/core/a.ts': `import x from '@scope/left-pad/deep'\n` },
      /imports @scope\/left-pad, whose home is not written down/,
    ],
    'the network in a pure room': [
      { 'src/spec/a.ts': `import { connect } from 'node:net'\n` },
      /a\.ts:1 uses node:net, but src\/spec \(the RFCs/,
    ],
    'test support in what is shipped': [
      { 'src/core/a.ts': `import { b } from '../../test/support/b.ts'\n` },
      /imports test\/support\/b\.ts/,
    ],
    'a file in no room': [{ 'src/utils/a.ts': '' }, /src\/utils\/a\.ts stands in no room/],
    'files that import each other': [
      { 'src/lib/a.ts': `import './b.ts'\n`, 'src/lib/b.ts': `import './a.ts'\n` },
      /circle: src\/lib\/a\.ts → src\/lib\/b\.ts → src\/lib\/a\.ts/,
    ],
    'the clock': [{ 'src/core/a.ts': 'const now =\n  Date.now()\n' }, /a\.ts:2 uses the machine's clock.*passed in/],
    'the clock by its constructor': [{ 'src/http/a.ts': 'f(new Date())\n' }, /a\.ts:1 uses the machine's clock/],
    'weak chance': [{ 'src/lib/a.ts': 'Math.random()\n' }, /a\.ts:1 uses chance that can be guessed/],
    'the environment': [{ 'src/http/a.ts': 'process.env.HOME\n' }, /a\.ts:1 uses the environment/],
    'the console': [{ 'src/storage/a.ts': `console.log('x')\n` }, /a\.ts:1 uses the console/],
    'the global fetch': [{ 'src/core/a.ts': `await fetch('https://x')\n` }, /a\.ts:1 uses an unguarded way out/],
    'the end of the process': [{ 'src/app.ts': 'process.exit(1)\n' }, /app\.ts:1 uses the end of the process/],
  }
  for (const [what, [sources, expected]] of Object.entries(broken)) {
    it(`catches ${what}`, () => {
      const found = violations(sources)
      assert.equal(found.length, 1, found.join('\n'))
      assert.match(found[0] ?? '', expected)
    })
  }

  it('catches a plan that goes in a circle', () => {
    const room = (name: string, imports: readonly string[]) => ({ room: name, owns: '', imports, packages: [] })
    const circle = { ...plan, rooms: [room('src/a', ['src/b']), room('src/b', ['src/a'])] }
    assert.deepEqual(checkRooms(circle, new Map()), ['rooms.json: src/a imports src/b, which does not stand below it'])
  })

  it('lets through what the rooms are for', () => {
    assert.deepEqual(
      violations({
        'src/lib/clock.ts': 'export const now = () => new Date()\n',
        'src/core/a.ts': `import { now } from '../lib/clock.ts'\nimport { hash } from 'node:crypto'\nconst at = [new Date(0), new Date('2026-11-21')]\n`,
        'src/core/a.test.ts': `import { aClient } from '../../test/support/builders.ts'\nconst at = Date.now()\n`,
        'src/http/b.ts': `import fastify from 'fastify'\nimport type { A } from '../core/a.ts'\n`,
        'src/house.ts': `import { openStore } from './storage/store.ts'\n`,
        'src/main.ts': 'console.log(process.argv)\nprocess.exit(1)\n',
        'src/doors/admin/c.ts': 'export const f = (fetch: GuardedFetch) => fetch({ url })\n',
      }),
      [],
    )
  })

  it('does not mind what stands in comments and texts', () => {
    const text = `// Date.now() and import { b } from '../http/b.ts'\n/* console.log */ const a = 'process.env.HOME'\n`
    assert.deepEqual(violations({ 'src/core/a.ts': text }), [])
  })
})
