/** Whoever gets a new way to sign in, or loses one, reads of it where a thief does not look: in a mail to their verified address. */

import type { Account } from '../../core/accounts/account.ts'
import type { Write } from '../../core/unit-of-work.ts'
import { maskedAddress } from '../../core/upstreams/linking/link-mail.ts'
import { type Upstream, upstreamName } from '../../core/upstreams/upstream.ts'
import type { PagesPorts } from './ports.ts'
import type { Locale } from './text/locale.ts'
import { renderWayInMail } from './views/way-in-mail.ts'

const USEFUL_SECONDS = 3 * 86_400

export type WayInMailPorts = Pick<PagesPorts, 'issuer' | 'brandName'> & {
  readonly upstreams: Pick<PagesPorts['upstreams'], 'sendsMail' | 'deliveries'>
}

/** A write for the unit of the change, and `deliveries.soon()` afterwards; none without a mail server, or without an address that was proven. */
export function mailAboutWayIn(
  change: 'added' | 'removed',
  account: Account,
  upstream: Pick<Upstream, 'alias' | 'displayName'>,
  { now, locale }: { readonly now: Date; readonly locale: Locale },
  { issuer, brandName, upstreams: { sendsMail, deliveries } }: WayInMailPorts,
): readonly Write[] {
  const { email, emailVerified, username } = account
  if (!sendsMail || email === undefined || !emailVerified) return []
  const mail = renderWayInMail({
    change,
    locale,
    brandName,
    upstreamName: upstreamName(upstream),
    username,
    at: now,
    accountUrl: `${issuer}/account`,
  })
  return [
    deliveries.enqueue({
      kind: 'mail',
      about: { to: maskedAddress(email), about: `way-in-${change}`, upstream: upstream.alias },
      content: { to: email, ...mail },
      usefulSeconds: USEFUL_SECONDS,
    }),
  ]
}
