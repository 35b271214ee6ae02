/** Registration tokens and deliveries over the admin API: made once, shown never again, revoked; listed page by page, tried again. */

import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { addSeconds } from '../../src/lib/clock.ts'
import { newId } from '../../src/lib/id.ts'
import { bearer, callAdmin, ownToken, registerManager } from '../support/admin-caller.ts'
import { aDelivery, random } from '../support/builders.ts'
import { type RunningApp, startApp } from '../support/running-app.ts'
import type { Registered } from '../support/seeding.ts'

let app: RunningApp
let manager: Registered
let token: string

before(async () => {
  app = await startApp({ environment: { SALLYPORT_REGISTRATION_MODE: 'initial_access_token' } })
  manager = await registerManager(app)
  token = await ownToken(app, manager, 'administrator')
})
after(async () => {
  await app.close()
  assert.deepEqual(app.failures, [])
})

const ask = (method: string, path: string, body?: object, as = token) =>
  callAdmin(app, { method, path, headers: bearer(as), ...(body === undefined ? {} : { body }) })

async function registerWith(text: string) {
  const response = await fetch(`${app.issuer}/register`, {
    method: 'POST',
    headers: { authorization: `Bearer ${text}`, 'content-type': 'application/json' },
    body: JSON.stringify({ redirect_uris: ['https://wiki.example.com/callback'] }),
  })
  return { status: response.status, json: (await response.json()) as Readonly<Record<string, string>> }
}

describe('registration tokens that are managed', () => {
  it('are shown once, register apps with what they fix, and count no more when they are revoked (RFC 7591 §1.2, §3)', async () => {
    const said = { label: 'wiki team', remaining_uses: 5, expires_in: 3600, fixed_metadata: { scope: 'openid email' } }
    const made = await ask('POST', '/registration-tokens', said)
    assert.equal(made.status, 201, made.text)
    const { id, token: text, expires_in } = made.json
    assert.match(`${text}`, /^[\w-]{60,}$/)
    assert.equal(expires_in, undefined)
    const registered = await registerWith(`${text}`)
    assert.deepEqual([registered.status, registered.json.scope], [201, 'openid email'])
    const read = await ask('GET', `/registration-tokens/${id}`)
    assert.deepEqual([read.json.remaining_uses, read.json.token, read.json.label], [4, undefined, 'wiki team'])
    const events = JSON.stringify(await app.house.repositories.audit.list({ limit: 200 }))
    for (const told of [read.text, (await ask('GET', '/registration-tokens')).text, events]) {
      assert.ok(!told.includes(`${text}`))
    }
    assert.equal((await ask('DELETE', `/registration-tokens/${id}`)).status, 204)
    assert.equal((await registerWith(`${text}`)).status, 401)
    assert.equal((await ask('GET', `/registration-tokens/${id}`)).status, 404)
  })

  it('are refused with all mistakes at once', async () => {
    const said = {
      label: ' ',
      remaining_uses: 0,
      expires_in: 60,
      expires_at: '2001-01-01T00:00:00Z',
      fixed_metadata: { require_pkcee: true },
    }
    const { status, json } = await ask('POST', '/registration-tokens', said)
    const fields = (json.errors as readonly { readonly field: string }[]).map(({ field }) => field)
    assert.deepEqual(
      [status, fields.sort()],
      [400, ['expires_at', 'expires_in', 'label', 'remaining_uses', 'require_pkcee']],
    )
  })

  it('of an app are renewed, and the old one ends at once (RFC 7592)', async () => {
    const { token: text } = (await ask('POST', '/registration-tokens', { label: 'one' })).json
    const {
      client_id,
      registration_client_uri: place = '',
      registration_access_token: old,
    } = (await registerWith(`${text}`)).json
    const renewed = await ask('POST', '/registration-tokens/renew', { client_id })
    assert.equal(renewed.status, 200, renewed.text)
    const manage = async (by: unknown) => (await fetch(place, { headers: bearer(`${by}`) })).status
    assert.deepEqual([await manage(renewed.json.registration_access_token), await manage(old)], [200, 401])
    const own = await ask('POST', '/registration-tokens/renew', { client_id: manager.client.clientId })
    assert.match(own.text, /did not register itself/)
    assert.equal((await ask('POST', '/registration-tokens/renew', { client_id: 'nobody' })).status, 404)
  })
})

describe('deliveries that are managed', () => {
  it('are listed newest first, page by page, narrowed, and found by words', async () => {
    const start = new Date()
    const { deliveries, commit } = app.house.repositories
    const made = [0, 1, 2, 3, 4].map(index => {
      const createdAt = addSeconds(start, index)
      const id = newId<'delivery'>(createdAt, random)
      // Not due while this test looks.
      const times = { createdAt, nextAt: addSeconds(start, 9000), expiresAt: addSeconds(start, 90_000) }
      return aDelivery({ id, about: { to: `page-${index}` }, ...times })
    })
    for (const delivery of made) assert.ok((await commit([deliveries.insert(delivery)])).committed)
    const ids = made.map(({ id }) => id).toReversed()
    const first = await ask('GET', '/deliveries?q=page-&limit=2')
    const idsOf = ({ json }: typeof first) => (json.items as readonly { readonly id: string }[]).map(({ id }) => id)
    assert.deepEqual(idsOf(first), ids.slice(0, 2))
    const second = await ask('GET', `/deliveries?q=page-&limit=2&cursor=${first.json.next}`)
    const third = await ask('GET', `/deliveries?q=page-&limit=2&cursor=${second.json.next}`)
    assert.deepEqual([...idsOf(second), ...idsOf(third), third.json.next], [...ids.slice(2), undefined])
    assert.deepEqual(idsOf(await ask('GET', '/deliveries?q=page-&sort=created_at')), ids.toReversed())
    assert.deepEqual(idsOf(await ask('GET', '/deliveries?q=page-3&state=waiting&kind=mail')), [ids[1]])
    assert.equal((await ask('GET', '/deliveries?cursor=WyJhIiwiYiJd')).status, 400)
    assert.ok(!first.text.includes('content'))
  })

  it('are tried again by operators, all that were named or none', async () => {
    const operator = await ownToken(app, manager, 'operator')
    const { deliveries, commit } = app.house.repositories
    const later = addSeconds(new Date(), 9000)
    // No mail server is set, so that nobody carries it in the meantime.
    const content = { sealedContent: random.bytes(40) }
    const waiting = aDelivery({ ...content, nextAt: later, expiresAt: addSeconds(later, 90_000) })
    assert.ok((await commit([deliveries.insert(waiting)])).committed)
    const unknown = newId(new Date(), random)
    const none = await ask('POST', '/deliveries/retry', { ids: [waiting.id, unknown] }, operator)
    assert.equal(none.status, 404, none.text)
    assert.deepEqual((await deliveries.find(waiting.id))?.nextAt, later)
    const viewer = await ownToken(app, manager, 'viewer')
    assert.equal((await ask('POST', '/deliveries/retry', { ids: [waiting.id] }, viewer)).status, 403)
    const again = await ask('POST', '/deliveries/retry', { ids: [waiting.id] }, operator)
    assert.equal(again.status, 200, again.text)
    const [told] = again.json.deliveries as readonly { readonly id: string; readonly next_at: string }[]
    assert.equal(told?.id, waiting.id)
    assert.ok(Date.parse(told?.next_at ?? '') < later.getTime())
  })
})
