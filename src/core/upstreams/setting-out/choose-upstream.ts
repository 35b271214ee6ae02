/** Whether somebody who has to sign in goes to an upstream at once, and to which: hint, then address, then default. Pure, with reasons. */

import { type Params, printable } from '../../../spec/params.ts'
import type { TraceLine } from '../relying-party.ts'
import type { Upstream } from '../upstream.ts'
import { isUsable, upstreamOfAddress } from './usable-upstreams.ts'

export interface Preferences {
  /** What the app asks for. */
  readonly hint?: string | undefined
  /** OIDC Core §3.1.2.1: an e-mail address names a domain. */
  readonly loginHint?: string | undefined
  /** `broker.default`. */
  readonly defaultAlias?: string | undefined
}

export interface Choice {
  /** Nothing: the sign-in page is shown. */
  readonly upstream?: Upstream
  /** For the trace: what decided, and what was asked for and could not be. */
  readonly lines: readonly TraceLine[]
}

/** `idp_hint`, or as apps of Keycloak say it. */
export function hintOf(params: Pick<Params, 'get'>): string | undefined {
  return params.get('idp_hint') ?? params.get('kc_idp_hint')
}

export function chooseUpstream(
  upstreams: readonly Upstream[],
  { hint, loginHint, defaultAlias }: Preferences,
  mayReach: (upstream: Upstream) => boolean = () => true,
): Choice {
  const lines: TraceLine[] = []
  const named = (alias: string | undefined, what: 'idp_hint' | 'broker.default'): Upstream | undefined => {
    if (alias === undefined) return undefined
    const upstream = upstreams.find(other => other.alias === alias)
    if (upstream !== undefined && isUsable(upstream)) return upstream
    lines.push(ignored(`${what} names an upstream that people may sign in through`, alias, reasonOf(upstream)))
    return undefined
  }
  const hinted = named(hint, 'idp_hint')
  if (hinted !== undefined)
    return { upstream: hinted, lines: [...lines, chosen('idp_hint names the upstream', hinted)] }
  const ofAddress = loginHint === undefined ? undefined : upstreamOfAddress(loginHint, upstreams)
  const standard = ofAddress === undefined ? named(defaultAlias, 'broker.default') : undefined
  const upstream = ofAddress ?? standard
  if (upstream === undefined) return { lines }
  // The app asks for more than a sign-in there can be worth: the page offers what can.
  if (!mayReach(upstream)) {
    const rule = 'RFC 9470 §5 a sign-in through the upstream can be as strong as the app asks for'
    return { lines: [...lines, ignored(rule, upstream.alias, 'amr')] }
  }
  const rule = ofAddress === undefined ? 'broker.default' : 'email_domains has the domain of login_hint'
  return { upstream, lines: [...lines, chosen(rule, upstream)] }
}

function reasonOf(upstream: Upstream | undefined): string {
  if (upstream === undefined) return 'unknown'
  return upstream.enabled ? 'link_only' : 'disabled'
}

/** Nothing is refused by it: the person is shown the sign-in page. */
function ignored(rule: string, alias: string, reason: string): TraceLine {
  return { step: 'choose-upstream', outcome: 'shown', rule, facts: { ignored: printable(alias), reason } }
}

function chosen(rule: string, { alias }: Upstream): TraceLine {
  return { step: 'choose-upstream', outcome: 'shown', rule, facts: { upstream: alias } }
}
