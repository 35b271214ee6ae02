/** Tests of addresses and ranges. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { canonicalAddress, createAddressList, isAddressRange, isPrivateAddress, throttlePrefix } from './addresses.ts'

describe('an address list', () => {
  const list = createAddressList(['10.0.0.0/8', '192.0.2.7', '2001:db8::/32'])

  it('has the addresses of its ranges, and no others', () => {
    for (const address of ['10.255.0.1', '192.0.2.7', '2001:db8:ffff::1'])
      assert.equal(list.has(address), true, address)
    for (const address of ['11.0.0.1', '192.0.2.8', '2001:db9::1', '', 'localhost']) {
      assert.equal(list.has(address), false, address)
    }
  })

  it('knows an IPv4 address in IPv6 clothes', () => {
    for (const address of ['::ffff:10.1.2.3', '::ffff:a01:203', '0:0:0:0:0:ffff:10.1.2.3']) {
      assert.equal(list.has(address), true, address)
    }
  })

  it('takes no text that is no address or range', () => {
    for (const text of ['10.0.0.0/33', '10.0.0/8', 'example.com', '::1/129', '', '10.0.0.0/', '1.2.3.4/8/8']) {
      assert.equal(isAddressRange(text), false, text)
      assert.throws(() => createAddressList([text]), /no IP address/)
    }
    for (const text of ['0.0.0.0/0', '::/0', '::1', '127.0.0.1']) assert.equal(isAddressRange(text), true, text)
  })

  it('is empty without ranges', () => {
    assert.equal(createAddressList([]).isEmpty, true)
    assert.equal(createAddressList([]).has('127.0.0.1'), false)
  })
})

describe('private addresses', () => {
  const notGlobal = {
    unspecified: ['0.0.0.0', '::'],
    loopback: ['127.0.0.1', '127.255.255.254', '::1', '::ffff:127.0.0.1', '::ffff:7f00:1'],
    'private networks': ['10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.1.1', '::ffff:192.168.1.1'],
    'link-local and metadata services': ['169.254.169.254', 'fe80::1', 'fe80::1%eth0', '::ffff:169.254.169.254'],
    'carrier-grade NAT': ['100.64.0.1', '100.127.255.255'],
    'unique local': ['fc00::1', 'fd00:ec2::254'],
    'multicast, broadcast, reserved': ['224.0.0.1', '255.255.255.255', '240.0.0.1', 'ff02::1'],
    'IPv4 within IPv6': [
      '::10.0.0.1',
      '2002:7f00:1::',
      '64:ff9b::127.0.0.1',
      '64:ff9b:1::1',
      '2001::1',
      '::ffff:0:127.0.0.1',
    ],
    'no address at all': ['', 'localhost', '127.1', '0x7f000001'],
  }
  for (const [kind, addresses] of Object.entries(notGlobal)) {
    it(`include ${kind}`, () => {
      for (const address of addresses) assert.equal(isPrivateAddress(address), true, address)
    })
  }

  it('do not include what the internet can reach', () => {
    const global = ['1.1.1.1', '172.32.0.1', '100.128.0.1', '2606:4700::1111', '::ffff:8.8.8.8', '64:ff9b::8.8.8.8']
    for (const address of global) assert.equal(isPrivateAddress(address), false, address)
  })
})

describe('the canonical address', () => {
  it('drops the zone and the IPv6 clothes', () => {
    assert.equal(canonicalAddress('fe80::1%eth0'), 'fe80::1')
    assert.equal(canonicalAddress('::ffff:c000:201'), '192.0.2.1')
    assert.equal(canonicalAddress('192.0.2.1'), '192.0.2.1')
  })
})

describe('the throttle prefix', () => {
  it('is the whole IPv4 address, but the /64 of an IPv6 address', () => {
    assert.equal(throttlePrefix('192.0.2.1'), '192.0.2.1')
    assert.equal(throttlePrefix('::ffff:192.0.2.1'), '192.0.2.1')
    assert.equal(throttlePrefix('2001:db8:1:2:3:4:5:6'), '2001:db8:1:2::/64')
    assert.equal(throttlePrefix('2001:0DB8:0001:0002::9'), '2001:db8:1:2::/64')
    assert.equal(throttlePrefix('2001:db8::1'), '2001:db8:0:0::/64')
  })
})
