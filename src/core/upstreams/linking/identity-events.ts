/** What the audit log keeps of a link, so that it can be undone: `identity.linked` and `identity.unlinked`. Pure. */

import type { Facts } from '../../../spec/refusal.ts'
import type { AuditEvent } from '../../audit/audit-event.ts'
import type { Identity } from '../identity.ts'
import type { Upstream } from '../upstream.ts'

export const LINKED = 'identity.linked'
export const UNLINKED = 'identity.unlinked'

/** The detail of both events. */
export function identityDetail(
  { alias }: Pick<Upstream, 'alias'>,
  { subject, label }: Pick<Identity, 'subject' | 'label'>,
): Facts {
  return { upstream: alias, subject, ...(label === undefined ? {} : { label }) }
}

export interface PastLink {
  readonly act: 'linked' | 'unlinked'
  readonly subject: string
  readonly label?: string
  readonly at: Date
}

/** The last link or unlink of an account at one upstream; events newest first. An upstream made anew under an old alias has no past. */
export function lastLink(
  events: readonly AuditEvent[],
  { alias, createdAt }: Pick<Upstream, 'alias' | 'createdAt'>,
): PastLink | undefined {
  const event = events.find(
    ({ type, detail, at }) => (type === LINKED || type === UNLINKED) && detail.upstream === alias && at >= createdAt,
  )
  if (event === undefined) return undefined
  const { subject, label } = event.detail
  if (typeof subject !== 'string') return undefined
  return {
    act: event.type === LINKED ? 'linked' : 'unlinked',
    subject,
    ...(typeof label === 'string' ? { label } : {}),
    at: event.at,
  }
}
