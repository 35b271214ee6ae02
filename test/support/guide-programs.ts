/** Programs printed in the guide, run against a server of the test's own. */

import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Installation } from './installation.ts'
import { personsBrowser } from './persons-browser.ts'

/** What the pages call the server. */
const PRINTED_ISSUER = 'https://id.example.com'
const OVER_HTTP = new URL('./openid-client-over-http.ts', import.meta.url).href

export function blocksOf(text: string, language: string): readonly string[] {
  return [...text.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, 'g'))].map(([, block = '']) => block)
}

/** `folder`: where the program is written to. */
export async function runProgram(
  program: string,
  name: string,
  folder: string,
  { issuer }: Pick<Installation, 'issuer'>,
): Promise<void> {
  const lines = program.replaceAll(PRINTED_ISSUER, issuer).split('\n')
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
  await example(personsBrowser(issuer), assert)
}
