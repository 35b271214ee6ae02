/** Keys over the admin API: one of another server is imported, verifies what it signed there, signs here, and goes away again. */

import assert from 'node:assert/strict'
import { createPrivateKey, generateKeyPairSync } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, it } from 'node:test'
import { createLocalJWKSet, type JSONWebKeySet, jwtVerify, SignJWT } from 'jose'
import { bearer, callAdmin, ownToken, registerManager } from '../support/admin-caller.ts'
import { onBothDatabases } from '../support/both-databases.ts'
import { aFolder, run } from '../support/command-line.ts'
import { eventually } from '../support/eventually.ts'
import { headerOf, tokensFor } from '../support/hand-app.ts'
import { type RunningApp, startApp } from '../support/running-app.ts'

const MASTER_KEY = 'a master key of a test, 32 characters or more'

onBothDatabases('keys that are managed', database => {
  let app: RunningApp
  let other: RunningApp
  let token: string

  before(async () => {
    const given = await database()
    app = await startApp({ database: given })
    // Another node on the same database.
    other = await startApp({ database: app.database })
    token = await ownToken(app, await registerManager(app), 'administrator')
  })
  after(async () => {
    await app.close()
    await other.close()
    assert.deepEqual([...app.failures, ...other.failures], [])
  })

  const ask = (method: string, path: string, body?: object) =>
    callAdmin(app, { method, path, headers: bearer(token), ...(body === undefined ? {} : { body }) })

  async function keySetOf({ issuer }: RunningApp): Promise<JSONWebKeySet> {
    return (await (await fetch(`${issuer}/jwks`)).json()) as JSONWebKeySet
  }

  /** As another server signed it before. */
  function signed(jwk: object, alg: string, kid: string): Promise<string> {
    const key = createPrivateKey({ key: { ...jwk }, format: 'jwk' })
    return new SignJWT({ sub: 'ada' }).setProtectedHeader({ alg, kid }).setIssuer(app.issuer).sign(key)
  }

  it('publish an imported one on every node, so that what it signed elsewhere verifies; it signs nothing here', async () => {
    const jwk = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' })
    const imported = await ask('POST', '/keys', { jwk: { ...jwk, kid: 'realm-1', alg: 'RS256' } })
    assert.equal(imported.status, 201, imported.text)
    assert.deepEqual([imported.json.kid, imported.json.alg, imported.json.state], ['realm-1', 'RS256', 'published'])
    assert.equal(imported.headers.get('location'), `${app.issuer}/api/admin/v1/keys/realm-1`)
    const jws = await signed(jwk, 'RS256', 'realm-1')
    for (const node of [app, other]) {
      await eventually(async () => (await keySetOf(node)).keys.some(({ kid }) => kid === 'realm-1'))
      const { payload } = await jwtVerify(jws, createLocalJWKSet(await keySetOf(node)), { issuer: app.issuer })
      assert.equal(payload.sub, 'ada')
    }
    assert.notEqual(await kidInUse('RS256'), 'realm-1')
  })

  it('sign with an imported one that is to sign, in the place of the one before, which still verifies', async () => {
    const jwk = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' })
    const old = await kidInUse('RS256')
    const imported = await ask('POST', '/keys', { jwk, kid: 'moved', state: 'in use' })
    assert.equal(imported.status, 201, imported.text)
    assert.equal(await kidInUse('RS256'), 'moved')
    const registered = await app.register()
    const account = await app.enrol()
    let idToken = ''
    await eventually(async () => {
      idToken = (await tokensFor(app, await app.browser(account), registered)).id_token
      return headerOf(idToken).kid === 'moved'
    })
    await jwtVerify(idToken, createLocalJWKSet(await keySetOf(app)))
    assert.ok((await keySetOf(app)).keys.some(({ kid }) => kid === old))
  })

  it('are sealed at rest, and no answer and no event has a private half', async () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const { d = '' } = privateKey.export({ format: 'jwk' })
    const pem = privateKey.export({ format: 'pem', type: 'sec1' }).toString()
    const secrets = [d, ...pem.split('\n').slice(1, -2)]
    const imported = await ask('POST', '/keys', { pem, kid: 'quiet', state: 'published' })
    assert.equal(imported.status, 201, imported.text)
    const stored = (await app.house.repositories.keys.list()).find(({ kid }) => kid === 'quiet') ?? assert.fail()
    const shown = await Promise.all(['/keys', '/keys/quiet', '/keys?q=quiet'].map(path => ask('GET', path)))
    const events = await app.house.repositories.audit.list({ limit: 200 })
    assert.ok(events.some(({ type, detail }) => type === 'key.imported' && detail.kid === 'quiet'))
    const told = [
      imported.text,
      ...shown.map(({ text }) => text),
      JSON.stringify(events),
      JSON.stringify(stored),
    ].join()
    for (const secret of secrets) assert.ok(!told.includes(secret), 'a private half is told')
    assert.ok(!stored.sealedPrivateKey.includes(Buffer.from(d, 'base64url')))
  })

  it('rotate, and take away the one that was replaced; the one in use stays', async () => {
    const before = await kidInUse('ES256')
    const rotated = await ask('POST', '/keys/rotate', { alg: 'ES256', keep_seconds: 3600 })
    assert.equal(rotated.status, 200, rotated.text)
    assert.deepEqual([rotated.json.old_kid, rotated.json.alg], [before, 'ES256'])
    const now = await kidInUse('ES256')
    assert.equal(now, rotated.json.kid)
    const kept = await ask('DELETE', `/keys/${now}`)
    assert.equal(kept.status, 400, kept.text)
    assert.match(kept.text, /is the ES256 key in use: rotate ES256 first/)
    assert.equal((await ask('DELETE', `/keys/${before}`)).status, 204)
    assert.equal((await ask('GET', `/keys/${before}`)).status, 404)
  })

  it('show nothing of the keys that only we know, and cannot take them away', async () => {
    const house = (await app.house.repositories.keys.list()).filter(({ alg }) => alg === 'handle' || alg === 'pairwise')
    assert.equal(house.length, 2)
    for (const { kid } of house) {
      assert.equal((await ask('GET', `/keys/${kid}`)).status, 404)
      assert.equal((await ask('DELETE', `/keys/${kid}`)).status, 404)
    }
  })

  it('are imported at the command line as well, from PEM, a JWK and standard input', async t => {
    const cwd = aFolder(t)
    const env = { SALLYPORT_DATABASE: app.database, SALLYPORT_MASTER_KEY: MASTER_KEY }
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-384' })
    writeFileSync(join(cwd, 'issuer.pem'), privateKey.export({ format: 'pem', type: 'pkcs8' }))
    const made = await run(['key', 'import', 'issuer.pem', '--kid', 'authelia', '--keep', '14d'], cwd, { env })
    assert.equal(made.code, 0, made.err)
    assert.match(made.out, /^The ES384 key authelia was imported and is published until 20\S+Z\.\n$/)
    const again = await run(['key', 'import', 'issuer.pem'], cwd, { env })
    assert.equal(again.code, 3)
    assert.match(again.err, /the key \S+ is there already; nothing was changed/)
    const input = JSON.stringify(generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' }))
    const live = await run(['key', 'import', '-', '--live', '--json'], cwd, { env, input })
    assert.deepEqual([live.json().alg, live.json().state], ['EdDSA', 'in use'])
    const set = await run(['key', 'import', '-'], cwd, { env, input: '{"keys":[{},{}]}' })
    assert.deepEqual([set.code, /is a set of 2 keys/.test(set.err)], [2, true])
  })

  async function kidInUse(alg: string): Promise<unknown> {
    const { json } = await ask('GET', `/keys?alg=${alg}&state=in+use`)
    const [key] = json.items as readonly { readonly kid: string }[]
    return key?.kid
  }
})
