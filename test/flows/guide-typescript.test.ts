/** The page about TypeScript holds what it says: its programs run as they are printed, and print what stands below them. */

import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { publishedManifest } from '../../scripts/build.ts'
import { openInProcess } from '../../src/administration-in-process.ts'
import { execute, run } from '../support/command-line.ts'
import { blocksOf } from '../support/guide-programs.ts'
import { type RunningApp, startApp } from '../support/running-app.ts'

const PAGE = readFileSync('docs/guide/typescript.md', 'utf8')
const PROGRAMS = blocksOf(PAGE, 'ts')
const PRINTED = blocksOf(PAGE, 'text')

/** Where an import of the package leads to in this checkout, by the way that the published manifest says. */
function sourceOf(specifier: string): string {
  const { exports } = publishedManifest({ optionalDependencies: {} }) as {
    readonly exports: Readonly<Record<string, { readonly default: string }>>
  }
  const entry = specifier.replace(/^sallyport/, '.')
  const [pattern, target] =
    Object.entries(exports).find(([name]) =>
      name.endsWith('*') ? entry.startsWith(name.slice(0, -1)) : name === entry,
    ) ?? assert.fail(`the package has no ${specifier}`)
  const file = target.default.replace('*', entry.slice(pattern.length - 1)).replace(/\.js$/, '.ts')
  return new URL(`../../${file}`, import.meta.url).href
}

describe('the guide to TypeScript', () => {
  let app: RunningApp
  let folder: string
  let settings: Readonly<Record<string, string>>

  before(async () => {
    app = await startApp()
    folder = app.database.replace('sqlite:', '').replace(/\/[^/]+$/, '')
    settings = {
      SALLYPORT_ISSUER: app.issuer,
      SALLYPORT_DATABASE: app.database,
      SALLYPORT_MASTER_KEY: 'a master key of a test, 32 characters or more',
    }
    for (const command of blocksOf(PAGE, 'sh').flatMap(block => block.trim().split('\n'))) {
      const { code, err } = await run(command.split(' ').slice(1), folder, { env: settings })
      assert.equal(code, 0, err)
    }
  })
  after(() => app.close())

  it('has a text below every program', () => {
    assert.ok(PROGRAMS.length > 0)
    assert.equal(PRINTED.length, PROGRAMS.length)
  })

  for (const [index, program] of PROGRAMS.entries()) {
    it(`prints what the page says, program ${index + 1}`, async () => {
      const file = join(folder, `program-${index}.mts`)
      const here = program
        .replaceAll('https://id.example.com', app.issuer)
        .replace(/from '(sallyport[^']*)'/g, (_, specifier: string) => `from '${sourceOf(specifier)}'`)
      writeFileSync(file, here)
      const env = { ...settings, DEPLOYER_SECRET: 'a-secret-for-the-deployer' }
      const { code, out, err } = await execute(process.execPath, [file], folder, env)
      assert.deepEqual([code, err], [0, ''])
      assert.equal(out, PRINTED[index])
    })
  }

  it('opens no database when the settings are wrong, and says all that is', async () => {
    const opened = openInProcess({ env: { SALLYPORT_ISSUER: 'nowhere', SALLYPORT_LISTEN: 'nowhere' }, cwd: folder })
    await assert.rejects(opened, /^Error: mistakes in the settings\nSALLYPORT_ISSUER {2}issuer .*\nSALLYPORT_LISTEN /)
  })
})
