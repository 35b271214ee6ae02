/** Tests of secrets that are kept outside: what may stand where a reference leads. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { isRefusal } from '../../spec/refusal.ts'
import { openUpstreamSecret, type SecretMember } from './upstream-secrets.ts'

const PEM = '-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----'

describe('a secret that a reference names', () => {
  const opened = (member: SecretMember, text: string) =>
    openUpstreamSecret(
      { uid: '0'.repeat(32) as never, alias: 'corp' },
      member,
      { kind: 'reference', text: '${file:/run/secrets/corp}' },
      { sealer: { open: () => assert.fail('it is not sealed') }, readReference: () => text },
    )

  it('is a client secret when it is one line (RFC 6749 §A.2)', () => {
    assert.equal(opened('clientSecret', 'pä$$ word'), 'pä$$ word')
    for (const text of [PEM, 'HOME=/\0PATH=/bin', 'a\r\nx-injected: 1', 'a\tb']) {
      const refusal = opened('clientSecret', text)
      assert.ok(isRefusal(refusal))
      assert.equal(refusal.facts.problem, 'what stands there is no client secret')
      assert.ok(!JSON.stringify(refusal).includes('PRIVATE'))
    }
  })

  it('has as many lines as it wants when it is a key', () => {
    assert.equal(opened('clientCertificateKey', PEM), PEM)
  })
})
