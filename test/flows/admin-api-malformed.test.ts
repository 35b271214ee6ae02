/** Whatever is sent to an operation of the admin API, by whoever may do everything: an answer that means something, never a 500. */

import assert from 'node:assert/strict'
import { after, before, it } from 'node:test'
import fc from 'fast-check'
import { bearer, callAdmin, ownToken, registerManager } from '../support/admin-caller.ts'
import { onBothDatabases } from '../support/both-databases.ts'
import type { Fields } from '../support/hand-app.ts'
import { IN_ORDER, type Known, requestsTo, sendMadeUp } from '../support/made-up-requests.ts'
import { type RunningApp, startApp } from '../support/running-app.ts'

/** Of what is there; the key of a list of each resource. */
const KNOWN = ['ada', 'staff', 'shop', 'strict', 'corp', 'badge', 'deployer', 'lint.mute']
const IN_PATH: Known['inPath'] = {
  '{client_id}': ['shop'],
  '{username}': ['ada'],
  '{alias}': ['corp'],
  '{name}': ['staff', 'strict', 'badge', 'theme.mode'],
}
const RUNS = 25

onBothDatabases('the admin API, sent whatever', database => {
  let app: RunningApp
  let headers: Fields
  const known = [...KNOWN]

  before(async () => {
    app = await startApp({ database: await database(), environment: { SALLYPORT_THROTTLING_ENABLED: 'false' } })
    headers = bearer(await ownToken(app, await registerManager(app), 'administrator'))
    const admin = await app.enrol({ role: 'administrator' })
    const { session } = await app.beginSession(admin)
    known.push(admin.subject, session.id)
    for (const [path, body] of [
      ['/groups', { name: 'staff' }],
      [
        '/accounts',
        { username: 'ada', email: 'ada@example.com', groups: ['staff'], password: 'correct horse battery' },
      ],
      ['/clients', { client_id: 'shop', client_name: 'Shop', redirect_uris: ['https://shop.example/cb'] }],
      ['/policies', { name: 'strict', default_policy: 'deny' }],
      [
        '/upstreams',
        {
          alias: 'corp',
          discovery_uri: 'https://corp.invalid/.well-known/openid-configuration',
          issuer: 'https://corp.invalid',
          client_id: 'us',
          client_secret: 'a secret of theirs',
        },
      ],
      ['/attributes', { name: 'badge', title: 'Badge', type: 'text' }],
    ] as const) {
      const made = await callAdmin(app, { method: 'POST', path, headers, body })
      assert.equal(made.status, 201, `${path} ${made.text}`)
      if (path === '/clients')
        for (const { id } of made.json.secrets as readonly { readonly id: string }[]) known.push(id)
    }
  })
  after(async () => {
    await app.close()
    assert.deepEqual(app.failures, [])
  })

  for (const operation of IN_ORDER.filter(({ body = [] }) => body.length > 0)) {
    it(`${operation.name} says so when members are objects that no text can be made of`, async () => {
      const unprintable = { toString: null, valueOf: null }
      const body = Object.fromEntries((operation.body ?? []).map(({ name }) => [name, unprintable]))
      const path = operation.path.replace(/\{\w+\}/g, name => IN_PATH[name]?.[0] ?? 'nobody')
      const { method } = operation
      const { status, text } = await callAdmin(app, { method, path, headers: { ...headers, 'if-match': '*' }, body })
      assert.ok(status >= 400 && status < 500, `${status} ${text}`)
    })
  }

  for (const operation of IN_ORDER) {
    it(`${operation.name} never fails`, async () => {
      await fc.assert(
        fc.asyncProperty(requestsTo(operation, { names: known, inPath: IN_PATH }), async sent => {
          const { status, text } = await sendMadeUp(app, operation, sent, headers)
          assert.ok(status < 500 || (status === 503 && text.includes('"unavailable"')), `${status} ${text}`)
        }),
        { numRuns: RUNS },
      )
    })
  }
})
