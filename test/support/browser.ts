/** A real browser for tests: Chromium from npm, unpacked once per version and user, driven by playwright-core. */

import { existsSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import manifest from '../../package.json' with { type: 'json' }

let launching: Promise<Browser> | undefined

/**
 * The one browser of this process. Give each test a context of its own and close that; `closeBrowser` in an `after`
 * of the suite ends the browser.
 */
export function sharedBrowser(): Promise<Browser> {
  launching ??= launch()
  return launching
}

/** May be called by several suites; the next `sharedBrowser` launches again. */
export async function closeBrowser(): Promise<void> {
  const running = launching
  launching = undefined
  await (await running)?.close()
}

async function launch(): Promise<Browser> {
  const folder = await unpackedFolder()
  const { chromium } = await import('playwright-core')
  return chromium.launch({
    executablePath: join(folder, 'chromium'),
    // Not the package's own list: its --single-process dies with the first closed context, and its
    // --disable-web-security would void what the tests show.
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update'],
    env: { ...definedOnly(process.env), FONTCONFIG_FILE: join(folder, 'fonts.conf') },
  })
}

// Several test runs may start at once: each unpacks on its own, the first to finish gives the folder its name.
async function unpackedFolder(): Promise<string> {
  const version = manifest.devDependencies['@sparticuz/chromium']
  const folder = join(tmpdir(), `sallyport-chromium-${version}-${process.getuid?.() ?? 'user'}`)
  if (existsSync(folder)) return folder
  const fresh = mkdtempSync(`${folder}-`)
  await unpackInto(fresh)
  writeFontConfig(fresh, folder)
  try {
    renameSync(fresh, folder)
  } catch (error) {
    rmSync(fresh, { recursive: true, force: true })
    if (!existsSync(folder)) throw error
  }
  return folder
}

// The package unpacks to the temporary folder and takes what it finds there, whoever made it: it gets one of its own.
async function unpackInto(folder: string): Promise<void> {
  const saved = process.env.TMPDIR
  process.env.TMPDIR = folder
  try {
    const { default: chromium } = await import('@sparticuz/chromium')
    chromium.setGraphicsMode = false
    await chromium.executablePath()
  } finally {
    if (saved === undefined) delete process.env.TMPDIR
    else process.env.TMPDIR = saved
  }
}

// Without a font configuration no text is drawn at all; with the machine's own, pages differ from machine to machine.
function writeFontConfig(writtenTo: string, folder: string): void {
  writeFileSync(
    join(writtenTo, 'fonts.conf'),
    `<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>${folder}/fonts</dir><cachedir>${folder}/font-cache</cachedir></fontconfig>`,
  )
}

function definedOnly(environment: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])),
  )
}
