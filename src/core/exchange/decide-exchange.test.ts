/** Tests of who may exchange which token, and of what comes of it at the most (RFC 8693). */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { aClient, aGrant, anAccount } from '../../../test/support/builders.ts'
import { isRefusal } from '../../spec/refusal.ts'
import type { Client } from '../clients/client.ts'
import { createResourceServers } from '../tokens/resource-servers.ts'
import { checkActor, decideActor, decideExchange, type ExchangeWish } from './decide-exchange.ts'
import type { ExchangeSubject } from './exchange-subject.ts'

const ORDERS = 'https://orders.example.org'
const USERINFO = 'https://id.example.org/userinfo'
const STOCK = 'https://stock.example.org'
const servers = createResourceServers(
  [
    { uri: ORDERS, name: 'Orders', clientIds: ['orders'] },
    { uri: STOCK, name: 'Stock', clientIds: ['stock'] },
  ],
  'https://id.example.org',
)
const scopes = ['openid', 'a', 'b']
const shop = aClient({ clientId: 'shop', scopes })
const orders = aClient({ clientId: 'orders', scopes: [...scopes, 'c'] })

function subject(changes: Partial<ExchangeSubject> = {}): ExchangeSubject {
  return {
    about: { kind: 'person', grant: aGrant(), account: anAccount(), owner: shop },
    issuedTo: shop,
    audience: [ORDERS],
    scopes: ['openid', 'a'],
    expiresAt: 1000,
    isGrantNew: false,
    ...changes,
  }
}

function decide(wish: Partial<ExchangeWish> & { readonly caller: Client }, about = subject()) {
  return decideExchange({ scopes: [], resources: [], audience: [], ...wish }, about, servers)
}

describe('a token exchange (RFC 8693 §2.1)', () => {
  it('keeps what the token says when nothing is asked for', () => {
    assert.deepEqual(decide({ caller: orders }), { scopes: ['openid', 'a'], resources: [ORDERS] })
    assert.deepEqual(decide({ caller: shop }, subject({ audience: undefined })), { scopes: ['openid', 'a'] })
  })

  it('is for what is asked for, by URI or by the name of the API, or for the caller itself', () => {
    const forStock = { scopes: ['openid', 'a'], resources: [STOCK] }
    assert.deepEqual(decide({ caller: orders, resources: [STOCK] }), forStock)
    assert.deepEqual(decide({ caller: orders, audience: ['stock'] }), forStock)
    assert.deepEqual(decide({ caller: orders, audience: [STOCK], resources: [STOCK] }), forStock)
    const both = subject({ audience: [ORDERS, STOCK] })
    assert.deepEqual(decide({ caller: orders, audience: ['orders'] }, both), {
      scopes: ['openid', 'a'],
      resources: [ORDERS],
    })
    assert.deepEqual(decide({ caller: shop, audience: ['shop'] }, subject({ audience: undefined })), {
      scopes: ['openid', 'a'],
    })
  })

  it('gives no refresh token, so offline_access stays behind', () => {
    const caller = aClient({ clientId: 'orders', scopes: ['openid', 'offline_access'] })
    const decided = decide({ caller }, subject({ scopes: ['openid', 'offline_access'] }))
    assert.ok(!isRefusal(decided))
    assert.deepEqual(decided.scopes, ['openid'])
  })

  const listed = (tokenExchangeSubjects: readonly string[]) =>
    aClient({ clientId: 'orders', tokenExchangeSubjects, scopes })
  const key = { jkt: 'k' }
  const allowed: readonly [string, Partial<ExchangeWish> & { caller: Client }, ExchangeSubject][] = [
    ['the client that got it', { caller: shop }, subject()],
    ['the API in its audience', { caller: orders }, subject({ audience: [STOCK, ORDERS] })],
    ['a listed pair', { caller: listed(['shop']) }, subject({ audience: undefined })],
    ['a client that may exchange all', { caller: listed(['*']) }, subject({ audience: undefined })],
    ['the holder of a bound token with its key', { caller: shop, cnf: key }, subject({ cnf: key })],
    ['an API that was sent a bound token', { caller: orders }, subject({ cnf: key })],
  ]
  for (const [who, wish, about] of allowed) {
    it(`is open to ${who}`, () => assert.ok(!isRefusal(decide(wish, about))))
  }

  const spa = aClient({ clientId: 'spa', type: 'public', tokenExchangeSubjects: ['*'], scopes })
  const refused: readonly [string, string, Partial<ExchangeWish> & { caller: Client }, ExchangeSubject][] = [
    ['a stranger', 'invalid_request', { caller: aClient({ scopes }) }, subject()],
    ['an API that it is not for', 'invalid_request', { caller: orders }, subject({ audience: [STOCK] })],
    ['an API when the list says otherwise', 'invalid_request', { caller: listed(['app']) }, subject()],
    ['a public client, whatever is listed', 'invalid_request', { caller: spa }, subject()],
    [
      'a public client with its ID token',
      'invalid_request',
      { caller: spa },
      subject({ issuedTo: spa, isGrantNew: true }),
    ],
    ['the holder of a bound token without its key', 'invalid_request', { caller: shop }, subject({ cnf: key })],
    ['a scope that the token has not', 'invalid_scope', { caller: orders, scopes: ['b'] }, subject()],
    ['a scope that the caller has not', 'invalid_scope', { caller: shop, scopes: ['c'] }, subject({ scopes: ['c'] })],
    ['UserInfo, which the token did not open', 'invalid_target', { caller: orders, resources: [USERINFO] }, subject()],
    ['an unknown API', 'invalid_target', { caller: orders, audience: ['nobody'] }, subject()],
  ]
  for (const [what, error, wish, about] of refused) {
    it(`is refused to or for ${what}`, () => {
      const refusal = decide(wish, about)
      assert.ok(isRefusal(refusal) && refusal.error === error)
    })
  }
})

describe('who acts (RFC 8693 §4.1)', () => {
  it('is the newest outside and the others inside, and nobody is left out', () => {
    assert.equal(decideActor(subject(), undefined), undefined)
    assert.deepEqual(decideActor(subject(), { sub: 'a' }), { sub: 'a' })
    const acting = subject({ actor: { sub: 'a' } })
    assert.deepEqual(decideActor(acting, { sub: 'b' }), { sub: 'b', act: { sub: 'a' } })
    assert.deepEqual(decideActor(acting, undefined), { sub: 'a' })
  })

  it('has five in a chain at the most', () => {
    const four = { sub: '4', act: { sub: '3', act: { sub: '2', act: { sub: '1' } } } }
    assert.ok(!isRefusal(decideActor(subject({ actor: four }), { sub: '5' })))
    assert.ok(isRefusal(decideActor(subject({ actor: { sub: '5', act: four } }), { sub: '6' })))
  })

  it('is shown by a token of the caller, or one that is for it', () => {
    assert.equal(checkActor({ caller: shop }, subject(), servers), undefined)
    assert.equal(checkActor({ caller: orders }, subject(), servers), undefined)
    assert.ok(isRefusal(checkActor({ caller: aClient() }, subject(), servers)))
  })
})
