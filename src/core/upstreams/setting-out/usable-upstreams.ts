/** Which upstreams people may sign in through, and which of them they see. Pure. */

import type { WayToSignIn } from '../../authentication/acr.ts'
import { PASSWORD_AMR } from '../../authentication/sign-in-methods.ts'
import type { Upstream } from '../upstream.ts'

/** `link_only`: nobody signs in through it; it is linked on the account page. */
export function isUsable({ enabled, linkOnly }: Pick<Upstream, 'enabled' | 'linkOnly'>): boolean {
  return enabled && !linkOnly
}

/** `broker.default`: why nobody is sent there, where that is so. */
export function problemOfDefault(alias: string | undefined, upstreams: readonly Upstream[]): string | undefined {
  const upstream = upstreams.find(other => other.alias === alias)
  if (alias === undefined || (upstream !== undefined && isUsable(upstream))) return undefined
  const why =
    upstream === undefined ? 'which does not exist' : `which is ${upstream.enabled ? 'link_only' : 'disabled'}`
  return `broker.default in the settings names ${alias}, ${why}: people see the sign-in page`
}

/** On the sign-in page, in the order of the list. */
export function visibleUpstreams(upstreams: readonly Upstream[]): readonly Upstream[] {
  return upstreams.filter(upstream => isUsable(upstream) && !upstream.hideOnLogin)
}

/** `email_domains`: whoever has such an address signs in there. */
export function upstreamOfAddress(address: string, upstreams: readonly Upstream[]): Upstream | undefined {
  const at = address.lastIndexOf('@')
  if (at <= 0) return undefined
  const domain = address
    .slice(at + 1)
    .trim()
    .toLowerCase()
  return upstreams.find(upstream => isUsable(upstream) && upstream.emailDomains.includes(domain))
}

/** Whether the sign-in page may send somebody on who typed an address and no password. */
export function sendsByAddress(upstreams: readonly Upstream[]): boolean {
  return upstreams.some(upstream => isUsable(upstream) && upstream.emailDomains.length > 0)
}

/** RFC 8176: what each way to sign in proves that the sign-in page leads to. */
export function waysToSignIn(upstreams: readonly Upstream[]): readonly WayToSignIn[] {
  const led = upstreams.filter(
    upstream => isUsable(upstream) && (!upstream.hideOnLogin || upstream.emailDomains.length > 0),
  )
  return [PASSWORD_AMR, ...led.map(wayOf)]
}

export function wayOf({ amr, trustAmr, postLogin }: Pick<Upstream, 'amr' | 'trustAmr' | 'postLogin'>): WayToSignIn {
  if (trustAmr) return 'any'
  return postLogin === 'password' ? [...amr, ...PASSWORD_AMR] : amr
}
