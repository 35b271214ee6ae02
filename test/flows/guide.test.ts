/** The guide's pages hold what they say: each command and each program in them runs, as it is printed. */

import assert from 'node:assert/strict'
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { pathToFileURL } from 'node:url'
import { parse, stringify } from 'yaml'
import { createHandBrowser, type Landing, shown } from '../support/hand-browser.ts'
import { createInstallation, type Installation } from '../support/installation.ts'
import { ADA, createAccount } from '../support/registrations.ts'

/** What the pages call the server. */
const PRINTED_ISSUER = 'https://id.example.com'
const MARK = 'run in test/flows/guide.test.ts'
const OVER_HTTP = new URL('../support/openid-client-over-http.ts', import.meta.url).href

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

function blocksOf(text: string, language: string): readonly string[] {
  return [...text.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, 'g'))].map(([, block = '']) => block)
}

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

/** The first request that waits for a person on the front page (CIBA Core §8). */
function waitingOf(home: Landing): string | undefined {
  return /href="([^"]*\/approve\?request=[0-9a-f]{32})"/.exec(shown(home).html)?.[1]
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

  /** A person who signs in where asked and allows what is asked. */
  function personsBrowser(): (url: URL) => Promise<URL> {
    const browser = createHandBrowser(installation.issuer)
    return async url => {
      let landing: Landing = await browser.open(url.href)
      for (let step = 0; landing.kind === 'page' && step < 6; step += 1) {
        const { pathname } = shown(landing).url
        if (pathname === '/login')
          landing = await browser.submit(landing, '/login', { username: ADA.username, password: ADA.password })
        else if (pathname === '/consent') landing = await browser.submit(landing, '/consent', { decision: 'approve' })
        else if (pathname === '/device')
          landing = await browser.post('/device', { user_code: url.searchParams.get('user_code') ?? '' })
        else if (pathname === '/approve') landing = await browser.submit(landing, '/approve', { decision: 'approve' })
        else if (pathname === '/approve/done') return landing.url
        else if (pathname === '/') landing = await browser.open(waitingOf(landing) ?? '/login')
        else break
      }
      if (landing.kind === 'page')
        throw new Error(`the browser stays at ${landing.url}: ${landing.html.slice(0, 2000)}`)
      // The app sees our issuer under the name that the page prints.
      return new URL(landing.location)
    }
  }

  async function run(program: string, name: string): Promise<void> {
    const here = program.replaceAll(PRINTED_ISSUER, installation.issuer)
    const lines = here.split('\n')
    const imports = lines
      .filter(line => line.startsWith('import '))
      .map(line =>
        line.replace(/from '([^']+)'/, (_, specifier: string) => {
          const resolved = specifier === 'openid-client' ? OVER_HTTP : import.meta.resolve(specifier)
          return `from '${resolved}'`
        }),
      )
    const body = lines.filter(line => !line.startsWith('import '))
    const file = join(folder, `${name}.mjs`)
    writeFileSync(file, [...imports, 'export default async (browser, assert) => {', ...body, '}'].join('\n'))
    const { default: example } = (await import(pathToFileURL(file).href)) as {
      default: (browser: (url: URL) => Promise<URL>, assertion: typeof assert) => Promise<void>
    }
    await example(personsBrowser(), assert)
  }

  for (const { name, commands, programs } of PAGES) {
    it(`${name}: its ${commands.length} commands and ${programs.length} programs do what the page says`, async () => {
      assert.ok(programs.length > 0, 'the page has a program')
      for (const command of commands) await installation.command(wordsOf(command).slice(1))
      for (const [index, program] of programs.entries()) await run(program, `${name}-${index}`)
    })
  }
})
