/** Conformance: grants, their single use, and what one read says about a token. */

import assert from 'node:assert/strict'
import { it } from 'node:test'
import type { Grant } from '../../src/core/grants/grant.ts'
import { newId } from '../../src/lib/id.ts'
import { aGrant, anAccount, aSession, NOON, random } from '../support/builders.ts'
import { committed, onEachDatabase } from './databases.ts'

const at = (ms: number): Date => new Date(NOON.getTime() + ms)

onEachDatabase('grants', database => {
  it('come back exactly as they went in, and what is absent stays absent', async () => {
    const { grants } = database.store.repositories
    const full: Grant = aGrant({
      scopes: ['openid', 'größe'],
      redirectUri: 'https://app.example.org/cb?a=1&b=%22#frag',
      nonce: 'n"\\\0🏰',
      codeChallenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
      codeChallengeMethod: 'S256',
      authTime: at(1),
      provenAt: at(9),
      amr: [],
      requestedAt: at(2),
      createdAt: at(3),
      codeExpiresAt: at(4),
      offline: false,
      redeemedAt: at(5),
      generation: 7,
      rotatedAt: at(6),
      expiresAt: at(7),
      revokedAt: at(8),
    })
    for (const grant of [full, aGrant()]) {
      await committed(database.store, grants.insert(grant))
      assert.deepEqual((await grants.find(grant.id))?.grant, grant)
    }
    assert.equal(await grants.find(aGrant().id), undefined)
  })

  it('come with their account, and with whether their session has ended', async () => {
    const { accounts, grants, sessions } = database.store.repositories
    const account = anAccount({ role: 'administrator', disabledAt: NOON })
    const session = aSession({ accountId: account.id, expiresAt: new Date(1) })
    const grant = aGrant({ accountId: account.id, sessionId: session.id })
    await committed(database.store, grants.insert(grant))
    assert.deepEqual(await grants.find(grant.id), { grant, sessionEnded: true }, 'neither is there')
    await committed(database.store, sessions.insert(session))
    assert.deepEqual(await grants.find(grant.id), { grant, sessionEnded: false }, 'expired, not ended')
    await committed(database.store, accounts.insert(account))
    assert.deepEqual(await grants.find(grant.id), { grant, account, sessionEnded: false })
    await committed(database.store, sessions.end(session.id, NOON))
    assert.deepEqual(await grants.find(grant.id), { grant, account, sessionEnded: true })
  })

  it('are redeemed once', async () => {
    const { commit, grants } = database.store.repositories
    const grant = aGrant()
    await committed(database.store, grants.insert(grant))
    await committed(database.store, grants.redeem(grant.id, at(1)))
    const redeemed = { ...grant, redeemedAt: at(1), rotatedAt: at(1), generation: 1 }
    assert.deepEqual((await grants.find(grant.id))?.grant, redeemed)
    const lost = { committed: false, lost: 'grants.redeem' }
    assert.deepEqual(await commit([grants.redeem(grant.id, at(2))]), lost)
    assert.deepEqual((await grants.find(grant.id))?.grant, redeemed)
    assert.deepEqual(await commit([grants.redeem(newId(NOON, random), at(2))]), lost)
  })

  it('rotate from the one live generation only', async () => {
    const { commit, grants } = database.store.repositories
    const grant = aGrant({ generation: 1 })
    await committed(database.store, grants.insert(grant))
    await committed(database.store, grants.rotate(grant.id, 1, at(1), at(100)))
    const lost = { committed: false, lost: 'grants.rotate' }
    assert.deepEqual(await commit([grants.rotate(grant.id, 1, at(2), at(200))]), lost)
    assert.deepEqual(await commit([grants.rotate(grant.id, 3, at(2), at(200))]), lost)
    assert.deepEqual((await grants.find(grant.id))?.grant, {
      ...grant,
      generation: 2,
      rotatedAt: at(1),
      expiresAt: at(100),
    })
  })

  it('that are revoked are neither redeemed nor rotated, and keep the moment of their end', async () => {
    const { commit, grants } = database.store.repositories
    const [fresh, used] = [aGrant(), aGrant({ generation: 1 })]
    await committed(database.store, grants.insert(fresh), grants.insert(used))
    await committed(database.store, grants.revoke(fresh.id, at(1)), grants.revoke(used.id, at(1)))
    await committed(database.store, grants.revoke(fresh.id, at(2)), grants.revoke(newId(NOON, random), at(2)))
    assert.equal((await commit([grants.redeem(fresh.id, at(3))])).committed, false)
    assert.equal((await commit([grants.rotate(used.id, 1, at(3), at(4))])).committed, false)
    assert.deepEqual((await grants.find(fresh.id))?.grant, { ...fresh, revokedAt: at(1) })
  })

  it('let single access tokens end before their time, as often as somebody asks', async () => {
    const { grants } = database.store.repositories
    const hash = random.bytes(32)
    assert.equal(await grants.isAccessTokenRevoked(hash), false)
    await committed(database.store, grants.revokeAccessToken(hash, at(1)))
    await committed(database.store, grants.revokeAccessToken(hash, at(2)))
    assert.equal(await grants.isAccessTokenRevoked(hash), true)
    assert.equal(await grants.isAccessTokenRevoked(random.bytes(32)), false)
    const grant = aGrant()
    await committed(database.store, grants.insert(grant))
    assert.equal((await grants.find(grant.id, hash))?.accessTokenRevoked, true)
    assert.equal((await grants.find(grant.id, random.bytes(32)))?.accessTokenRevoked, false)
  })
})
