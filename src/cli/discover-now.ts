/** Reads the discovery document of an upstream while its administrator looks on; not reaching it is a warning, for it may come up later. */

import type { Config } from '../config/config.ts'
import type { RelyingParty } from '../core/upstreams/relying-party.ts'
import type { Upstream } from '../core/upstreams/upstream.ts'
import type { House } from '../house.ts'
import { type Facts, isRefusal } from '../spec/refusal.ts'
import { printable } from './output.ts'
import type { Terminal } from './terminal.ts'

export async function openUpstreams(house: House, config: Config): Promise<RelyingParty> {
  const { openRelyingParty } = await import('../house.ts')
  return openRelyingParty(config, house, await house.openKeys())
}

/** The upstream with what was found, which is stored already; as it was when nothing was. */
export async function discoverNow(
  house: House,
  config: Config,
  terminal: Terminal,
  upstream: Upstream,
): Promise<Upstream> {
  if (upstream.discoveryUri === undefined) return upstream
  const relyingParty = await openUpstreams(house, config)
  const found = await relyingParty.refreshMetadata(upstream)
  if (isRefusal(found)) {
    const problem = printable(`${found.description}${problemOf(found.facts)}`)
    terminal.warn(`warning: ${upstream.discoveryUri} was not taken: ${problem}.`)
    terminal.warn(
      `warning: it is asked again at the first sign-in; sallyport upstream test ${upstream.alias} asks it now.`,
    )
    return upstream
  }
  for (const warning of mismatches(found)) terminal.warn(`warning: ${printable(warning)}`)
  return found
}

/** What the settings say and the upstream does not speak. */
function mismatches({ clientAuthMethod, discovered, scopes, pkceMethod }: Upstream): readonly string[] {
  const { tokenEndpointAuthMethods: methods, scopes: known, codeChallengeMethods } = discovered ?? {}
  const method = clientAuthMethod === 'client_secret_basic_unencoded' ? 'client_secret_basic' : clientAuthMethod
  const unknown = known === undefined ? [] : scopes.filter(scope => !known.includes(scope))
  const found: readonly (false | string)[] = [
    methods !== undefined &&
      !methods.includes(method) &&
      `the upstream does not list client_auth_method ${method}, but ${methods.join(', ')}.`,
    unknown.length > 0 && `the upstream does not list the scopes ${unknown.join(', ')}.`,
    codeChallengeMethods !== undefined &&
      pkceMethod !== 'off' &&
      !codeChallengeMethods.includes(pkceMethod) &&
      `the upstream does not list pkce_method ${pkceMethod}.`,
  ]
  return found.filter(text => text !== false)
}

function problemOf(facts: Facts): string {
  const texts = Object.entries(facts).flatMap(([name, value]) =>
    typeof value === 'string' ? [`${name}: ${value}`] : [],
  )
  return texts.length === 0 ? '' : ` (${texts.join(', ')})`
}
