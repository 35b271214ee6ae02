/** The answer of an upstream, once nobody else can bring it: checked, kept sealed, and the flow goes on with it. */

import type { Flow } from '../../core/flow/flow.ts'
import { traced } from '../../core/flow/steps.ts'
import { sealRecordedAnswer } from '../../core/upstreams/arrival/recorded-answer.ts'
import { type Attempt, attemptContext, type UpstreamAnswer } from '../../core/upstreams/attempt.ts'
import type { TraceLine } from '../../core/upstreams/relying-party.ts'
import type { Upstream } from '../../core/upstreams/upstream.ts'
import type { HttpRequest, Reply } from '../../http/endpoint.ts'
import { redirectReply, withTraceCode } from '../../http/replies.ts'
import { addSeconds } from '../../lib/clock.ts'
import type { Params } from '../../spec/params.ts'
import type { Refusal } from '../../spec/refusal.ts'
import { advanceFlow } from './advance-flow.ts'
import { arriveUrl, checkEnabled, loginUrl } from './broker-visit.ts'
import type { BrokerPorts } from './ports.ts'
import { refusalEvent, upstreamErrorPage } from './refuse-sign-in.ts'
import { silentlyFailed } from './silent-failure.ts'

export interface Returning {
  readonly attempt: Attempt
  readonly flow: Flow
  readonly upstream: Upstream
  /** The authorization response. */
  readonly response: Params
}

export async function receiveAnswer(returning: Returning, request: HttpRequest, ports: BrokerPorts): Promise<Reply> {
  const { attempt, flow, upstream, response } = returning
  const disabled = checkEnabled(upstream)
  const { lines, answer, refusal } =
    disabled === undefined
      ? await ports.upstreams.relyingParty.receive(upstream, attempt, response)
      : { lines: [refusedLine(disabled)], answer: undefined, refusal: disabled }
  if (refusal !== undefined) return failed(returning, { lines, answer, refusal }, request, ports)
  if (answer === undefined) throw new Error(`${upstream.alias} gave neither an answer nor a refusal`)
  const answered: Attempt = {
    ...attempt,
    state: 'answered',
    sealedAnswer: sealAnswer(answer, attempt, ports),
    expiresAt: flow.expiresAt,
  }
  const write = ports.repositories.attempts.advance(answered, 'claimed')
  const step = (current: Flow): Flow => ({
    ...withLines(current, lines, ports),
    upstream: { at: 'answered', attemptId: attempt.id },
  })
  const stored = await advanceFlow(flow, step, [write], request, ports)
  return redirectReply(stored ? arriveUrl(flow, ports) : loginUrl(flow, ports))
}

function refusedLine({ rule, facts }: Refusal): TraceLine {
  return { step: 'authorization-response', outcome: 'refused', rule, facts }
}

interface Failure {
  readonly lines: readonly TraceLine[]
  readonly answer: UpstreamAnswer | undefined
  readonly refusal: Refusal
}

async function failed(
  returning: Returning,
  { lines, answer, refusal }: Failure,
  request: HttpRequest,
  ports: BrokerPorts,
): Promise<Reply> {
  const { attempt, flow, upstream, response } = returning
  const { keepFailedAnswerSeconds } = ports.upstreams
  const kept = answer !== undefined && keepFailedAnswerSeconds > 0
  const failedAttempt: Attempt = {
    ...attempt,
    state: 'failed',
    ...(kept ? { sealedAnswer: sealRecordedAnswer(answer, attempt.id, ports.upstreams.sealer) } : {}),
    expiresAt: kept ? addSeconds(ports.clock.now(), keepFailedAnswerSeconds) : attempt.expiresAt,
  }
  const step = (current: Flow): Flow => {
    const told = withLines(current, lines, ports)
    return attempt.terms.silent ? silentlyFailed(told, attempt.id, refusal) : backFrom(told, attempt)
  }
  const event = refusalEvent(refusal, flow, upstream, request, ports)
  // What is written down counts even when two tabs race for the flow, so it does not hang on the flow's version.
  await ports.journal.commit([ports.repositories.attempts.advance(failedAttempt, 'claimed'), event])
  await advanceFlow(flow, step, [], request, ports)
  if (attempt.terms.silent) return redirectReply(arriveUrl(flow, ports))
  // RFC 6749 §4.1.2.1 access_denied: the person changed their mind there, so they choose again here.
  const changedTheirMind = refusal.error === 'access_denied' && response.get('error') === 'access_denied'
  if (changedTheirMind && flow.purpose.kind !== 'link-identity')
    return redirectReply(`${loginUrl(flow, ports)}&cancelled=${encodeURIComponent(upstream.alias)}`)
  return withTraceCode(upstreamErrorPage(flow, upstream, request, ports), flow.traceCode)
}

/** The person is not away any more; unless another tab of the same flow is on its own way. */
function backFrom(flow: Flow, { id }: Attempt): Flow {
  if (flow.upstream?.attemptId !== id) return flow
  const { upstream: _away, ...back } = flow
  return back
}

function withLines(flow: Flow, lines: readonly TraceLine[], ports: BrokerPorts): Flow {
  const now = ports.clock.now()
  return lines.reduce((current, line) => traced(current, now, line), flow)
}

function sealAnswer(answer: UpstreamAnswer, { id }: Attempt, { upstreams }: BrokerPorts): Uint8Array {
  return upstreams.sealer.seal(Buffer.from(JSON.stringify(answer)), attemptContext(id))
}
