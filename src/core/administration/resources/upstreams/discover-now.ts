/** Reads the discovery document of an upstream while its administrator looks on; not reaching it is a warning, for it may come up later. */

import { type Facts, isRefusal } from '../../../../spec/refusal.ts'
import type { Upstream } from '../../../upstreams/upstream.ts'
import type { Acting } from '../../ports.ts'
import type { Afterwards } from '../../resource.ts'
import { upstreamDocument } from './upstream-document.ts'

/** What was found is stored already. */
export async function discoverNow(upstream: Upstream, acting: Acting): Promise<Afterwards> {
  const found = await (await acting.openRelyingParty()).refreshMetadata(upstream)
  if (isRefusal(found)) {
    const problem = `${found.description}${problemOf(found.facts)}`
    const again = `it is asked again at the first sign-in; sallyport upstream test ${upstream.alias} asks it now.`
    return {
      after: await upstreamDocument(upstream, acting),
      warnings: [`${upstream.discoveryUri} was not taken: ${problem}.`, again],
    }
  }
  return { after: await upstreamDocument(found, acting), warnings: mismatches(found) }
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
