/** Tests of hints: which ID tokens tell who somebody is, and which only look as if they did. */

import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { describe, it } from 'node:test'
import { aClient, aClock, NOON, random } from '../../../test/support/builders.ts'
import { masterKeyFromText } from '../../lib/master-key.ts'
import { createSealer } from '../../lib/seal.ts'
import { createJwsSigner } from '../../spec/jws.ts'
import { isRefusal } from '../../spec/refusal.ts'
import { createClientKeys } from '../clients/client-keys.ts'
import { generateSecret, sealed } from '../clients/client-secrets.ts'
import { type HintPorts, verifyIdTokenHint } from './verify-id-token-hint.ts'

const ISSUER = 'https://id.example.org'
const ours = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const sealer = createSealer(masterKeyFromText('the master key of a test, 32 characters or more'), random)
const secret = sealed(generateSecret({ random, now: NOON }, 48), sealer)
const mac = aClient({ clientId: 'mac', idTokenSignedResponseAlg: 'HS256', secrets: [secret.stored] })
const usual = aClient({ clientId: 'usual', secrets: [secret.stored] })
const clock = aClock()
const clientKeys = createClientKeys({ fetch: () => assert.fail('nothing is fetched'), sealer, clock })

const ports: HintPorts = {
  issuer: ISSUER,
  clock,
  clientKeys,
  keys: {
    findPublicKey: async kid => (kid === 'ours' ? { key: ours.publicKey, alg: 'ES256' } : undefined),
    decrypt: async () => undefined,
  },
  repositories: { clients: { findByClientId: async id => [mac, usual].find(({ clientId }) => clientId === id) } },
}

const CLAIMS = { iss: ISSUER, sub: 'ada', azp: 'usual', sid: 's1', exp: 1 }
const signer = createJwsSigner('ES256', 'ours', ours.privateKey)
const verify = (hint: string) => verifyIdTokenHint(hint, ports)

async function assertNoHint(hint: string): Promise<void> {
  assert.ok(isRefusal(await verify(hint)))
}

describe('an id_token_hint (OIDC Core §3.1.2.1)', () => {
  it('tells the person, the client and the session, though it expired long ago', async () => {
    const hint = await verify(await signer.sign(CLAIMS))
    assert.deepEqual(hint, { subject: 'ada', clientId: 'usual', sessionId: 's1' })
  })

  it('was issued by us: another issuer, another key, no signature are refused', async () => {
    const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    await assertNoHint(await signer.sign({ ...CLAIMS, iss: 'https://other.example' }))
    await assertNoHint(await createJwsSigner('ES256', 'ours', stranger.privateKey).sign(CLAIMS))
    await assertNoHint(await createJwsSigner('ES256', 'theirs', stranger.privateKey).sign(CLAIMS))
    const payload = Buffer.from(JSON.stringify(CLAIMS)).toString('base64url')
    await assertNoHint(`${Buffer.from('{"alg":"none"}').toString('base64url')}.${payload}.`)
    for (const text of ['', 'a.b.c', 'a.b.c.d.e', 'x']) await assertNoHint(text)
  })

  it('is an ID token, not something else that we sign (RFC 8725 §3.11)', async () => {
    for (const typ of ['at+jwt', 'logout+jwt', 'token-introspection+jwt'])
      await assertNoHint(await signer.sign(CLAIMS, typ))
    const { azp: _, ...withoutClient } = CLAIMS
    await assertNoHint(await signer.sign(withoutClient))
    await assertNoHint(await signer.sign({ ...CLAIMS, sub: 1 }))
  })

  it('may be signed with the secret of a client whose ID tokens are, and of no other (OIDC Core §10.1)', async () => {
    const byMac = clientKeys.macSigner(mac, 'HS256')
    assert.ok(!isRefusal(byMac))
    const hint = await verify(await byMac.sign({ ...CLAIMS, azp: 'mac' }))
    assert.deepEqual(hint, { subject: 'ada', clientId: 'mac', sessionId: 's1' })
    await assertNoHint(await byMac.sign(CLAIMS))
    await assertNoHint(await byMac.sign({ ...CLAIMS, azp: 'nobody' }))
    const other = clientKeys.macSigner(mac, 'HS512')
    assert.ok(!isRefusal(other))
    await assertNoHint(await other.sign({ ...CLAIMS, azp: 'mac' }))
  })

  it('may be encrypted to a key of ours', async () => {
    const inside = await signer.sign(CLAIMS)
    const decrypt: HintPorts['keys']['decrypt'] = async () => ({
      plaintext: Buffer.from(inside),
      alg: 'RSA-OAEP',
      enc: 'A128GCM',
    })
    const hint = await verifyIdTokenHint('a.b.c.d.e', { ...ports, keys: { ...ports.keys, decrypt } })
    assert.ok(!isRefusal(hint))
    assert.equal(hint.subject, 'ada')
  })
})
