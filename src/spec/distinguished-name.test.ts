/** Tests of distinguished names, and of what is read from certificates. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { certificateFor } from '../../test/support/certificates.ts'
import { isSameName, parseDistinguishedName } from './distinguished-name.ts'
import { ipOctets } from './ip-octets.ts'
import { type CertificateSubject, readCertificateSubject } from './x509.ts'

const OIDS: Readonly<Record<string, string>> = { C: '2.5.4.6', O: '2.5.4.10', OU: '2.5.4.11', CN: '2.5.4.3' }

/** As a certificate has it, the most significant first. */
function name(...rdns: readonly (readonly [string, string])[][]): CertificateSubject['name'] {
  return rdns.map(rdn =>
    rdn.map(([type, text]) => ({
      oid: OIDS[type] ?? type,
      text,
      der: Buffer.concat([Buffer.of(0x0c, text.length), Buffer.from(text)]),
    })),
  )
}

const APP = name([['C', 'DE']], [['O', 'Example, Inc.']], [['CN', 'app']])

describe('distinguished names (RFC 4514, RFC 8705 §2.1.2)', () => {
  it('are the same in whichever spelling', () => {
    for (const text of [
      'CN=app,O=Example\\, Inc.,C=DE',
      'cn=APP, o=example\\,  inc., c=de',
      'CN=app,O=Example\\2C Inc.,C=DE',
      '2.5.4.3=app,2.5.4.10=Example\\, Inc.,C=DE',
      'CN=app,O=Example\\, Inc.,C=#0c024445',
      'CN = app , O = Example\\, Inc. , C = DE',
      'CN=\\61pp,O=Example\\, Inc.,C=DE',
    ]) {
      assert.ok(isSameName(text, APP), text)
    }
  })

  it('differ in order, in a part more or less, and in a value', () => {
    for (const text of [
      'C=DE,O=Example\\, Inc.,CN=app',
      'CN=app,O=Example\\, Inc.',
      'CN=app,OU=x,O=Example\\, Inc.,C=DE',
      'CN=app,O=Example,C=DE',
      'CN=app2,O=Example\\, Inc.,C=DE',
      'CN=app+O=Example\\, Inc.,C=DE',
      'CN=app,O=Example\\, Inc.,C=#0c025553',
    ]) {
      assert.ok(!isSameName(text, APP), text)
    }
  })

  it('may have several attributes in one place, in any order', () => {
    const both = name(
      [['C', 'DE']],
      [
        ['CN', 'app'],
        ['OU', 'ops'],
      ],
    )
    assert.ok(isSameName('CN=app+OU=ops,C=DE', both))
    assert.ok(isSameName('OU=ops+CN=app,C=DE', both))
    assert.ok(!isSameName('CN=app+CN=app,C=DE', both))
  })

  it('are none when they break the syntax', () => {
    for (const text of [
      '',
      'app',
      'CN=app,',
      'CN=app+',
      'nobody=app',
      'CN=a\\',
      'CN=a"b',
      'CN=a<b',
      'CN=#0',
      '=app',
      'toString=x',
    ])
      assert.equal(parseDistinguishedName(text), undefined, text)
  })

  it('a value that looks like more of the name is one value (no injection)', () => {
    const tricky = name([['C', 'DE']], [['CN', 'app,O=Example\\, Inc.']])
    assert.ok(!isSameName('CN=app,O=Example\\, Inc.,C=DE', tricky))
    assert.ok(isSameName('CN=app\\,O=Example\\\\\\, Inc.,C=DE', tricky))
  })

  it('every value comes back from its escaped form', () => {
    const escaped = (value: string): string =>
      [...Buffer.from(value)].map(byte => `\\${byte.toString(16).padStart(2, '0')}`).join('')
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 30, unit: 'grapheme' }), value => {
        assert.ok(isSameName(`CN=${escaped(value)},C=DE`, name([['C', 'DE']], [['CN', value]])))
      }),
    )
  })
})

describe('the subject of a certificate (RFC 5280 §4.1.2.6, §4.2.1.6)', () => {
  it('is read with its name and its alternative names', async () => {
    const { der } = await certificateFor({
      name: 'C=DE, O="Example, Inc.", CN=app',
      alternatives: [
        { type: 'dns', value: 'App.example.org' },
        { type: 'url', value: 'https://app.example.org/id' },
        { type: 'email', value: 'ops@example.org' },
        { type: 'ip', value: '192.0.2.7' },
      ],
    })
    const subject = readCertificateSubject(der)
    assert.ok(subject !== undefined)
    assert.ok(isSameName('CN=app,O=Example\\, Inc.,C=DE', subject.name))
    assert.deepEqual(subject.dns, ['App.example.org'])
    assert.deepEqual(subject.uri, ['https://app.example.org/id'])
    assert.deepEqual(subject.email, ['ops@example.org'])
    assert.deepEqual(subject.ip, [ipOctets('192.0.2.7')])
  })

  it('is nothing of bytes that are no certificate, however long they say they are', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), bytes => {
        readCertificateSubject(Buffer.from(bytes))
      }),
    )
    for (const hex of ['', '30', '3082ffff', '3080', '30020500', '308400000001'])
      assert.equal(readCertificateSubject(Buffer.from(hex, 'hex')), undefined, hex)
  })
})

describe('IP addresses as octets', () => {
  it('are the same in every spelling', () => {
    assert.equal(ipOctets('192.0.2.7'), 'c0000207')
    for (const text of ['2001:db8::1', '2001:DB8:0:0:0:0:0:1', '2001:0db8::0001'])
      assert.equal(ipOctets(text), '20010db8000000000000000000000001')
    for (const text of ['', 'x', '1.2.3', '256.1.1.1', '1:2', '[::1]', '::1/64'])
      assert.equal(ipOctets(text), undefined, text)
  })
})
