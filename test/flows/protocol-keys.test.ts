/** Keys and what is signed and encrypted with them, line by line of what certification asks (numbers in parentheses). */

import assert from 'node:assert/strict'
import { createHash, generateKeyPairSync } from 'node:crypto'
import { after, before, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  CompactEncrypt,
  compactDecrypt,
  createLocalJWKSet,
  importJWK,
  type JSONWebKeySet,
  type JWK,
  jwtVerify,
} from 'jose'
import type { Client } from '../../src/core/clients/client.ts'
import { secretEncryptionKey } from '../../src/spec/jwe.ts'
import { ASYMMETRIC_SIGNING_ALGORITHMS, SIGNING_ALGORITHMS, type SigningAlgorithm } from '../../src/spec/jws.ts'
import { onBothDatabases } from '../support/both-databases.ts'
import { run } from '../support/command-line.ts'
import { startDocumentServer } from '../support/document-server.ts'
import { authorizePath, codeFor, exchange, headerOf, payloadOf, tokensFor } from '../support/hand-app.ts'
import { type HandBrowser, sentAway } from '../support/hand-browser.ts'
import { type RunningApp, startApp } from '../support/running-app.ts'
import type { Registered } from '../support/seeding.ts'

const MASTER_KEY = 'a master key of a test, 32 characters or more'

async function keySetOf({ issuer }: Pick<RunningApp, 'issuer'>): Promise<JSONWebKeySet> {
  return (await (await fetch(`${issuer}/jwks`)).json()) as JSONWebKeySet
}

const kidsOf = async (app: Pick<RunningApp, 'issuer'>) => (await keySetOf(app)).keys.map(({ kid }) => kid)

/** Commands as an operator runs them, beside the running server. */
async function command(database: string, words: readonly string[]) {
  const env = { SALLYPORT_DATABASE: database, SALLYPORT_MASTER_KEY: MASTER_KEY }
  const { code, out, err } = await run([...words, '--json'], '/', { env })
  return { code, err, json: out === '' ? undefined : JSON.parse(out) }
}

onBothDatabases('keys, on the wire', database => {
  let app: RunningApp
  let url: string
  let browser: HandBrowser
  let account: Awaited<ReturnType<RunningApp['enrol']>>

  before(async () => {
    const given = await database()
    app = await startApp({ database: given })
    url = given ?? app.database
    account = await app.enrol()
    browser = await app.browser(account)
  })
  after(async () => {
    await app.close()
    assert.deepEqual(app.failures, [])
  })

  const verified = async (token: string, { clientId }: Client, alg: SigningAlgorithm, keys?: JSONWebKeySet) =>
    jwtVerify(token, createLocalJWKSet(keys ?? (await keySetOf(app))), {
      issuer: app.issuer,
      audience: clientId,
      algorithms: [alg],
    })

  it('(5) the key set has keys for signatures and for encryption, and nothing private (RFC 7517 §4)', async () => {
    const { keys } = await keySetOf(app)
    assert.equal(keys[0]?.alg, 'RS256')
    assert.deepEqual(new Set(keys.map(({ use }) => use)), new Set(['sig', 'enc']))
    assert.equal(new Set(keys.map(({ kid }) => kid)).size, keys.length)
    for (const { kid, use, alg, d, k, p, q } of keys) {
      assert.ok(typeof kid === 'string' && (use === 'enc' || typeof alg === 'string'))
      assert.deepEqual([d, k, p, q], [undefined, undefined, undefined, undefined])
    }
  })

  it('two nodes agree on a key that is made at its first use on one of them, and on its successor', async () => {
    const other = await startApp({ database: url, environment: { SALLYPORT_ISSUER: app.issuer } })
    try {
      const made = await command(url, ['key', 'rotate', 'PS384', '--keep', '1h'])
      assert.equal(made.code, 0, made.err)
      const by = await app.register({ idTokenSignedResponseAlg: 'ES512' })
      const { id_token } = await tokensFor(app, browser, by)
      // An app that asks the other node for the keys, straight away.
      await verified(id_token, by.client, 'ES512', await keySetOf(other))
      await sleep(600)
      assert.deepEqual(await kidsOf(app), await kidsOf(other))

      // And through a rotation: whatever one node signs, the other one publishes at that moment.
      const before = headerOf(id_token).kid
      assert.equal((await command(url, ['key', 'rotate', 'ES512'])).code, 0)
      let kid = before
      for (let tries = 0; tries < 200 && kid === before; tries += 1) {
        const token = (await tokensFor(app, browser, by)).id_token
        await verified(token, by.client, 'ES512', await keySetOf(other))
        kid = headerOf(token).kid
        await sleep(20)
      }
      assert.notEqual(kid, before)
    } finally {
      await other.close()
    }
  })

  // Each key waits once for all nodes to publish it; together they wait once.
  it('(8) makes the keys of the other algorithms together, when they are asked for together', async () => {
    const signers = await Promise.all(ASYMMETRIC_SIGNING_ALGORITHMS.map(alg => app.keys.signer(alg)))
    const published = await kidsOf(app)
    assert.deepEqual(
      signers.filter(({ kid }) => !published.includes(kid)),
      [],
    )
  })

  for (const alg of SIGNING_ALGORITHMS) {
    if (alg.startsWith('HS')) {
      it(`(8) an ID token of ${alg} is signed with the client's secret, and the key set knows nothing of it`, async () => {
        const by = await app.register({ idTokenSignedResponseAlg: alg })
        const { id_token, access_token } = await tokensFor(app, browser, by)
        const { payload } = await jwtVerify(id_token, Buffer.from(by.secret), { algorithms: [alg], issuer: app.issuer })
        assert.deepEqual(Object.keys(headerOf(id_token)).sort(), ['alg', 'typ'])
        const whole = createHash(`sha${alg.slice(2)}`)
          .update(access_token)
          .digest()
        assert.equal(payload.at_hash, whole.subarray(0, whole.length / 2).toString('base64url'))
        await assert.rejects(verified(id_token, by.client, alg))
      })
    } else {
      it(`(8) an ID token of ${alg} verifies with the one published key of its kid, whose alg and use match`, async () => {
        const by = await app.register({ idTokenSignedResponseAlg: alg })
        const { id_token } = await tokensFor(app, browser, by)
        const { protectedHeader } = await verified(id_token, by.client, alg)
        const matching = (await keySetOf(app)).keys.filter(({ kid }) => kid === protectedHeader.kid)
        assert.deepEqual(
          matching.map(key => [key.alg, key.use]),
          [[alg, 'sig']],
        )
      })
    }
  }

  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const ENCRYPTED = [
    ['RSA-OAEP-256', 'A256GCM', 'RS256', rsa],
    ['ECDH-ES+A128KW', 'A128CBC-HS256', 'ES256', ec],
    ['A256GCMKW', 'A128GCM', 'RS256', undefined],
    ['dir', 'A256CBC-HS512', 'HS256', undefined],
  ] as const

  for (const [alg, enc, signingAlg, pair] of ENCRYPTED) {
    it(`an ID token is signed with ${signingAlg} and then encrypted with ${alg} and ${enc} (OIDC Core §10.2)`, async () => {
      const by = await app.register({
        idTokenSignedResponseAlg: signingAlg,
        idTokenEncryptedResponseAlg: alg,
        idTokenEncryptedResponseEnc: enc,
        ...(pair === undefined
          ? {}
          : { jwks: { keys: [{ ...pair.publicKey.export({ format: 'jwk' }), kid: 'mine', use: 'enc' }] } }),
      })
      const { id_token } = await tokensFor(app, browser, by)
      const key = pair?.privateKey ?? secretEncryptionKey(by.secret, alg, enc)
      const { plaintext, protectedHeader } = await compactDecrypt(id_token, key)
      assert.deepEqual([protectedHeader.alg, protectedHeader.enc, protectedHeader.cty], [alg, enc, 'JWT'])
      assert.equal(protectedHeader.kid, pair === undefined ? undefined : 'mine')
      const inside = Buffer.from(plaintext).toString()
      if (signingAlg === 'HS256') await jwtVerify(inside, Buffer.from(by.secret), { audience: by.client.clientId })
      else await verified(inside, by.client, signingAlg)
    })
  }

  it('an ID token that can be encrypted to no key is not sent at all', async () => {
    const by = await app.register({ idTokenEncryptedResponseAlg: 'RSA-OAEP-256', jwks: { keys: [] } })
    const answer = await exchange(app, by, await codeFor(browser, by.client))
    assert.deepEqual([answer.status, answer.error, answer.id_token], [400, 'invalid_request', undefined])
  })

  it('an ID token is encrypted to the key that the client publishes, which is fetched once (OIDC Core §10.2)', async () => {
    const site = await startDocumentServer()
    const jwk = { ...ec.publicKey.export({ format: 'jwk' }), kid: 'published' }
    site.documents.set('/jwks', { body: JSON.stringify({ keys: [jwk] }) })
    const guarded = await startApp({ environment: { SALLYPORT_OUTBOUND_ALLOW_PRIVATE: '127.0.0.1' } })
    try {
      const by = await guarded.register({ idTokenEncryptedResponseAlg: 'ECDH-ES', jwksUri: `${site.origin}/jwks` })
      const person = await guarded.browser(await guarded.enrol())
      for (let times = 0; times < 3; times += 1) {
        const { id_token } = await tokensFor(guarded, person, by)
        assert.equal(headerOf(id_token).kid, 'published')
        await compactDecrypt(id_token, ec.privateKey)
      }
      assert.equal(site.asked.length, 1)
    } finally {
      await guarded.close()
      await site.close()
    }
  })

  const prompted = async (by: Registered, hint: string, person = browser) =>
    sentAway(await person.open(authorizePath(by.client, { prompt: 'none', id_token_hint: hint })))

  it('an ID token is good as an id_token_hint whatever signed it, and encrypted again to our key (OIDC Core §3.1.2.1)', async () => {
    const { keys } = await keySetOf(app)
    const ours = keys.find(({ use, kty }) => use === 'enc' && kty === 'RSA') as JWK
    for (const alg of ['RS256', 'PS256', 'HS256'] as const) {
      const by = await app.register({ idTokenSignedResponseAlg: alg })
      const { id_token } = await tokensFor(app, browser, by)
      assert.ok((await prompted(by, id_token)).params.get('code'), alg)
      const header = { alg: 'RSA-OAEP-256', enc: 'A256GCM', cty: 'JWT', kid: ours.kid ?? '' }
      const encrypted = new CompactEncrypt(Buffer.from(id_token)).setProtectedHeader(header)
      const nested = await encrypted.encrypt(await importJWK(ours, header.alg))
      assert.ok((await prompted(by, nested)).params.get('code'), `${alg}, encrypted`)
      const stranger = await app.browser(await app.enrol())
      assert.equal((await prompted(by, id_token, stranger)).params.get('error'), 'login_required')
    }
  })

  it('an ID token signed with the secret of a client is a hint only for ID tokens of that client', async () => {
    const by = await app.register({ idTokenSignedResponseAlg: 'HS256' })
    const other = await app.register()
    const { id_token } = await tokensFor(app, browser, by)
    const [header = '', , signature = ''] = id_token.split('.')
    const claims = { ...payloadOf(id_token), azp: other.client.clientId }
    const forged = `${header}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.${signature}`
    assert.equal((await prompted(other, forged)).params.get('error'), 'invalid_request')
  })

  it('(37) after key rotate a new key signs without a restart, and the old one stays published and verifies', async () => {
    const by = await app.register()
    const before = await tokensFor(app, browser, by)
    const old = String(headerOf(before.id_token).kid)
    const rotated = await command(url, ['key', 'rotate', 'RS256', '--keep', '12h'])
    assert.equal(rotated.code, 0, rotated.err)
    assert.deepEqual([rotated.json.alg, rotated.json.old_kid], ['RS256', old])
    const fresh: string = rotated.json.kid
    // While apps go on signing people in: every token verifies with the key set as it is at that moment.
    let kid = old
    for (let tries = 0; tries < 100 && kid !== fresh; tries += 1) {
      const { id_token } = await tokensFor(app, browser, by)
      await verified(id_token, by.client, 'RS256')
      kid = String(headerOf(id_token).kid)
      assert.ok(kid === old || kid === fresh)
      await sleep(50)
    }
    assert.equal(kid, fresh)
    const kids = await kidsOf(app)
    assert.equal(kids[0], fresh, 'the key in use comes first')
    assert.ok(kids.includes(old))
    await verified(before.id_token, by.client, 'RS256')
    assert.ok((await prompted(by, before.id_token)).params.get('code'), 'a hint signed with the old key')

    const listed = await command(url, ['key', 'list'])
    const states = (listed.json as { kid: string; state: string }[]).map(key => [key.kid, key.state])
    assert.deepEqual(
      states.filter(([each]) => each === old || each === fresh),
      [
        [old, 'published'],
        [fresh, 'in use'],
      ],
    )

    const retired = await command(url, ['key', 'retire', old])
    assert.equal(retired.code, 0, retired.err)
    for (let tries = 0; tries < 100 && (await kidsOf(app)).includes(old); tries += 1) await sleep(50)
    assert.ok(!(await kidsOf(app)).includes(old))
    assert.equal(
      (await prompted(by, before.id_token)).params.get('error'),
      'invalid_request',
      'it verifies nothing now',
    )
    const told = await app.house.repositories.audit.list({ limit: 100 })
    const types = told.map(({ type }) => type)
    assert.ok(types.includes('key.rotated') && types.includes('key.retired'))
    assert.ok(!JSON.stringify(told).includes('PRIVATE'))
  })

  it('key rotate and key retire refuse what makes no sense', async () => {
    const codes = async (...words: string[]) => (await command(url, ['key', ...words])).code
    assert.equal(await codes('rotate', 'HS256'), 2)
    assert.equal(await codes('rotate', 'handle'), 2)
    assert.equal(await codes('rotate', 'RS256', '--keep', 'soon'), 2)
    assert.equal(await codes('retire', 'nobody'), 4)
    const [first] = await kidsOf(app)
    assert.equal(await codes('retire', String(first)), 2, 'the key in use')
  })
})
