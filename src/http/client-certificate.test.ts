/** Tests of certificates in the headers of proxies. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { certificateFor } from '../../test/support/certificates.ts'
import { certificateInHeader } from './client-certificate.ts'

describe('certificates in headers', () => {
  it('are read from RFC 9440, URL-encoded PEM and Envoy, and always give the same bytes', async () => {
    const { der, pem } = await certificateFor({ name: 'CN=app' })
    const escaped = encodeURIComponent(pem)
    for (const value of [
      `:${der.toString('base64')}:`,
      escaped,
      // nginx escapes blanks and line ends only.
      pem.replaceAll('\n', '%0A').replaceAll(' ', '%20'),
      `Cert="${escaped}"`,
      `By=a;cert="${escaped}";Subject="CN=a,O=\\"b\\";c"`,
      // What stands behind the certificate is not a part of it.
      `:${Buffer.concat([der, Buffer.from('more')]).toString('base64')}:`,
    ]) {
      assert.deepEqual(certificateInHeader(value), der, value.slice(0, 40))
    }
  })

  it('are only that which the last proxy wrote (Envoy)', async () => {
    const [first, last] = await Promise.all([certificateFor({ name: 'CN=a' }), certificateFor({ name: 'CN=b' })])
    const element = ({ pem }: { readonly pem: string }): string => `Hash=1;Cert="${encodeURIComponent(pem)}"`
    assert.deepEqual(certificateInHeader(`${element(first)},${element(last)}`), last.der)
    assert.equal(certificateInHeader(`${element(first)},Hash=2`), undefined)
    assert.equal(
      certificateInHeader(`${element(first)},Subject="x,${element(first).replaceAll('"', '\\"')}"`),
      undefined,
    )
  })

  it('are nothing when there are two: a proxy that adds its header to one that came in names the other first', async () => {
    const [forged, own] = await Promise.all([certificateFor({ name: 'CN=a' }), certificateFor({ name: 'CN=b' })])
    const escaped = [forged, own].map(({ pem }) => encodeURIComponent(pem))
    assert.equal(certificateInHeader(escaped.join(', ')), undefined)
    assert.equal(certificateInHeader(escaped.join('')), undefined)
  })

  it('are nothing in any other text', () => {
    for (const value of ['', ':', '::', ':AAAA:', '(null)', 'SUCCESS', '%', '-----BEGIN CERTIFICATE-----'])
      assert.equal(certificateInHeader(value), undefined, value)
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), value => {
        assert.equal(certificateInHeader(value), undefined)
      }),
    )
  })
})
