/** Commands with `--server`: at a running server, with the same words, answers and exit codes as in its database. */

import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { after, before, describe, it, type TestContext } from 'node:test'
import { run } from '../support/command-line.ts'
import { freePort } from '../support/free-port.ts'
import { type ManagedApp, startManagedApp } from '../support/managed-app.ts'

describe('commands at a running server', () => {
  let managed: ManagedApp

  before(async () => {
    managed = await startManagedApp()
  })
  after(() => managed.close())

  it('say the same as in the database', async () => {
    const { local, remote } = managed
    assert.equal((await remote(['group', 'create', 'staff', '--description', 'all'])).out, 'Created staff.\n')
    const both = [await remote(['group', 'show', 'staff', '--json']), await local(['group', 'show', 'staff', '--json'])]
    assert.deepEqual(both[0]?.json(), both[1]?.json())
    assert.equal(both[0]?.json().created_by, 'client deployer')
    const again = await Promise.all([remote, local].map(at => at(['group', 'create', 'staff'])))
    assert.deepEqual(
      again.map(({ code, err }) => [code, err]),
      again.map(() => [
        3,
        'sallyport: the group staff exists already; nothing was changed (--if-not-exists succeeds)\n',
      ]),
    )
    const absent = await Promise.all(
      [remote, local].map(at => at(['group', 'edit', 'stuff', '--unset', 'description'])),
    )
    assert.deepEqual(
      absent.map(({ code, err }) => [code, err]),
      absent.map(() => [4, 'sallyport: there is no group stuff (did you mean staff?)\n']),
    )
  })

  it('know the server from SALLYPORT_SERVER, unless the settings file is named, and not both', async () => {
    const { folder, access, app } = managed
    const env = { ...access, SALLYPORT_SERVER: app.issuer }
    assert.match((await run(['group', 'list'], folder, { env })).out, /^staff /m)
    writeFileSync(join(folder, 'here.yaml'), `database: sqlite:${join(folder, 'no.db')}\n`)
    const here = await run(['group', 'list', '--config', 'here.yaml'], folder, { env })
    assert.match(here.err, /there is no database at/)
    const before = await run(['--config', 'here.yaml', 'group', 'list'], folder, { env })
    assert.match(before.err, /there is no database at/)
    const words = ['group', 'list', '--config', 'here.yaml', '--server', app.issuer]
    assert.deepEqual([(await run(words, folder, { env })).code], [2])
  })

  it('take a token from the environment or from a file, and never print it', async () => {
    const { folder, app } = managed
    const bad = { SALLYPORT_TOKEN: 'this-is-no-token-of-ours' }
    const refused = await run(['group', 'list', '--server', app.issuer], folder, { env: bad })
    assert.equal(refused.code, 1)
    assert.match(refused.err, /the access token is unknown: see SALLYPORT_TOKEN/)
    assert.doesNotMatch(refused.err + refused.out, /this-is-no-token/)
    writeFileSync(join(folder, 'token'), 'this-is-no-token-of-ours\n')
    const fromFile = await run(['group', 'list', '--server', app.issuer], folder, {
      env: { SALLYPORT_TOKEN_FILE: join(folder, 'token') },
    })
    assert.deepEqual([fromFile.code, fromFile.err], [refused.code, refused.err])
    const both = { ...bad, SALLYPORT_TOKEN_FILE: join(folder, 'token') }
    assert.equal((await run(['group', 'list', '--server', app.issuer], folder, { env: both })).code, 2)
  })

  it('are refused when nothing says who asks, or the secret is another one, which is never printed', async () => {
    const { folder, app, access } = managed
    const nobody = await run(['group', 'list', '--server', app.issuer], folder)
    assert.equal(nobody.code, 2)
    assert.match(nobody.err, /nothing says who asks .*SALLYPORT_TOKEN/)
    const half = { env: { SALLYPORT_SERVER_CLIENT_ID: 'deployer' } }
    assert.equal((await run(['group', 'list', '--server', app.issuer], folder, half)).code, 2)
    const wrong = { env: { ...access, SALLYPORT_SERVER_CLIENT_SECRET: 'another-secret' } }
    const refused = await run(['group', 'list', '--server', app.issuer], folder, wrong)
    assert.equal(refused.code, 1)
    assert.match(refused.err, /gives the client deployer no token \(invalid_client/)
    assert.doesNotMatch(refused.err, /another-secret/)
  })

  it('speak to no server in plain http but on this machine (RFC 6750 §5.2)', async () => {
    const { folder, access } = managed
    const { code, err } = await run(['group', 'list', '--server', 'http://id.example.com'], folder, { env: access })
    assert.equal(code, 2)
    assert.match(err, /plain http, where others read the token/)
  })

  it('say when the server is away, or something else answers', async t => {
    const { folder, access, app } = managed
    const { folder: cwd } = managed
    const token = { env: { SALLYPORT_TOKEN: 'x' } }
    const page = await aWebServer(t)
    const html = await run(['group', 'list', '--server', page.url], folder, token)
    assert.equal(html.code, 1)
    assert.match(html.err, /answered 200 with text\/html; this is no answer of the admin API/)
    assert.match((await run(['group', 'list', '--server', page.url], cwd, { env: access })).err, /calls itself nothing/)
    const nobody = `http://127.0.0.1:${await freePort()}`
    const away = await run(['group', 'list', '--server', nobody], folder, token)
    assert.equal(away.code, 1)
    assert.match(away.err, /does not answer \(.*ECONNREFUSED.*\): is the server there, and running\?/)
    const below = await run(['group', 'list', '--server', `${app.issuer}/other`], folder, token)
    assert.match(below.err, /there is no admin API of version 1: is this the issuer/)
  })

  it('print nothing that a terminal obeys, whatever a server answers', async t => {
    const detail = 'there is \u001b[2Jnothing'
    const body = JSON.stringify({ code: 'conflict', detail, errors: [{ field: 'a\u001b', message: '\u009b' }] })
    const page = await aWebServer(t, 'application/problem+json', body, 409)
    const { err, code } = await run(['group', 'list', '--server', page.url], managed.folder, {
      env: { SALLYPORT_TOKEN: 'x' },
    })
    assert.equal(code, 2)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there.
    assert.doesNotMatch(err, /[\u001b\u009b]/)
  })

  it('explain a code of that server', async () => {
    const { app, remote, local } = managed
    const page = await fetch(`${app.issuer}/authorize?client_id=nobody&response_type=code`)
    const [code = ''] = /\b[0-9A-Z]{4}-[0-9A-Z]{4}\b/.exec(await page.text()) ?? []
    const [there, here] = [await remote(['why', code, '--json']), await local(['why', code, '--json'])]
    assert.equal(there.code, 0, there.err)
    assert.deepEqual(there.json(), here.json())
    assert.match((await remote(['why', code])).out, /Refused: /)
    assert.equal((await remote(['why', '0000-0000'])).code, 4)
  })
})

async function aWebServer(t: TestContext, type = 'text/html', body = '<p>hello', status = 200) {
  const server = createServer((_request, response) => {
    response.writeHead(status, { 'content-type': type }).end(body)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}
