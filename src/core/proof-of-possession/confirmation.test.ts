/** Tests of what tokens are bound to. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Confirmation } from '../../spec/confirmation.ts'
import { isRefusal } from '../../spec/refusal.ts'
import { certificateThumbprint, checkBoundTo, decideConfirmation, isSameConfirmation } from './confirmation.ts'

const DER = Buffer.from('a certificate')
const X5T: Confirmation = { 'x5t#S256': certificateThumbprint(DER) }
const JKT: Confirmation = { jkt: 'one' }
const BOTH = { jkt: 'one', certificate: DER }
const plain = { clientId: 'app' }
const byDpop = { ...plain, dpopBoundAccessTokens: true }
const byCertificate = { ...plain, tlsClientCertificateBoundAccessTokens: true }
const byEither = { ...byDpop, ...byCertificate }

describe('what a token is bound to (RFC 9449 §5, RFC 8705 §3.4)', () => {
  it('is the key of the proof when there is one, and the certificate when the client wants that', () => {
    assert.equal(decideConfirmation(plain, {}), undefined)
    assert.equal(decideConfirmation(plain, { certificate: DER }), undefined)
    assert.deepEqual(decideConfirmation(plain, { jkt: 'one' }), JKT)
    assert.deepEqual(decideConfirmation(byDpop, BOTH), JKT)
    assert.deepEqual(decideConfirmation(byCertificate, { certificate: DER }), X5T)
    assert.deepEqual(decideConfirmation(byEither, { certificate: DER }), X5T)
    assert.deepEqual(decideConfirmation(byEither, BOTH), JKT)
  })

  it('is never nothing for a client that is held to it', () => {
    for (const [client, possession, error] of [
      [byDpop, {}, 'invalid_dpop_proof'],
      [byDpop, { certificate: DER }, 'invalid_dpop_proof'],
      [byCertificate, {}, 'invalid_request'],
      [byEither, {}, 'invalid_dpop_proof'],
    ] as const) {
      const refusal = decideConfirmation(client, possession)
      assert.ok(isRefusal(refusal) && refusal.error === error)
    }
  })
})

describe('who may use what is bound', () => {
  it('is whoever holds the same key, and nobody when none is shown', () => {
    assert.equal(checkBoundTo(undefined, undefined, 'the code', 'rule'), undefined)
    assert.equal(checkBoundTo(undefined, JKT, 'the code', 'rule'), undefined)
    assert.equal(checkBoundTo(JKT, { jkt: 'one' }, 'the code', 'rule'), undefined)
    for (const shown of [undefined, { jkt: 'two' }, { 'x5t#S256': 'one' }] as const)
      assert.equal(checkBoundTo(JKT, shown, 'the code', 'rule')?.error, 'invalid_grant')
  })

  it('does not take a key for a certificate with the same thumbprint', () => {
    assert.ok(!isSameConfirmation({ jkt: 'x' }, { 'x5t#S256': 'x' }))
    assert.ok(!isSameConfirmation({ 'x5t#S256': 'x' }, { jkt: 'x' }))
    assert.ok(isSameConfirmation(X5T, { ...X5T }))
  })
})
