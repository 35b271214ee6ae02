/** Telling an upstream that somebody signed out, as a delivery. */

import type { Refusal } from '../../../spec/refusal.ts'
import type { JsonObject } from '../../clients/client.ts'
import type { Carried, Carrier } from '../../deliveries/deliveries.ts'
import type { RelyingParty } from '../relying-party.ts'
import type { UpstreamRepository } from '../upstream-repository.ts'
import { readLogoutNotice } from './logout-notice.ts'

export interface LogoutCarrierPorts {
  readonly relyingParty: Pick<RelyingParty, 'callLogout'>
  readonly upstreams: Pick<UpstreamRepository, 'find'>
}

export function logoutCarrier({ relyingParty, upstreams }: LogoutCarrierPorts): Carrier {
  return {
    kind: 'upstream-logout',
    carry: async (content: JsonObject): Promise<Carried> => {
      const { upstreamUid, call } = readLogoutNotice(content)
      const upstream = await upstreams.find(upstreamUid)
      if (upstream === undefined) return { kind: 'given-up', result: 'the upstream was deleted' }
      if (!upstream.enabled) return { kind: 'given-up', result: 'the upstream is switched off' }
      const refusal = await relyingParty.callLogout(upstream, call)
      if (refusal === undefined) return { kind: 'delivered', result: 'the upstream took it' }
      return { kind: isFinal(refusal) ? 'given-up' : 'again', result: resultOf(refusal) }
    },
  }
}

/** RFC 9110 §15.5, §15.4: who says no or points elsewhere now does so later, but for "not now"; and a token that is missing stays so. */
function isFinal({ facts: { status, missing } }: Refusal): boolean {
  if (missing !== undefined) return true
  return typeof status === 'number' && status >= 300 && status < 500 && ![408, 425, 429].includes(status)
}

function resultOf({ description, facts: { status, detail } }: Refusal): string {
  const seen = typeof status === 'number' ? `status ${status}` : detail
  return typeof seen === 'string' ? `${description}: ${seen}` : description
}
