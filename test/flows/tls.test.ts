/** TLS from certificate files, without a proxy: https, `__Host-` cookies and HSTS. */

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { closeBrowser } from '../support/browser.ts'
import { freePort } from '../support/free-port.ts'
import { createInstallation, type Installation } from '../support/installation.ts'
import { openWindow, press, signIn } from '../support/person.ts'
import { ADA, createAccount } from '../support/registrations.ts'

const FIXTURES = join(import.meta.dirname, '../../src/http/test-fixtures')
const CERTIFICATE_FILE = join(FIXTURES, 'first.certificate.pem')
const KEY_FILE = join(FIXTURES, 'first.key.pem')

describe('TLS from files', () => {
  let installation: Installation

  before(async () => {
    const port = await freePort()
    installation = await createInstallation({
      port,
      issuer: `https://localhost:${port}`,
      certificate: readFileSync(CERTIFICATE_FILE, 'utf8'),
      environment: {
        SALLYPORT_TLS_CERTIFICATE_FILE: CERTIFICATE_FILE,
        SALLYPORT_TLS_KEY_FILE: KEY_FILE,
      },
    })
  })

  after(async () => {
    await closeBrowser()
    await installation?.remove()
  })

  it('signs a person in over https, with cookies that no other host can set, and says to come by https only', async t => {
    const server = await installation.start()
    await createAccount(installation, ADA)
    const page = await openWindow(t, { ignoreHTTPSErrors: true })
    const front = await page.goto(`${installation.issuer}/`)
    assert.match((await front?.headerValue('strict-transport-security')) ?? '', /max-age=\d{7,}/)
    await press(page, '#sign-in-link')
    await signIn(page, ADA)
    assert.match((await page.locator('h1').textContent()) ?? '', /Ada Lovelace/)
    const cookies = await page.context().cookies()
    assert.ok(cookies.length > 0)
    for (const { name, secure, httpOnly, path, sameSite } of cookies) {
      assert.match(name, /^__Host-sallyport-/)
      assert.deepEqual(
        { secure, httpOnly, path, sameSite },
        { secure: true, httpOnly: true, path: '/', sameSite: 'Lax' },
      )
    }
    await server.stop()
  })
})
