/** Tests of protection: signed with what the client registered for, encrypted when it wants that, and never less than that. */

import assert from 'node:assert/strict'
import { createPublicKey, generateKeyPairSync } from 'node:crypto'
import { describe, it } from 'node:test'
import { compactDecrypt, compactVerify, decodeProtectedHeader } from 'jose'
import { aClient, aClock, anAccount, NOON, random } from '../../../test/support/builders.ts'
import { masterKeyFromText } from '../../lib/master-key.ts'
import { createSealer } from '../../lib/seal.ts'
import { createJwsSigner } from '../../spec/jws.ts'
import { createClientKeys } from '../clients/client-keys.ts'
import { generateSecret, sealed } from '../clients/client-secrets.ts'
import { CannotProtect, type ProtectPorts, protect } from './protect.ts'
import { subjectOf } from './subject.ts'

const sealer = createSealer(masterKeyFromText('the master key of a test, 32 characters or more'), random)
const ours = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const theirs = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const secret = sealed(generateSecret({ random, now: NOON }, 48), sealer)
const client = aClient({
  secrets: [secret.stored],
  jwks: { keys: [{ ...createPublicKey(theirs.privateKey).export({ format: 'jwk' }), kid: 'theirs' }] },
})

const ports: ProtectPorts = {
  keys: { signer: async alg => createJwsSigner(alg, 'ours', ours.privateKey) },
  clientKeys: createClientKeys({ fetch: () => assert.fail('nothing is fetched'), sealer, clock: aClock() }),
}

describe('protect', () => {
  it('signs with our key, and says what kind of token it is (RFC 8725 §3.11)', async () => {
    const token = await protect({ sub: 'ada' }, { signingAlg: 'ES256', typ: 'token-introspection+jwt' }, client, ports)
    const { payload, protectedHeader } = await compactVerify(token, ours.publicKey)
    assert.deepEqual(protectedHeader, { alg: 'ES256', typ: 'token-introspection+jwt', kid: 'ours' })
    assert.equal(Buffer.from(payload).toString(), '{"sub":"ada"}')
  })

  it('signs with the secret of the client where it registered for a MAC (OIDC Core §10.1)', async () => {
    const token = await protect({ sub: 'ada' }, { signingAlg: 'HS512' }, client, ports)
    await compactVerify(token, Buffer.from(secret.plain), { algorithms: ['HS512'] })
  })

  it('signs first and encrypts then, with A128CBC-HS256 when the client says nothing else (OIDC Registration §2)', async () => {
    const how = { signingAlg: 'ES256', encryptionAlg: 'ECDH-ES' } as const
    const token = await protect({ sub: 'ada' }, how, client, ports)
    const { epk: _, ...header } = decodeProtectedHeader(token)
    assert.deepEqual(header, { alg: 'ECDH-ES', enc: 'A128CBC-HS256', cty: 'JWT', kid: 'theirs' })
    const { plaintext } = await compactDecrypt(token, theirs.privateKey)
    await compactVerify(Buffer.from(plaintext).toString(), ours.publicKey)
  })

  it('gives nothing rather than less: no key to encrypt to, no secret that can be read', async () => {
    const keyless = aClient({ secrets: [generateSecret({ random, now: NOON }).stored] })
    await assert.rejects(
      async () => protect({}, { signingAlg: 'ES256', encryptionAlg: 'RSA-OAEP-256' }, keyless, ports),
      (error: unknown) => error instanceof CannotProtect && error.refusal.facts.client_id === keyless.clientId,
    )
    await assert.rejects(async () => protect({}, { signingAlg: 'HS256' }, keyless, ports), CannotProtect)
    await assert.rejects(
      async () => protect({}, { signingAlg: 'ES256', encryptionAlg: 'dir' }, keyless, ports),
      (error: unknown) => error instanceof CannotProtect && !error.message.includes(secret.plain),
    )
  })
})

describe('subjectOf (OIDC Core §8)', () => {
  const keys = { pairwiseSubject: (sector: string, subject: string) => `${sector}/${subject}` }
  const account = anAccount({ subject: 'ada' })
  const subject = (changes: Parameters<typeof aClient>[0]) => subjectOf(aClient(changes), account, keys)

  it('is the account everywhere for public subjects, which are the usual ones', () => {
    assert.equal(subject({}), 'ada')
    assert.equal(subject({ subjectType: 'public', sectorIdentifier: 'app.example' }), 'ada')
  })

  it('is another one in each sector for pairwise subjects (§8.1)', () => {
    const pairwise = { subjectType: 'pairwise' } as const
    assert.equal(subject({ ...pairwise, sectorIdentifier: 'sector.example' }), 'sector.example/ada')
    assert.equal(subject({ ...pairwise, redirectUris: ['https://app.example/cb'] }), 'app.example/ada')
    assert.equal(subject({ ...pairwise, clientId: 'robot', redirectUris: [] }), 'client:robot/ada')
    assert.equal(subject({ ...pairwise, clientId: 'phone', redirectUris: ['myapp:/cb'] }), 'client:phone/ada')
  })
})
