/** Whose request it is: the peer of the connection, or whom a trusted proxy names in X-Forwarded-For. Nobody else is believed. */

import type { IncomingHttpHeaders } from 'node:http'
import { isIP, type Socket } from 'node:net'
import { type AddressList, canonicalAddress } from '../lib/addresses.ts'

export interface Origin {
  readonly address: string
  /** The connection comes from a trusted proxy. */
  readonly isProxied: boolean
  /** Forwarding headers came along from a peer that is no trusted proxy. */
  readonly isUnverifiedForward: boolean
}

export type FindOrigin = (socket: Socket, headers: IncomingHttpHeaders) => Origin

interface Peer {
  readonly direct: Origin
  readonly unverified: Origin
  readonly isTrusted: boolean
}

/** What is known of a peer is kept with its connection: many requests come over one. */
export function createOriginFinder(trustedProxies: AddressList): FindOrigin {
  const peers = new WeakMap<Socket, Peer>()
  return (socket, headers) => {
    let peer = peers.get(socket)
    if (peer === undefined) {
      peer = meet(socket.remoteAddress ?? '', trustedProxies)
      peers.set(socket, peer)
    }
    if (!peer.isTrusted) return isForwarded(headers) ? peer.unverified : peer.direct
    const forwardedFor = headers['x-forwarded-for']
    if (typeof forwardedFor !== 'string') return peer.direct
    return { ...peer.direct, address: walkBack(peer.direct.address, forwardedFor, trustedProxies) }
  }
}

function meet(remoteAddress: string, trustedProxies: AddressList): Peer {
  const address = canonicalAddress(remoteAddress)
  const isTrusted = !trustedProxies.isEmpty && trustedProxies.has(address)
  const direct = { address, isProxied: isTrusted, isUnverifiedForward: false }
  return { direct, unverified: { ...direct, isUnverifiedForward: true }, isTrusted }
}

function isForwarded(headers: IncomingHttpHeaders): boolean {
  return (
    headers['x-forwarded-for'] !== undefined ||
    headers.forwarded !== undefined ||
    headers['x-real-ip'] !== undefined ||
    headers['x-forwarded-host'] !== undefined ||
    headers['x-forwarded-proto'] !== undefined ||
    headers.via !== undefined
  )
}

// Each proxy appends the address it saw, so the list is read from the right, and only as far as proxies of ours wrote it.
function walkBack(peer: string, forwardedFor: string, trustedProxies: AddressList): string {
  let address = peer
  const named = forwardedFor.split(',')
  while (named.length > 0 && trustedProxies.has(address)) {
    const next = addressWithoutPort(named.pop()?.trim() ?? '')
    if (next === undefined) break
    address = next
  }
  return address
}

// Some proxies write `192.0.2.1:4711` and `[2001:db8::1]:4711`.
function addressWithoutPort(text: string): string | undefined {
  const bracketed = /^\[([^\]]+)\](?::\d+)?$/.exec(text)?.[1]
  const address = canonicalAddress(bracketed ?? text.replace(/^([\d.]+):\d+$/, '$1'))
  return isIP(address) === 0 ? undefined : address
}
