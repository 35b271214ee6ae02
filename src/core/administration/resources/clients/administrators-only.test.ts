/** Tests of which clients operators must leave alone: nobody becomes more than they are through an app. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { aClient } from '../../../../../test/support/builders.ts'
import { administratorsOnly, checkJudged, type JudgedClient, type Surroundings } from './administrators-only.ts'

const AROUND: Surroundings = {
  issuer: 'https://id.example.org',
  upstreams: [{ alias: 'work', storedTokensReadableBy: ['reader'] }],
}

const ROWS: ReadonlyArray<readonly [what: string, changes: Partial<JudgedClient>, reason: RegExp | undefined]> = [
  ['an ordinary app', {}, undefined],
  ['an app that asks always', { consentMode: 'always' }, undefined],
  ['an app of other APIs', { resources: ['https://api.example.org'], scopes: ['openid', 'reports.read'] }, undefined],
  ['a scope that only looks alike', { scopes: ['administration', 'readmin.x'] }, undefined],
  ['the lowest scope of the admin API', { scopes: ['openid', 'admin.viewer'] }, /may ask for admin\.viewer/],
  ['the highest one', { scopes: ['admin.administrator'] }, /may ask for admin\.administrator/],
  ['one that there is not yet, in capitals', { scopes: ['ADMIN.root'] }, /may ask for ADMIN\.root/],
  ['the admin API itself', { resources: ['https://id.example.org/api/admin/v1'] }, /among its resources/],
  ['tokens of one other app (RFC 8693 §1.1)', { tokenExchangeSubjects: ['console'] }, /may exchange tokens/],
  ['tokens of all others', { tokenExchangeSubjects: ['*'] }, /may exchange tokens/],
  ['an app that nobody is asked about', { consentMode: 'never' }, /never asked for their consent/],
  ['a reader of stored tokens', { clientId: 'reader' }, /tokens of the upstream work/],
]

describe('clients that operators must leave alone', () => {
  for (const [what, changes, reason] of ROWS) {
    it(`${what}: ${reason === undefined ? 'operators may' : 'administrators only'}`, () => {
      const client = aClient(changes)
      const reasons = administratorsOnly(client, AROUND)
      assert.equal(reasons.length, reason === undefined ? 0 : 1, reasons.join())
      if (reason !== undefined) assert.match(reasons[0] ?? '', reason)
      const refused = checkJudged({ role: 'operator' }, [{ before: client, after: client }], AROUND)
      assert.equal(refused?.kind, reason === undefined ? undefined : 'forbidden')
      assert.equal(checkJudged({ role: 'administrator' }, [{ before: client }], AROUND), undefined)
    })
  }

  it('before or after a change: neither taken over nor made', () => {
    const [plain, mighty] = [aClient({ clientId: 'app' }), aClient({ clientId: 'app', scopes: ['admin.operator'] })]
    for (const change of [
      { before: plain, after: mighty },
      { before: mighty, after: plain },
      { after: mighty },
      { before: mighty },
    ]) {
      const refused = checkJudged({ role: 'operator' }, [{ after: plain }, change], AROUND)
      assert.match(refused?.detail ?? '', /^the client app is for administrators/)
    }
  })

  it('whose policy keeps people out: neither lifted, nor by way of deleting and making them again', () => {
    const policy = (authorizationPolicy?: string) =>
      aClient(authorizationPolicy === undefined ? {} : { authorizationPolicy })
    const may = (before: JudgedClient | undefined, after?: JudgedClient) =>
      checkJudged(
        { role: 'operator' },
        [{ ...(before === undefined ? {} : { before }), ...(after === undefined ? {} : { after }) }],
        AROUND,
      ) === undefined
    assert.deepEqual([may(policy('deny'), policy()), may(policy('deny'), policy('one_factor'))], [false, false])
    assert.deepEqual([may(policy('night-shift'), policy('two_factor')), may(policy('two_factor'))], [false, false])
    assert.deepEqual([may(policy(), policy('two_factor')), may(policy('one_factor'))], [true, true])
    assert.deepEqual([may(policy('deny'), policy('deny')), may(undefined, policy('deny'))], [true, true])
  })
})
