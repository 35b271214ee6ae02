/** People under a server that may die at any moment: they sign in with their passwords, and some sign out again. */

import assert from 'node:assert/strict'
import type { Account } from '../../src/core/accounts/account.ts'
import { type CrashClient, LOST } from './crash-client.ts'
import type { SessionLife } from './crash-lives.ts'
import { formPost } from './hand-browser.ts'
import { PASSWORD } from './seeding.ts'

const SESSION = /^sallyport-session=([^;]+)/

export async function liveThroughSession(
  client: CrashClient,
  account: Account,
  lives: SessionLife[],
  signsOut: boolean,
): Promise<void> {
  const cookie = await signIn(client, account)
  if (cookie === LOST) return
  const life: SessionLife = { cookie, signOut: 'not-asked' }
  lives.push(life)
  if (signsOut) await signOut(client, life)
}

async function signIn(client: CrashClient, { username }: Account): Promise<string | typeof LOST> {
  const begun = await client.send('/login')
  if (begun === LOST) return LOST
  const cookie = begun.cookies.map(line => line.split(';')[0]).join('; ')
  const page = await client.send(`/login${begun.location?.search ?? ''}`, { headers: { cookie } })
  if (page === LOST) return LOST
  const fields = { ...hiddenFieldsOf(page.text), username, password: PASSWORD }
  const done = await client.send('/login', { ...formPost(fields), headers: { cookie } })
  if (done === LOST) return LOST
  const session = done.cookies.map(line => SESSION.exec(line)?.[1]).find(value => value !== undefined)
  assert.ok(session, `no session: ${done.status} ${done.text.slice(0, 200)}`)
  return session
}

async function signOut(client: CrashClient, life: SessionLife): Promise<void> {
  const headers = { cookie: `sallyport-session=${life.cookie}` }
  const page = await client.send('/sign-out', { headers })
  if (page === LOST) return
  life.signOut = 'in-doubt'
  const fields = { ...hiddenFieldsOf(page.text), decision: 'sign-out' }
  const done = await client.send('/sign-out', { ...formPost(fields), headers })
  if (done === LOST) return
  assert.equal(done.location?.pathname, '/signed-out')
  life.signOut = 'done'
}

function hiddenFieldsOf(html: string): Readonly<Record<string, string>> {
  const fields = html.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)">/g)
  return Object.fromEntries([...fields].map(([, name = '', value = '']) => [name, value]))
}
