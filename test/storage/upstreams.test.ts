/** Conformance: upstreams, and how their changes reach other nodes. */

import assert from 'node:assert/strict'
import { it } from 'node:test'
import type { Upstream } from '../../src/core/upstreams/upstream.ts'
import { addSeconds } from '../../src/lib/clock.ts'
import { newId } from '../../src/lib/id.ts'
import {
  aClock,
  anAccount,
  anAttempt,
  anIdentity,
  anUpstream,
  anUpstreamSession,
  NOON,
  random,
} from '../support/builders.ts'
import { committed, onEachDatabase } from './databases.ts'

/** Every member that may be absent is there. */
const full = (changes: Partial<Upstream> = {}): Upstream =>
  anUpstream({
    kind: 'oidc',
    preset: 'keycloak',
    displayName: 'Größte "Quelle" 🏰',
    logoUri: 'https://idp.example.org/logo.svg',
    emailDomains: ['example.org', 'größe.example'],
    discoveryUri: 'https://idp.example.org/.well-known/openid-configuration',
    issuer: 'https://idp.example.org',
    authorizationEndpoint: 'https://idp.example.org/authorize?x="y"',
    tokenEndpoint: 'https://idp.example.org/token',
    userinfoEndpoint: 'https://idp.example.org/userinfo',
    jwksUri: 'https://idp.example.org/jwks',
    endSessionEndpoint: 'https://idp.example.org/end',
    mtlsTokenEndpoint: 'https://mtls.example.org/token',
    mtlsUserinfoEndpoint: 'https://mtls.example.org/userinfo',
    clientAssertionAlg: 'ES256',
    clientAssertionAudience: 'https://idp.example.org',
    clientCertificate: '-----BEGIN CERTIFICATE-----\n…',
    redirectUriOverride: 'https://proxy.example.org/back',
    prompt: 'select_account',
    authorizationParameters: { zeta: '1', alpha: 'a=b&c' },
    responseMode: 'form_post',
    publicKey: '-----BEGIN PUBLIC KEY-----\n…',
    publicKeyId: 'kid',
    essentialClaim: 'realm_access.roles',
    essentialClaimValue: '^(admin|größe)$',
    logoutUri: 'https://idp.example.org/logout',
    postLogoutRedirectUri: 'https://app.example.org',
    frontchannelLogoutRedirectUri: 'https://app.example.org/bye',
    clientSecret: { kind: 'sealed', box: 'AAEC' },
    clientCertificateKey: { kind: 'reference', text: '${file:/run/secrets/key.pem}' },
    discovered: {
      issuer: 'https://idp.example.org',
      fetchedAt: addSeconds(NOON, 3),
      idTokenSigningAlgs: ['RS256', 'ES256'],
      tokenEndpointAuthMethods: ['none'],
      scopes: ['openid'],
      promptValues: ['create'],
      codeChallengeMethods: ['S256'],
      sendsIssuer: true,
    },
    keysClearedAt: addSeconds(NOON, 4),
    updatedAt: addSeconds(NOON, 5),
    ...changes,
  })

onEachDatabase('upstreams', database => {
  const lost = (name: string) => ({ committed: false, lost: name })

  it('come back exactly as they went in, and what is absent stays absent', async () => {
    const { upstreams } = database.store.repositories
    for (const upstream of [full(), anUpstream(), anUpstream({ kind: 'oauth2' })]) {
      await committed(database.store, upstreams.insert(upstream))
      assert.deepEqual(await upstreams.find(upstream.uid), upstream)
      assert.deepEqual(await upstreams.findByAlias(upstream.alias), upstream)
    }
  })

  it('that do not exist are not found, nor by another spelling', async () => {
    const { upstreams } = database.store.repositories
    await committed(database.store, upstreams.insert(anUpstream({ alias: 'corporate' })))
    assert.equal(await upstreams.find(newId(NOON, random)), undefined)
    for (const alias of ['Corporate', 'corporate ', 'corporate\0', '']) {
      assert.equal(await upstreams.findByAlias(alias), undefined, JSON.stringify(alias))
    }
  })

  it('are listed by order, then by alias', async () => {
    const { upstreams } = database.store.repositories
    const [third, first, second] = [
      anUpstream({ alias: 'listed-c', order: 901 }),
      anUpstream({ alias: 'listed-b', order: 900 }),
      anUpstream({ alias: 'listed-a', order: 901 }),
    ]
    for (const upstream of [third, first, second]) await committed(database.store, upstreams.insert(upstream))
    assert.deepEqual(
      (await upstreams.list()).slice(-3).map(({ alias }) => alias),
      ['listed-b', 'listed-a', 'listed-c'],
    )
  })

  it('lose upstreams.insert when the alias is taken', async () => {
    const { upstreams, commit } = database.store.repositories
    const upstream = anUpstream()
    await committed(database.store, upstreams.insert(upstream))
    const second = anUpstream({ alias: upstream.alias })
    assert.deepEqual(await commit([upstreams.insert(second)]), lost('upstreams.insert'))
    assert.equal((await upstreams.findByAlias(upstream.alias))?.uid, upstream.uid)
  })

  it('are replaced only as they were seen, whatever the order of their members', async () => {
    const { upstreams, commit } = database.store.repositories
    const stored = full()
    await committed(database.store, upstreams.insert(stored))
    const seen = Object.fromEntries(Object.entries(stored).reverse()) as unknown as Upstream
    const { displayName: _, ...changed } = { ...seen, authorizationParameters: { alpha: 'a=b&c' }, enabled: false }
    await committed(database.store, upstreams.replace(changed, seen))
    assert.deepEqual(await upstreams.find(stored.uid), changed)
    assert.deepEqual(await commit([upstreams.replace({ ...seen, order: 3 }, seen)]), lost('upstreams.replace'))
    assert.deepEqual(await commit([upstreams.replace(anUpstream(), anUpstream())]), lost('upstreams.replace'))
  })

  it('take their identities, attempts and what sessions know of them with them, and nothing of others', async () => {
    const { accounts, upstreams, identities, attempts, upstreamSessions, commit } = database.store.repositories
    const [gone, stays] = [anUpstream(), anUpstream()]
    const of = ({ uid: upstreamUid }: Upstream) => ({
      identity: anIdentity({ upstreamUid }),
      attempt: anAttempt({ upstreamUid }),
      session: anUpstreamSession({ upstreamUid }),
    })
    const [theirs, others] = [of(gone), of(stays)]
    await committed(database.store, upstreams.insert(gone), upstreams.insert(stays))
    for (const { identity, attempt, session } of [theirs, others]) {
      const account = anAccount({ id: identity.accountId })
      const writes = [
        accounts.insert(account),
        identities.link(identity),
        attempts.insert(attempt),
        upstreamSessions.put(session),
      ]
      await committed(database.store, ...writes)
    }
    await committed(database.store, upstreams.delete(gone.uid))
    const left = async ({ identity, attempt, session }: ReturnType<typeof of>) => [
      await identities.findById(identity.id),
      await attempts.find(attempt.id),
      (await upstreamSessions.listOfSession(session.sessionId))[0],
    ]
    assert.equal(await upstreams.find(gone.uid), undefined)
    assert.deepEqual(await left(theirs), [undefined, undefined, undefined])
    assert.deepEqual(await left(others), [others.identity, others.attempt, others.session])
    assert.deepEqual(await commit([upstreams.delete(gone.uid)]), lost('upstreams.delete'))
  })

  it('that another node changed are seen as soon as what is kept is not trusted any more', async () => {
    const clock = aClock()
    const here = await database.open(clock)
    const there = database.store.repositories
    const upstream = anUpstream()
    await committed(database.store, there.upstreams.insert(upstream))
    const { upstreams } = here.repositories
    const passes = (): void => clock.advance(here.trustMs / 1000)
    assert.deepEqual(await upstreams.find(upstream.uid), upstream)

    const edited = { ...upstream, enabled: false }
    await committed(database.store, there.upstreams.replace(edited, upstream))
    assert.deepEqual(await upstreams.find(upstream.uid), upstream)
    passes()
    assert.deepEqual(await upstreams.find(upstream.uid), edited)

    await committed(database.store, there.upstreams.delete(upstream.uid))
    passes()
    assert.equal(await upstreams.find(upstream.uid), undefined)
    assert.equal(await upstreams.findByAlias(upstream.alias), undefined)
  })

  it('that this node changed are seen at once', async () => {
    const clock = aClock()
    const { upstreams } = (await database.open(clock)).repositories
    const here = await database.open(clock)
    const upstream = anUpstream()
    await here.repositories.upstreams.list()
    await committed(here, here.repositories.upstreams.insert(upstream))
    assert.deepEqual(await here.repositories.upstreams.findByAlias(upstream.alias), upstream)
    assert.deepEqual(await upstreams.findByAlias(upstream.alias), upstream)
  })
})
