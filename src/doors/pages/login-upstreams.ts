/** The ways past the sign-in form: a link for each upstream that people may choose, and the domain of the address that they type. */

import type { Flow } from '../../core/flow/flow.ts'
import {
  sendsByAddress,
  upstreamOfAddress,
  visibleUpstreams,
} from '../../core/upstreams/setting-out/usable-upstreams.ts'
import { upstreamName } from '../../core/upstreams/upstream.ts'
import type { Reply } from '../../http/endpoint.ts'
import { redirectReply } from '../../http/replies.ts'
import { encodeParams, type Params } from '../../spec/params.ts'
import type { PagesPorts } from './ports.ts'
import type { ShownUpstream } from './views/login.ts'

export interface LoginUpstreams {
  readonly upstreams: readonly ShownUpstream[]
  /** Whoever types an address of some domain needs no password here. */
  readonly passwordOptional: boolean
}

/** Where a password has to be given to us, signing in elsewhere is no answer; an account that is to be linked is proven there as well. */
function leadsElsewhere({ purpose, upstream, pendingLink }: Flow): boolean {
  if (purpose.kind === 'link-identity' || upstream?.at === 'post-login') return false
  return upstream?.at !== 'linking' || pendingLink !== undefined
}

/** `switches`: the person wants to go on as somebody else, so the upstream asks who. */
export async function loginUpstreams(flow: Flow, switches: boolean, ports: PagesPorts): Promise<LoginUpstreams> {
  if (!leadsElsewhere(flow)) return { upstreams: [], passwordOptional: false }
  const { pendingLink } = flow
  const waiting = pendingLink && (await ports.repositories.attempts.find(pendingLink.attemptId))
  const upstreams = (await ports.repositories.upstreams.list()).filter(({ uid }) => uid !== waiting?.upstreamUid)
  return {
    upstreams: visibleUpstreams(upstreams).map(upstream => ({
      alias: upstream.alias,
      name: upstreamName(upstream),
      logoUrl: upstream.logoUri,
      href: upstreamUrl(upstream.alias, flow, switches ? [['switch', 'yes']] : [], ports),
    })),
    passwordOptional: sendsByAddress(upstreams),
  }
}

/** RFC 5321 §4.5.3.1.3, without the brackets. */
const MAX_ADDRESS_LENGTH = 254

/** `email_domains`: an address and no password. With a password it is checked as always, so that nobody is locked out by a domain. */
export async function sendByAddress(flow: Flow, params: Params, ports: PagesPorts): Promise<Reply | undefined> {
  const username = params.get('username')?.trim()
  if (username === undefined || username.length > MAX_ADDRESS_LENGTH) return undefined
  if (params.get('password') !== undefined || !leadsElsewhere(flow)) return undefined
  const upstream = upstreamOfAddress(username, await ports.repositories.upstreams.list())
  return upstream && redirectReply(upstreamUrl(upstream.alias, flow, [['login_hint', username]], ports))
}

/** The name of the upstream whose sign-in the person broke off (`cancelled=ALIAS`). */
export async function cancelledUpstream(params: Params, ports: PagesPorts): Promise<string | undefined> {
  const alias = params.get('cancelled')
  const upstream = alias === undefined ? undefined : await ports.repositories.upstreams.findByAlias(alias)
  return upstream && upstreamName(upstream)
}

export function upstreamUrl(
  alias: string,
  { id }: Pick<Flow, 'id'>,
  further: readonly (readonly [string, string])[],
  { issuer }: Pick<PagesPorts, 'issuer'>,
): string {
  return `${issuer}/broker/${alias}/login?${encodeParams([['flow', id], ...further])}`
}
