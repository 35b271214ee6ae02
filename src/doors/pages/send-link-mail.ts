/** Sends the mail that proves an account: to the address the account has proven, never to one that an upstream names. */

import { aboutFlow } from '../../core/flow/about-flow.ts'
import type { Flow } from '../../core/flow/flow.ts'
import { traced } from '../../core/flow/steps.ts'
import {
  LINK_MAIL_SECONDS,
  linkMailBucket,
  MAIL_RULE,
  maskedAddress,
  sealLinkMail,
  secondsToNextMail,
} from '../../core/upstreams/linking/link-mail.ts'
import { upstreamName } from '../../core/upstreams/upstream.ts'
import type { HttpRequest, Reply } from '../../http/endpoint.ts'
import { addSeconds } from '../../lib/clock.ts'
import { toPage } from './arrival-progress.ts'
import type { OpenLink } from './link-proven.ts'
import { flowFrame } from './page-reply.ts'
import type { PagesPorts } from './ports.ts'
import { showLinkAccount } from './show-link-account.ts'
import { renderLinkMail } from './views/link-mail.ts'

export async function sendLinkMail(
  flow: Flow,
  open: OpenLink,
  request: HttpRequest,
  now: Date,
  ports: PagesPorts,
): Promise<Reply> {
  const { arrival, offer, facts } = open
  const { account } = offer
  const { throttle } = ports.repositories
  const { mailedAt } = flow.pendingLink ?? {}
  const pending = { attemptId: arrival.attempt.id, accountId: account.id }
  const wait = await secondsToNextMail({ ...pending, ...(mailedAt === undefined ? {} : { mailedAt }) }, throttle, now)
  if (wait > 0) return showLinkAccount(flow, open, { kind: 'slow-down', seconds: wait }, request, ports)
  const { email = '' } = account
  const token = sealLinkMail(ports.handles, {
    flowId: flow.id,
    ...pending,
    expiresAt: addSeconds(now, LINK_MAIL_SECONDS),
  })
  const mail = renderLinkMail({
    ...flowFrame(flow, request, ports),
    upstreamName: upstreamName(arrival.upstream),
    label: arrival.patch.label,
    username: account.username,
    href: `${ports.issuer}/link-account/mail?token=${token}`,
    minutes: LINK_MAIL_SECONDS / 60,
  })
  const about = { to: maskedAddress(email), about: 'link-account', upstream: arrival.upstream.alias }
  const { deliveries } = ports.upstreams
  const sent = traced(flow, now, { step: 'linking', outcome: 'shown', rule: 'link_proofs mail', facts: about })
  const { entered } = facts
  const reply = await toPage(
    'link-account',
    { ...sent, pendingLink: { ...pending, mailedAt: now.toISOString(), ...(entered && { entered }) } },
    [
      throttle.addWithin(linkMailBucket(account.id), now, MAIL_RULE),
      deliveries.enqueue({
        kind: 'mail',
        about,
        content: { to: email, ...mail },
        traceCode: flow.traceCode,
        usefulSeconds: LINK_MAIL_SECONDS,
      }),
      ports.journal.record('link-mail.sent', {
        at: now,
        accountId: account.id,
        ...aboutFlow(flow, request),
        detail: { username: account.username, upstream: arrival.upstream.alias },
      }),
    ],
    ports,
  )
  deliveries.soon()
  return reply
}
