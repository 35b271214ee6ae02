/** IP addresses and ranges: which list an address is on, whether it is reachable from the open internet, and what it is throttled by. */

import { BlockList, isIP } from 'node:net'

/** An address or a range in CIDR notation: `10.0.0.0/8`, `::1`. */
const RANGE = /^([0-9a-fA-F.:]+)(?:\/(\d{1,3}))?$/

export interface AddressList {
  /** False for everything that is no address. */
  has(address: string): boolean
  readonly isEmpty: boolean
}

export function isAddress(text: string): boolean {
  return isIP(canonicalAddress(text)) !== 0
}

export function isAddressRange(text: string): boolean {
  return parseRange(text) !== undefined
}

/** Throws on a text that `isAddressRange` refuses. */
export function createAddressList(ranges: readonly string[]): AddressList {
  const list = new BlockList()
  for (const text of ranges) {
    const range = parseRange(text)
    if (range === undefined) throw new Error(`${text} is no IP address and no range such as 10.0.0.0/8`)
    list.addSubnet(range.address, range.prefix, range.family)
  }
  return {
    isEmpty: ranges.length === 0,
    has(text) {
      const address = canonicalAddress(text)
      const version = isIP(address)
      return version !== 0 && list.check(address, version === 4 ? 'ipv4' : 'ipv6')
    },
  }
}

/** Without a zone; an IPv4 address in IPv6 clothes (`::ffff:192.0.2.1`, RFC 4291 §2.5.5.2) as the IPv4 address it is. */
export function canonicalAddress(address: string): string {
  if (!address.includes(':')) return address
  const zoneless = address.split('%', 1)[0] ?? ''
  const groups = ipv6Groups(zoneless)
  if (groups === undefined) return zoneless
  const isMapped = groups.slice(0, 5).every(group => group === 0) && groups[5] === 0xffff
  return isMapped ? embeddedIpv4(groups) : zoneless
}

/**
 * Not globally reachable (IANA special-purpose registries, RFC 6890), or not an address at all. Loopback, private networks, link-local with
 * the clouds' metadata services, carrier-grade NAT, unique local, multicast, documentation, and IPv4 within IPv6.
 */
export function isPrivateAddress(text: string): boolean {
  const address = canonicalAddress(text)
  if (isIP(address) === 0) return true
  const groups = ipv6Groups(address)
  // RFC 6052 §2.1: behind 64:ff9b::/96 stands an IPv4 address, reached through a translator.
  if (groups?.[0] === 0x64 && groups[1] === 0xff9b && groups.slice(2, 6).every(group => group === 0)) {
    return isPrivateAddress(embeddedIpv4(groups))
  }
  return NOT_GLOBAL.has(address)
}

/** What failures are counted by: an IPv4 address, or the /64 that one IPv6 customer has at least (`2001:db8:0:1::/64`). */
export function throttlePrefix(text: string): string {
  const address = canonicalAddress(text)
  const groups = ipv6Groups(address)
  if (groups === undefined) return address
  const network = groups.slice(0, 4).map(group => group.toString(16))
  return `${network.join(':')}::/64`
}

interface Range {
  readonly address: string
  readonly prefix: number
  readonly family: 'ipv4' | 'ipv6'
}

function parseRange(text: string): Range | undefined {
  const [, address = '', prefix] = RANGE.exec(text) ?? []
  const version = isIP(address)
  if (version === 0) return undefined
  const bits = version === 4 ? 32 : 128
  const length = prefix === undefined ? bits : Number(prefix)
  return length > bits ? undefined : { address, prefix: length, family: version === 4 ? 'ipv4' : 'ipv6' }
}

function ipv6Groups(address: string): readonly number[] | undefined {
  if (isIP(address) !== 6) return undefined
  const [head = '', tail] = address.split('::')
  const before = groupsOf(head)
  if (tail === undefined) return before
  const after = groupsOf(tail)
  return [...before, ...new Array<number>(8 - before.length - after.length).fill(0), ...after]
}

function groupsOf(text: string): readonly number[] {
  if (text === '') return []
  return text.split(':').flatMap(group => {
    if (!group.includes('.')) return [Number.parseInt(group, 16)]
    const [a = 0, b = 0, c = 0, d = 0] = group.split('.').map(Number)
    return [a * 256 + b, c * 256 + d]
  })
}

function embeddedIpv4(groups: readonly number[]): string {
  return [groups[6] ?? 0, groups[7] ?? 0].flatMap(group => [group >> 8, group & 255]).join('.')
}

// Below the functions that build it.
const NOT_GLOBAL = createAddressList([
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
  // Unspecified, loopback, and the IPv4-compatible addresses of old.
  '::/96',
  // RFC 2765 §2.1: translated IPv4.
  '::ffff:0:0:0/96',
  '64:ff9b:1::/48',
  '100::/64',
  // Protocol assignments, Teredo among them.
  '2001::/23',
  '2001:db8::/32',
  // 6to4 carries any IPv4 address.
  '2002::/16',
  '3fff::/20',
  '5f00::/16',
  'fc00::/7',
  'fe80::/9',
  'ff00::/8',
])
