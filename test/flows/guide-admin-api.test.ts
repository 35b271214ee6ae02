/** The guide's page about the admin API holds what it says: its commands, its requests and its programs run in their order, as printed. */

import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { runProgram } from '../support/guide-programs.ts'
import { createInstallation, type Installation } from '../support/installation.ts'
import { ADA, createAccount } from '../support/registrations.ts'

const PRINTED = 'https://id.example.com'
const page = readFileSync('docs/guide/admin-api.md', 'utf8')
const blocks = [...page.matchAll(/```(sh|js|json)\n([\s\S]*?)```/g)].map(([, language = '', text = '']) => ({
  language,
  text: text.trim(),
}))

/** As a shell splits them and puts in its variables: not within single quotes. */
function wordsOf(command: string, variables: Readonly<Record<string, string>>): readonly string[] {
  const filled = (text: string) => text.replace(/\$([A-Z]+)/g, (_, name: string) => variables[name] ?? '')
  return [...command.matchAll(/'([^']*)'|"([^"]*)"|([^\s'"]+)/g)].map(
    ([, single, double, plain]) => single ?? filled(double ?? plain ?? ''),
  )
}

/** As curl does it, with the options that the page uses. */
async function curl(words: readonly string[], issuer: string): Promise<Response> {
  const headers = new Headers()
  const data: string[] = []
  let method: string | undefined
  let url = ''
  for (let index = 1; index < words.length; index++) {
    const word = words[index] ?? ''
    const value = words[index + 1] ?? ''
    if (word === '-i') continue
    if (!word.startsWith('-')) {
      url = word.replace(PRINTED, issuer)
      continue
    }
    index += 1
    if (word === '-X') method = value
    else if (word === '-d') data.push(value.replace(PRINTED, issuer))
    else if (word === '-u') headers.set('authorization', `Basic ${Buffer.from(value).toString('base64')}`)
    else if (word === '-H') headers.set(value.slice(0, value.indexOf(':')), value.slice(value.indexOf(':') + 1).trim())
    else throw new Error(`curl ${word} is not used in the guide`)
  }
  if (data.length > 0 && !headers.has('content-type')) headers.set('content-type', 'application/x-www-form-urlencoded')
  return fetch(url, {
    method: method ?? (data.length > 0 ? 'POST' : 'GET'),
    headers,
    ...(data.length > 0 ? { body: data.join('&') } : {}),
  })
}

describe('the guide, admin-api.md', () => {
  let installation: Installation
  let folder: string

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'sallyport-guide-'))
    installation = await createInstallation({ environment: { SALLYPORT_DEVICE_INTERVAL: '1s' } })
    await installation.start()
    await createAccount(installation, ADA, ['--role', 'operator'])
  })
  after(async () => {
    await installation?.remove()
    rmSync(folder, { recursive: true, force: true })
  })

  it('has requests, programs and answers', () => {
    const count = (language: string, start = '') =>
      blocks.filter(block => block.language === language && block.text.startsWith(start)).length
    assert.ok(count('sh', 'curl ') > 5 && count('sh', 'sallyport ') > 2 && count('js') > 1 && count('json') > 4)
  })

  it('does what it says', async () => {
    const variables: Record<string, string> = {}
    let answer: unknown
    for (const [index, { language, text }] of blocks.entries()) {
      if (language === 'js') await runProgram(text, `admin-api-${index}`, folder, installation)
      else if (language === 'json') assertHas(answer, JSON.parse(text), text)
      else if (text.startsWith('sallyport ')) await installation.command(wordsOf(text, {}).slice(1))
      else {
        const response = await curl(wordsOf(text, variables), installation.issuer)
        answer = await response.json()
        const { access_token } = answer as { readonly access_token?: string }
        if (access_token !== undefined) variables.TOKEN = access_token
        if (text.includes(' -i ')) variables.VERSION = response.headers.get('etag') ?? ''
      }
    }
  })
})

/** The page prints what matters of an answer. */
function assertHas(answer: unknown, printed: unknown, text: string): void {
  if (typeof printed !== 'object' || printed === null) {
    assert.deepEqual(answer, printed, text)
    return
  }
  if (Array.isArray(printed)) {
    const items = answer as readonly unknown[]
    assert.equal(items.length, printed.length, text)
    for (const [index, item] of printed.entries()) assertHas(items[index], item, text)
    return
  }
  for (const [name, value] of Object.entries(printed)) assertHas((answer as Record<string, unknown>)[name], value, text)
}
