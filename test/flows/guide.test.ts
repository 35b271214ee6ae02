/** The guide's pages hold what they say: each command and each program in them runs, as it is printed. */

import assert from 'node:assert/strict'
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { parse, stringify } from 'yaml'
import { blocksOf, runProgram } from '../support/guide-programs.ts'
import { createInstallation, type Installation } from '../support/installation.ts'
import { ADA, createAccount } from '../support/registrations.ts'

const MARK = 'run in test/flows/guide.test.ts'

interface GuidePage {
  readonly name: string
  readonly settings: readonly string[]
  readonly commands: readonly string[]
  readonly programs: readonly string[]
}

const PAGES: readonly GuidePage[] = globSync('docs/guide/*.md')
  .sort()
  .map(file => ({ name: basename(file), text: readFileSync(file, 'utf8') }))
  .filter(({ text }) => text.includes(MARK))
  .map(({ name, text }) => ({
    name,
    settings: blocksOf(text, 'yaml'),
    commands: blocksOf(text, 'sh').flatMap(block => block.split('\n').filter(line => line.startsWith('sallyport '))),
    programs: blocksOf(text, 'js'),
  }))

/** What the pages write into sallyport.yaml, for one server: lists of the same name become one. */
function settingsOf(pages: readonly GuidePage[]): Readonly<Record<string, unknown>> {
  const all: Record<string, unknown> = {}
  for (const block of pages.flatMap(({ settings }) => settings)) {
    for (const [name, value] of Object.entries(parse(block) as Readonly<Record<string, unknown>>)) {
      const before = all[name]
      all[name] = Array.isArray(before) && Array.isArray(value) ? [...before, ...value] : value
    }
  }
  return all
}

/** As a shell splits them; the pages need no more than quotes. */
function wordsOf(command: string): readonly string[] {
  return [...command.matchAll(/'([^']*)'|"([^"]*)"|((?:[^\s'"]|'[^']*'|"[^"]*")+)/g)].map(
    ([, single, double, plain]) => single ?? double ?? plain?.replaceAll(/["']/g, '') ?? '',
  )
}

describe('the guide', () => {
  let installation: Installation
  let folder: string

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'sallyport-guide-'))
    installation = await createInstallation({ environment: { SALLYPORT_DEVICE_INTERVAL: '1s' } })
    writeFileSync(join(installation.folder, 'sallyport.yaml'), stringify(settingsOf(PAGES)))
    await installation.start()
    await createAccount(installation, ADA, ['--group', 'staff'])
  })
  after(async () => {
    await installation?.remove()
    rmSync(folder, { recursive: true, force: true })
  })

  for (const { name, commands, programs } of PAGES) {
    it(`${name}: its ${commands.length} commands and ${programs.length} programs do what the page says`, async () => {
      assert.ok(programs.length > 0, 'the page has a program')
      for (const command of commands) await installation.command(wordsOf(command).slice(1))
      for (const [index, program] of programs.entries())
        await runProgram(program, `${name}-${index}`, folder, installation)
    })
  }
})
