/** People on their way home from an upstream: the flow and its answer put straight into the database, so that no upstream is needed. */

import assert from 'node:assert/strict'
import type { Account } from '../../src/core/accounts/account.ts'
import { newTraceCode } from '../../src/core/audit/trace-code.ts'
import type { Client, JsonObject } from '../../src/core/clients/client.ts'
import type { Flow, FlowId, FlowPurpose, UpstreamProgress } from '../../src/core/flow/flow.ts'
import { sealFlowCookie } from '../../src/core/flow/flow-handles.ts'
import { nextVersion, startFlow } from '../../src/core/flow/steps.ts'
import {
  type Attempt,
  type AttemptTerms,
  attemptContext,
  type UpstreamAnswer,
} from '../../src/core/upstreams/attempt.ts'
import type { Identity } from '../../src/core/upstreams/identity.ts'
import type { Upstream } from '../../src/core/upstreams/upstream.ts'
import { addSeconds } from '../../src/lib/clock.ts'
import { parseId } from '../../src/lib/id.ts'
import { anAttempt, anIdentity, random } from './builders.ts'
import { authorizePath } from './hand-app.ts'
import { type HandBrowser, type Landing, shown } from './hand-browser.ts'
import type { RunningApp } from './running-app.ts'

export interface Claims extends JsonObject {
  readonly sub: string
}

/** As an app's request begins: at our sign-in page, with a flow. */
export async function setOut(
  app: RunningApp,
  browser: HandBrowser,
  client: Client,
  changes: Readonly<Record<string, string>> = {},
): Promise<Flow> {
  const page = shown(await browser.open(authorizePath(client, changes)), '/login')
  return flowOf(app, page.url.searchParams.get('flow') ?? '')
}

/** A flow of this browser that no page begins. */
export async function plantFlow(app: RunningApp, browser: HandBrowser, purpose: FlowPurpose): Promise<Flow> {
  const now = new Date()
  const id = anAttempt().flowId
  const flow = startFlow({ id, traceCode: newTraceCode(random), purpose, now, expiresAt: addSeconds(now, 600) })
  await app.house.repositories.commit([app.house.repositories.flows.insert(flow)])
  browser.cookies.set(`sallyport-flow-${flow.id}`, sealFlowCookie(app.keys.handles, flow.id))
  return flow
}

export async function flowOf(app: RunningApp, id: string): Promise<Flow> {
  const flow = await app.house.repositories.flows.find(parseId<'flow'>(id) as FlowId)
  assert.ok(flow, 'the flow is there')
  return flow
}

/** The upstream has answered: the attempt holds what it said, and the flow waits at `/arrive`. */
export async function answerWith(
  app: RunningApp,
  { id }: Pick<Flow, 'id'>,
  upstream: Upstream,
  claims: Claims,
  more: Partial<UpstreamAnswer> = {},
  terms: Partial<AttemptTerms> = {},
): Promise<Attempt> {
  const { attempts, flows, commit } = app.house.repositories
  const now = new Date()
  const flow = await flowOf(app, id)
  const waiting = anAttempt({
    flowId: flow.id,
    upstreamUid: upstream.uid,
    traceCode: flow.traceCode,
    state: 'answered',
    terms: { ...anAttempt().terms, ...terms },
    createdAt: now,
    expiresAt: addSeconds(now, 600),
  })
  const answer: UpstreamAnswer = {
    sources: { id_token: claims, token_response: { token_type: 'Bearer', scope: 'openid' } },
    idToken: 'an.id.token',
    accessToken: 'an access token',
    refreshToken: 'a refresh token',
    receivedAt: now.toISOString(),
    ...more,
  }
  const sealedAnswer = app.keys.sealer.seal(Buffer.from(JSON.stringify(answer)), attemptContext(waiting.id))
  const attempt = { ...waiting, sealedAnswer }
  const progress: UpstreamProgress = { at: 'answered', attemptId: attempt.id }
  const next = nextVersion({ ...flow, upstream: progress })
  assert.ok((await commit([attempts.insert(attempt), flows.advance(next)])).committed)
  return attempt
}

export function arriveAt(browser: HandBrowser, { id }: Pick<Flow, 'id'>): Promise<Landing> {
  return browser.open(`/arrive?flow=${id}`)
}

/** From the app to the page that follows the upstream's answer. */
export async function comeBack(
  app: RunningApp,
  browser: HandBrowser,
  client: Client,
  upstream: Upstream,
  claims: Claims,
  more: Partial<UpstreamAnswer> = {},
): Promise<{ readonly flow: Flow; readonly attempt: Attempt; readonly landing: Landing }> {
  const flow = await setOut(app, browser, client)
  const attempt = await answerWith(app, flow, upstream, claims, more)
  return { flow, attempt, landing: await arriveAt(browser, flow) }
}

export async function linkTo(
  app: RunningApp,
  account: Account,
  upstream: Upstream,
  subject: string,
): Promise<Identity> {
  const identity = anIdentity({ upstreamUid: upstream.uid, subject, accountId: account.id })
  const { identities, commit } = app.house.repositories
  assert.ok((await commit([identities.link(identity)])).committed)
  return identity
}

export function identitiesOf(app: RunningApp, account: Pick<Account, 'id'>): Promise<readonly Identity[]> {
  return app.house.repositories.identities.listOfAccount(account.id)
}

/** Whose identity it is. */
export async function ownerOf(app: RunningApp, upstream: Upstream, subject: string): Promise<Account | undefined> {
  const { identities, accounts } = app.house.repositories
  const identity = await identities.find(upstream.uid, subject)
  return identity && accounts.find(identity.accountId)
}
