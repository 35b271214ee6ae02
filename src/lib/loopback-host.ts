/** Hosts that never leave the machine: plain http is allowed there and nowhere else. */

import { BlockList, isIP } from 'node:net'

const loopback = new BlockList()
loopback.addSubnet('127.0.0.0', 8, 'ipv4')
loopback.addAddress('::1', 'ipv6')

/** `host` as `URL.hostname` has it: IPv6 in brackets. */
export function isLoopbackHost(host: string): boolean {
  const name = host.replace(/^\[|\]$/g, '')
  // RFC 6761 §6.3: localhost and all names below it are loopback.
  if (name === 'localhost' || name.endsWith('.localhost')) return true
  const version = isIP(name)
  return version !== 0 && loopback.check(name, version === 4 ? 'ipv4' : 'ipv6')
}
