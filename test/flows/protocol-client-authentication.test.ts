/** Client authentication at the token endpoint (RFC 6749 §2.3), on the wire (numbers of the certification's lines). */

import assert from 'node:assert/strict'
import { after, before, it } from 'node:test'
import { keepChosenSecret } from '../../src/core/clients/client-secrets.ts'
import { addSeconds } from '../../src/lib/clock.ts'
import { onBothDatabases } from '../support/both-databases.ts'
import {
  assertRefused,
  basic,
  CHALLENGE,
  codeFor,
  exchange,
  type Fields,
  postAs,
  VERIFIER,
} from '../support/hand-app.ts'
import { type RunningApp, startApp } from '../support/running-app.ts'
import type { Registered } from '../support/seeding.ts'

onBothDatabases('client authentication (RFC 6749 §2.3), on the wire', database => {
  let app: RunningApp
  let by: Registered
  let machine: Registered

  before(async () => {
    app = await startApp({ database: await database() })
    by = await app.register()
    machine = await app.register({ grantTypes: ['client_credentials'], scopes: ['api:read', 'api:write'] })
  })
  after(async () => {
    await app.close()
    assert.deepEqual(app.failures, [])
  })

  const token = (fields: Fields, headers: Fields = {}): Promise<Response> =>
    fetch(`${app.issuer}/token`, { method: 'POST', headers, body: new URLSearchParams(fields) })
  const machineGrant = { grant_type: 'client_credentials' }

  it('(26) takes client_secret_basic with form-urlencoded id and secret', async () => {
    const secret = 'a b+c%:~/=&'
    const chosen = await keepChosenSecret(secret, { ...app.house, hasher: hasherOf(app), now: new Date() })
    const odd = await app.register({
      clientId: `https://app.example.org/a b:c?x=%2F&y#${by.client.uid}`,
      secrets: [chosen.stored],
      grantTypes: ['client_credentials'],
    })
    const response = await token(machineGrant, { authorization: basic(odd.client.clientId, secret) })
    assert.equal(response.status, 200)
    // The scheme is compared without regard to case (RFC 9110 §11.1).
    const shouted = basic(odd.client.clientId, secret).replace('Basic', 'bASIC')
    assert.equal((await token(machineGrant, { authorization: shouted })).status, 200)
  })

  it('(26) takes client_secret_post', async () => {
    const { clientId: client_id } = machine.client
    assert.equal((await token({ ...machineGrant, client_id, client_secret: machine.secret })).status, 200)
  })

  it('(26) takes a public client by its client_id alone', async () => {
    const spa = await app.register({ type: 'public', requirePkce: true })
    const code = await codeFor(await app.browser(await app.enrol()), spa.client, CHALLENGE)
    assert.equal((await exchange(app, spa, code, { code_verifier: VERIFIER })).status, 200)
  })

  it('(26) answers an assertion that is no JWT with invalid_client', async () => {
    const client_assertion_type = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
    await assertRefused(
      await token({ ...machineGrant, client_assertion_type, client_assertion: 'a.b.c' }),
      401,
      'invalid_client',
    )
  })

  const wrong: readonly [string, (client: Registered) => { fields?: Fields; headers?: Fields }][] = [
    ['a wrong secret in the header', ({ client }) => ({ headers: { authorization: basic(client.clientId, 'wrong') } })],
    ['an empty secret', ({ client }) => ({ headers: { authorization: basic(client.clientId, '') } })],
    [
      'a wrong secret in the form',
      ({ client }) => ({ fields: { client_id: client.clientId, client_secret: 'wrong' } }),
    ],
    ['no secret at all', ({ client }) => ({ fields: { client_id: client.clientId } })],
    ['an unknown client', () => ({ headers: { authorization: basic('nobody', 'wrong') } })],
    ['no client', () => ({})],
    ['another scheme', () => ({ headers: { authorization: 'Bearer abc' } })],
    ['Basic without base64', () => ({ headers: { authorization: 'Basic %%%' } })],
    ['Basic without colon', () => ({ headers: { authorization: `Basic ${Buffer.from('abc').toString('base64')}` } })],
    ['a NUL in the client_id', () => ({ headers: { authorization: basic('a\0b', 'c') } })],
    [
      'a raw NUL in the client_id',
      () => ({ headers: { authorization: `Basic ${Buffer.from('a\0b:c').toString('base64')}` } }),
    ],
    [
      'bytes that are no UTF-8',
      () => ({ headers: { authorization: `Basic ${Buffer.from([0xff, 0xfe, 0x3a, 0x80]).toString('base64')}` } }),
    ],
  ]
  for (const [what, presented] of wrong) {
    it(`(28) answers ${what} with invalid_client and 401, and a Basic challenge to whoever tried Basic (§5.2)`, async () => {
      const { fields = {}, headers = {} } = presented(machine)
      const response = await token({ ...machineGrant, ...fields }, headers)
      const challenge = response.headers.get('www-authenticate')
      if (headers.authorization !== undefined) assert.match(challenge ?? '', /^Basic realm="[^"]+"/)
      await assertRefused(response, 401, 'invalid_client')
    })
  }

  it('refuses more than one way of authenticating at once (§2.3)', async () => {
    const { clientId: client_id } = machine.client
    const headers = { authorization: basic(client_id, machine.secret) }
    await assertRefused(
      await token({ ...machineGrant, client_secret: machine.secret }, headers),
      400,
      'invalid_request',
    )
    await assertRefused(
      await token({ ...machineGrant, client_id: by.client.clientId }, headers),
      400,
      'invalid_request',
    )
    assert.equal((await token({ ...machineGrant, client_id }, headers)).status, 200)
  })

  it('holds a client to the methods it is registered for (OIDC Core §9)', async () => {
    const only = await app.register({
      grantTypes: ['client_credentials'],
      tokenEndpointAuthMethods: ['client_secret_basic'],
    })
    const form = { client_id: only.client.clientId, client_secret: only.secret }
    await assertRefused(await token({ ...machineGrant, ...form }), 401, 'invalid_client')
    assert.equal((await postAs(app, only, '/token', machineGrant)).status, 200)
  })

  it('takes every secret of a rotation until it ends, and none after', async () => {
    const [secret] = machine.client.secrets
    assert.ok(secret)
    const over = await app.register({
      grantTypes: ['client_credentials'],
      secrets: [{ ...secret, expiresAt: addSeconds(app.house.clock.now(), -1) }],
    })
    const headers = { authorization: basic(over.client.clientId, machine.secret) }
    await assertRefused(await token(machineGrant, headers), 401, 'invalid_client')
  })
})

function hasherOf(app: RunningApp) {
  return {
    async hash(text: string): Promise<string> {
      const hashed = await app.house.secretHasher.hash(text)
      if (hashed === 'busy') throw new Error('too many secrets are being hashed')
      return hashed
    },
  }
}
