/** A reverse proxy in front, an issuer with a path, and who the server believes about addresses. */

import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { closeBrowser } from '../support/browser.ts'
import { freePort } from '../support/free-port.ts'
import { createInstallation, type Installation } from '../support/installation.ts'
import { type PathProxy, startPathProxy } from '../support/path-proxy.ts'
import { approve, openWindow, press, signIn } from '../support/person.ts'
import { ADA, createAccount } from '../support/registrations.ts'
import { type RelyingParty, startRelyingParty } from '../support/relying-party.ts'

describe('behind a reverse proxy, under a path', () => {
  let installation: Installation
  let proxy: PathProxy
  let app: RelyingParty

  before(async () => {
    const port = await freePort()
    installation = await createInstallation({
      issuer: `http://localhost:${port}/id`,
      environment: { SALLYPORT_PROXIES_TRUSTED: '127.0.0.1' },
    })
    await installation.start()
    proxy = await startPathProxy({ port, targetPort: installation.port, forwardedFor: '198.51.100.7' })
    await createAccount(installation, ADA)
    app = await startRelyingParty(installation, { name: 'Notes' })
  })

  after(async () => {
    await closeBrowser()
    await app?.close()
    await proxy?.close()
    await installation?.remove()
  })

  it('publishes the metadata below the path and at the place of RFC 8414 §3.1', async () => {
    const { origin } = new URL(installation.issuer)
    const places = [
      `${installation.issuer}/.well-known/openid-configuration`,
      `${installation.issuer}/.well-known/oauth-authorization-server`,
      `${origin}/.well-known/oauth-authorization-server/id`,
    ]
    const documents = await Promise.all(places.map(async place => (await fetch(place)).json()))
    const [metadata] = documents as Readonly<Record<string, unknown>>[]
    assert.equal(metadata?.issuer, installation.issuer)
    for (const [name, value] of Object.entries(metadata ?? {})) {
      if (name.endsWith('_endpoint') || name === 'jwks_uri')
        assert.ok(String(value).startsWith(`${installation.issuer}/`))
    }
    for (const document of documents) assert.deepEqual(document, metadata)
  })

  it('serves pages, pictures and forms below the path, and keeps its cookies there', async t => {
    const page = await openWindow(t)
    const failed: string[] = []
    page.on('response', response => {
      if (response.status() >= 400) failed.push(response.url())
    })
    await page.goto(app.startUrl())
    await signIn(page, { username: 'ada', password: 'wrong' })
    await signIn(page, ADA)
    await approve(page)
    await app.signedIn(page)
    const cookies = (await page.context().cookies()).filter(({ name }) => name.includes('sallyport'))
    assert.ok(cookies.length > 0)
    for (const { path, httpOnly, sameSite } of cookies) {
      assert.deepEqual({ path, httpOnly, sameSite }, { path: '/id', httpOnly: true, sameSite: 'Lax' })
    }
    await page.goto(`${installation.issuer}/`)
    await press(page, '#sign-out-button')
    await press(page, '#sign-in-link')
    assert.notEqual(await page.evaluate('document.styleSheets[0].cssRules.length'), 0)
    assert.deepEqual(failed, [])
  })

  it('believes the trusted proxy about addresses, and what the visitor wrote into the header before it not', async () => {
    const explanation = await refusalFrom(installation, { 'x-forwarded-for': '203.0.113.9' })
    assert.match(explanation, /198\.51\.100\.7/)
    assert.doesNotMatch(explanation, /203\.0\.113\.9/)
  })
})

/** What `why` says of a request that is refused. */
async function refusalFrom(
  { issuer, command }: Pick<Installation, 'issuer' | 'command'>,
  headers: Readonly<Record<string, string>> = {},
): Promise<string> {
  const answer = await fetch(`${issuer}/authorize?client_id=nobody`, { headers })
  const code = /id="error-code">([^<]+)</.exec(await answer.text())?.[1] ?? ''
  return command(['why', code])
}

describe('a proxy that nobody trusts', () => {
  it('is not believed', async t => {
    const port = await freePort()
    const installation = await createInstallation({ issuer: `http://localhost:${port}` })
    t.after(() => installation.remove())
    await installation.start()
    const proxy = await startPathProxy({ port, targetPort: installation.port, forwardedFor: '198.51.100.7' })
    t.after(() => proxy.close())
    const explanation = await refusalFrom(installation)
    assert.match(explanation, /127\.0\.0\.1/)
    assert.doesNotMatch(explanation, /198\.51\.100\.7/)
  })
})

describe('a browser that keeps no cookies', () => {
  it('is told so instead of going round for ever', async t => {
    const port = await freePort()
    const installation = await createInstallation({ issuer: `http://localhost:${port}` })
    t.after(() => installation.remove())
    await installation.start()
    const proxy = await startPathProxy({ port, targetPort: installation.port, dropsCookies: true })
    t.after(() => proxy.close())
    const app = await startRelyingParty(installation, { name: 'Notes' })
    t.after(() => app.close())
    t.after(() => closeBrowser())
    const page = await openWindow(t)
    for (let visits = 1; visits <= 2; visits += 1) {
      const answer = await page.goto(app.startUrl())
      assert.equal(answer?.status(), 400)
      assert.match((await page.locator('main').textContent()) ?? '', /cookies/i)
      await press(page, '#retry')
      assert.match((await page.locator('main').textContent()) ?? '', /cookies/i)
    }
  })
})
