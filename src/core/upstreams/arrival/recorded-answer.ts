/** The answer of a sign-in that failed, for an administrator who tries a repaired mapping on it. Never for a session. */

import type { TraceCode } from '../../audit/audit-event.ts'
import type { KeySealer } from '../../keys/key-sealer.ts'
import { type AttemptRepository, attemptContext, type UpstreamAnswer } from '../attempt.ts'
import type { AttemptId } from '../attempt-id.ts'
import type { ClaimSources } from '../mapping/mapping.ts'
import type { Upstream } from '../upstream.ts'

export type RecordedAnswer =
  /** Claims only: no token leaves the box. */
  | { readonly kind: 'found'; readonly sources: ClaimSources; readonly receivedAt: string }
  /** Never kept, used by a sign-in that succeeded, or kept long enough (`broker.keep_failed_answers`). */
  | { readonly kind: 'gone' }
  | { readonly kind: 'of-another-upstream' }

export interface RecordedAnswerPorts {
  readonly attempts: Pick<AttemptRepository, 'findByTraceCode'>
  readonly sealer: Pick<KeySealer, 'open'>
  readonly now: Date
}

export async function openRecordedAnswer(
  code: TraceCode,
  { uid }: Pick<Upstream, 'uid'>,
  { attempts, sealer, now }: RecordedAnswerPorts,
): Promise<RecordedAnswer> {
  const attempt = await attempts.findByTraceCode(code)
  // The row may wait for its deletion; what is in it counts no more.
  if (attempt?.sealedAnswer === undefined || attempt.expiresAt <= now) return { kind: 'gone' }
  if (attempt.upstreamUid !== uid) return { kind: 'of-another-upstream' }
  const { sources, receivedAt } = openAnswer(attempt.sealedAnswer, attempt.id, sealer)
  return { kind: 'found', sources, receivedAt }
}

/** Nobody needs the tokens of a sign-in that failed, so they are not kept. */
export function sealRecordedAnswer(
  { sources, receivedAt }: UpstreamAnswer,
  id: AttemptId,
  sealer: Pick<KeySealer, 'seal'>,
): Uint8Array {
  return sealer.seal(Buffer.from(JSON.stringify({ sources, receivedAt } satisfies UpstreamAnswer)), attemptContext(id))
}

export function openAnswer(sealed: Uint8Array, id: AttemptId, sealer: Pick<KeySealer, 'open'>): UpstreamAnswer {
  return JSON.parse(sealer.open(Buffer.from(sealed), attemptContext(id)).toString('utf8')) as UpstreamAnswer
}
