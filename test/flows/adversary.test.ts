/** What an attacker tries between two pages: another account slipped under a decision, an app that was switched off, a URI that was taken away. */

import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { Account } from '../../src/core/accounts/account.ts'
import type { Client } from '../../src/core/clients/client.ts'
import { aFolder, run } from '../support/command-line.ts'
import { authorizePath, signInAt } from '../support/hand-app.ts'
import { type HandBrowser, type Shown, sentAway, shown } from '../support/hand-browser.ts'
import { type RunningApp, SESSION_COOKIE, startApp } from '../support/running-app.ts'

describe('between two pages', () => {
  let app: RunningApp
  let ada: Account
  let bob: Account

  before(async () => {
    app = await startApp()
    ada = await app.enrol({ attributes: { name: 'Ada Lovelace' } })
    bob = await app.enrol({ attributes: { name: 'Bob Boole' } })
  })
  after(async () => {
    await app.close()
    assert.deepEqual(app.failures, [])
  })

  async function becomes(browser: HandBrowser, account: Account): Promise<void> {
    browser.cookies.set(SESSION_COOKIE, (await app.beginSession(account)).cookie)
  }

  it('a consent counts only for the account that the page showed: another tab may have signed in as somebody else', async () => {
    const { client } = await app.register({ consentMode: 'remember' })
    const browser = await app.browser(ada)
    const page = shown(await browser.open(authorizePath(client)), '/consent')
    assert.match(page.html, /Ada Lovelace/)
    await becomes(browser, bob)
    const again = shown(await browser.submit(page, '/consent', { decision: 'approve' }), '/consent')
    assert.match(again.html, /Bob Boole/)
    assert.equal(await app.house.repositories.consents.find(bob.id, client.uid), undefined)
    sentAway(await browser.submit(again, '/consent', { decision: 'approve' }))
    assert.ok(await app.house.repositories.consents.find(bob.id, client.uid))
  })

  it('"continue as" goes on as the account that stood on the button (OIDC Core §3.1.2.1 prompt=select_account)', async () => {
    const { client } = await app.register()
    const browser = await app.browser(ada)
    const page = shown(await browser.open(authorizePath(client, { prompt: 'select_account' })), '/login')
    assert.match(page.html, /Ada Lovelace/)
    await becomes(browser, bob)
    const again = shown(await browser.submit(page, '/login', { continue: 'yes' }), '/login')
    assert.match(again.html, /Bob Boole/)
    sentAway(await browser.submit(again, '/login', { continue: 'yes' }))
  })

  const changes: readonly [string, Partial<Client>][] = [
    ['is disabled', { disabledAt: new Date() }],
    ['no longer has the redirect URI', { redirectUris: ['https://elsewhere.example.org/callback'] }],
  ]
  for (const [what, change] of changes) {
    describe(`an app that ${what} while somebody signs in to it`, () => {
      async function changeClient(client: Client): Promise<void> {
        const { clients, commit } = app.house.repositories
        const outcome = await commit([clients.replace({ ...client, ...change }, client)])
        assert.ok(outcome.committed)
        // Longer than another process trusts what it keeps of a client.
        await app.house.clock.sleep(150)
      }

      function refuses(landing: Parameters<typeof shown>[0]): void {
        const page: Shown = shown(landing)
        assert.equal(page.status, 400)
        assert.match(page.html, /id="error-code"/)
      }

      it('gets no code from the sign-in page', async () => {
        const { client } = await app.register()
        const browser = await app.browser()
        const page = shown(await browser.open(authorizePath(client)), '/login')
        await changeClient(client)
        refuses(await signInAt(browser, page, ada))
        refuses(await browser.open(page.url.href))
      })

      it('gets neither a code nor a refusal from the consent page', async () => {
        const { client } = await app.register({ consentMode: 'always' })
        const browser = await app.browser(ada)
        const page = shown(await browser.open(authorizePath(client)), '/consent')
        await changeClient(client)
        refuses(await browser.submit(page, '/consent', { decision: 'approve' }))
        refuses(await browser.submit(page, '/consent', { decision: 'deny' }))
      })

      it('gets no code a second time by going back', async () => {
        const { client } = await app.register()
        const browser = await app.browser()
        const page = shown(await browser.open(authorizePath(client)), '/login')
        sentAway(await signInAt(browser, page, ada))
        await changeClient(client)
        refuses(await browser.open(page.url.href))
      })
    })
  }
})

describe('a name that is somebody else', () => {
  it('is refused: a user name like the e-mail address of another would take their sign-ins, and the commands meant for them', async t => {
    const cwd = aFolder(t)
    const create = (...words: string[]) => run(['account', 'create', ...words, '--no-password'], cwd)
    assert.equal((await create('ada', '--email', 'ada@example.org')).code, 0)
    for (const name of ['ada@example.org', 'ADA@Example.org', 'ａｄａ@example.org']) {
      const refused = await create(name)
      assert.equal(refused.code, 3, name)
      assert.match(refused.err, /ada has the e-mail address/)
    }
    assert.equal((await create('bob@example.org')).code, 0)
    const refused = await create('carol', '--email', 'Bob@example.org')
    assert.equal(refused.code, 3)
    assert.match(refused.err, /is the user name of another account/)
    assert.equal((await create('bob@example.org', '--email', 'bob@example.org', '--replace')).code, 0, 'their own')
  })
})
