/**
 * Tells apps what a person decided (CIBA Core §10.2 ping, §10.3 push). What is due stands in the database: a node that dies over it leaves
 * it to the next attempt, and two nodes never send the same at once.
 */

import { addSeconds, type Clock } from '../../lib/clock.ts'
import type { GuardedFetch, OutboundAnswer, OutboundRefusal } from '../../lib/guarded-fetch.ts'
import { isRefusal, type Refusal, refuse } from '../../spec/refusal.ts'
import type { Journal } from '../audit/journal.ts'
import type { Client } from '../clients/client.ts'
import { checkStillOpen } from '../policies/check-still-open.ts'
import type { Repositories } from '../repositories.ts'
import { issueTokens } from '../tokens/issue-tokens.ts'
import type { TokenPorts } from '../tokens/ports.ts'
import { CannotProtect } from '../tokens/protect.ts'
import { decideCollection } from './decide-collection.ts'
import type { DeferredGrant } from './deferred-grant.ts'
import { sealDeferred } from './deferred-handles.ts'
import { openNotificationToken } from './notification-token.ts'

export interface NotifyPorts extends TokenPorts {
  readonly repositories: Pick<Repositories, 'clients' | 'grants' | 'deferredGrants' | 'policies'>
  readonly journal: Journal
  readonly fetch: GuardedFetch
  readonly clock: Clock
}

export interface ClientNotifier {
  /** All that is due; resolves when every app has answered or did not. */
  notifyDue(signal?: AbortSignal): Promise<void>
}

/** Longer than an answer may take, so that nobody sends again while the app still thinks. */
const RETRY_SECONDS = 20
const BATCH = 50
const ADDRESS = 'server'

export function createClientNotifier(ports: NotifyPorts): ClientNotifier {
  return {
    async notifyDue(signal) {
      const due = await ports.repositories.deferredGrants.listToNotify(ports.clock.now(), BATCH)
      if (signal?.aborted === true) return
      await Promise.all(due.map(deferred => notify(deferred, ports)))
    },
  }
}

async function notify(deferred: DeferredGrant, ports: NotifyPorts): Promise<void> {
  const { deferredGrants, clients } = ports.repositories
  const now = ports.clock.now()
  const nextAt = addSeconds(now, RETRY_SECONDS)
  const claimed = await ports.journal.commit([deferredGrants.claimNotification(deferred, nextAt)])
  if (!claimed.committed) return
  const client = await clients.find(deferred.clientUid)
  const told = client === undefined ? gone() : await tell(deferred, client, now, ports)
  if (isRefusal(told)) {
    ports.journal.recordRefusal('backchannel-notification.refused', told, aboutNotification(deferred))
    // CIBA Core §10.2: what a 4xx needs is an administrator, not another attempt; after its time nobody waits for it.
    const again = told.error === 'temporarily_unavailable' && nextAt < deferred.expiresAt
    if (!again) await ports.journal.commit([deferredGrants.notified(deferred.id)])
    return
  }
  const event = ports.journal.record('backchannel-notification.sent', {
    ...aboutNotification(deferred),
    detail: { mode: deferred.terms.delivery ?? 'ping', state: deferred.state },
  })
  await ports.journal.commit([deferredGrants.notified(deferred.id), event])
}

async function tell(
  deferred: DeferredGrant,
  client: Client,
  now: Date,
  ports: NotifyPorts,
): Promise<Refusal | undefined> {
  const endpoint = client.backchannelClientNotificationEndpoint
  const { notificationToken } = deferred.terms
  if (client.disabledAt !== undefined || endpoint === undefined || notificationToken === undefined) return gone()
  const auth_req_id = sealDeferred(ports.keys.handles, deferred)
  const body = deferred.terms.delivery === 'push' ? await pushed(auth_req_id, deferred, client, now, ports) : {}
  const answer = await ports.fetch({
    url: endpoint,
    method: 'POST',
    headers: {
      // CIBA Core §10.2: the client knows by it that it is us.
      authorization: `Bearer ${openNotificationToken(ports.keys.sealer, deferred.id, notificationToken)}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify({ auth_req_id, ...body }),
  })
  return refusalOf(answer, endpoint)
}

/** CIBA Core §10.3.1, §12: the tokens, or what became of them. */
async function pushed(
  authReqId: string,
  deferred: DeferredGrant,
  client: Client,
  now: Date,
  ports: NotifyPorts,
): Promise<object> {
  if (deferred.state === 'denied' || deferred.grantId === undefined)
    return { error: 'access_denied', error_description: 'the person denied the request' }
  const { grants, policies } = ports.repositories
  const collection = decideCollection(await grants.find(deferred.grantId), client)
  if (isRefusal(collection)) return { error: 'transaction_failed', error_description: collection.description }
  const { grant, account, scopes } = collection
  const closed = await checkStillOpen({ client, account, grant }, policies)
  if (closed !== undefined) return { error: 'transaction_failed', error_description: closed.description }
  if (grant.redeemedAt === undefined) {
    const event = ports.journal.record('token.issued', {
      ...aboutNotification(deferred),
      accountId: account.id,
      detail: { grant_type: 'push', scopes },
    })
    await ports.journal.commit([grants.redeem(grant.id, now), event])
    // The app has used what an earlier attempt brought: it would take an old refresh token for its newest.
  } else if (grant.generation > 1) {
    return { error: 'transaction_failed', error_description: 'the tokens were already delivered' }
  }
  try {
    const issue = { client, account, grant, scopes, generation: 1, nonce: undefined, pushedFor: authReqId, now }
    return await issueTokens(issue, ports)
  } catch (error) {
    // The client's key set is out of reach: nothing is sent with less protection than it registered.
    if (!(error instanceof CannotProtect)) throw error
    return { error: 'transaction_failed', error_description: error.refusal.description }
  }
}

function aboutNotification({ clientUid, accountId, terms }: DeferredGrant) {
  return {
    clientUid,
    ...(accountId === undefined ? {} : { accountId }),
    address: ADDRESS,
    traceCode: terms.traceCode,
  }
}

function refusalOf(answer: OutboundAnswer | OutboundRefusal, endpoint: string): Refusal | undefined {
  const host = URL.parse(endpoint)?.host ?? null
  const rule = 'CIBA Core §10.2 the notification endpoint answers 204 (backchannel_client_notification_endpoint)'
  if (answer.kind === 'refused') {
    const { reason, detail } = answer
    const isForGood = reason === 'bad-url' || reason === 'not-https' || reason === 'private-address'
    const error = isForGood ? 'transaction_failed' : 'temporarily_unavailable'
    return refuse(error, 'the notification endpoint cannot be reached', rule, { host, reason, detail })
  }
  const { status } = answer
  if (status >= 200 && status < 300) return undefined
  const mayPass = status >= 500 || status === 429 || status === 408
  return refuse(mayPass ? 'temporarily_unavailable' : 'transaction_failed', 'the notification endpoint refused', rule, {
    host,
    status,
  })
}

function gone(): Refusal {
  return refuse(
    'transaction_failed',
    'there is nobody to tell',
    'CIBA Core §10.2 the client has a notification endpoint',
  )
}
