/** Stopping: requests in flight are answered, and what was issued before is good afterwards. */

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { after, before, describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import * as oidc from 'openid-client'
import { closeBrowser } from '../support/browser.ts'
import { createInstallation, type Installation } from '../support/installation.ts'
import { openWindow, signIn } from '../support/person.ts'
import { ADA, createAccount, createClient, type Registration } from '../support/registrations.ts'
import { type RelyingParty, startRelyingParty } from '../support/relying-party.ts'
import type { ServerProcess } from '../support/server-process.ts'

describe('SIGTERM', () => {
  let installation: Installation
  let server: ServerProcess
  let app: RelyingParty

  before(async () => {
    installation = await createInstallation()
    server = await installation.start()
    await createAccount(installation, ADA)
    app = await startRelyingParty(installation, {
      name: 'Notes',
      clientOptions: ['--consent', 'never'],
    })
  })

  after(async () => {
    await closeBrowser()
    await app?.close()
    await installation?.remove()
  })

  /** Sends the head of a request and waits until the server asks for the rest of it (RFC 9110 §10.1.1). */
  async function beginPost({ path, form, client }: Post) {
    const outgoing = request({
      host: '127.0.0.1',
      port: installation.port,
      method: 'POST',
      path,
      agent: false,
      auth: `${client.clientId}:${client.clientSecret}`,
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        'content-length': form.length,
        expect: '100-continue',
      },
    })
    outgoing.flushHeaders()
    await once(outgoing, 'continue')
    return {
      async finish() {
        const answered = once(outgoing, 'response') as Promise<[IncomingMessage]>
        outgoing.end(form)
        const [answer] = await answered
        return { status: answer.statusCode, body: await text(answer) }
      },
    }
  }

  it('lets every request that was taken finish, and what was answered is good afterwards', async () => {
    const machine = await createClient(installation, 'Machine', 'confidential', ['--grant-type', 'client_credentials'])
    const token = { path: '/token', form: 'grant_type=client_credentials', client: machine }
    const wrong = { path: '/login', form: 'flow=nothing&username=ada&password=guess', client: machine }
    const taken = await Promise.all([token, wrong, token, wrong, token, token].map(request => beginPost(request)))
    const stopped = server.stop()
    // The server has heard of it when it takes nobody new.
    await untilRefused(installation.port)
    const answers = await Promise.all(taken.map(request => request.finish()))
    await stopped
    assert.deepEqual(
      answers.map(({ status }) => status),
      [200, 400, 200, 400, 200, 200],
    )
    server = await installation.start()
    for (const { body } of answers.filter(({ status }) => status === 200)) {
      const { access_token } = JSON.parse(body) as { readonly access_token: string }
      const known = await (
        await beginPost({ path: '/introspect', form: `token=${access_token}`, client: machine })
      ).finish()
      assert.equal((JSON.parse(known.body) as { readonly active: boolean }).active, true)
    }
  })

  it('is survived by codes, tokens, sessions and half-done sign-ins', async t => {
    const page = await openWindow(t)
    await page.goto(app.startUrl({ scope: 'openid offline_access' }))
    await server.stop()
    server = await installation.start()
    await signIn(page, ADA)
    const { tokens, claims } = await app.signedIn(page)

    await page.goto(app.startUrl({}, { hold: true }))
    const held = await app.outcomeOf(page)
    assert.ok(held.kind === 'held')
    await server.stop()
    server = await installation.start()

    await oidc.fetchUserInfo(app.configuration, tokens.access_token, claims.sub)
    await oidc.refreshTokenGrant(app.configuration, tokens.refresh_token ?? '')
    const { callback, codeVerifier, state, nonce } = held.visit
    assert.ok(callback)
    const checks = { pkceCodeVerifier: codeVerifier, expectedState: state, expectedNonce: nonce }
    const exchanged = await oidc.authorizationCodeGrant(app.configuration, callback, checks)
    assert.equal(exchanged.claims()?.sub, claims.sub)
    await page.goto(app.startUrl({ prompt: 'none' }))
    assert.equal((await app.signedIn(page)).claims.auth_time, claims.auth_time)
  })
})

interface Post {
  readonly path: string
  readonly form: string
  readonly client: Registration
}

async function untilRefused(port: number): Promise<void> {
  for (;;) {
    const socket = connect({ host: '127.0.0.1', port })
    try {
      await once(socket, 'connect')
    } catch {
      return
    } finally {
      socket.destroy()
    }
    await sleep(5)
  }
}
