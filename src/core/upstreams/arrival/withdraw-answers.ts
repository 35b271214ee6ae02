/**
 * Answers of an upstream that nobody has arrived with yet: who signs out there in between does not arrive any more (Back-Channel Logout
 * §2.7), or a session would begin here that nothing ends.
 */

import type { TraceCode } from '../../audit/audit-event.ts'
import type { KeySealer } from '../../keys/key-sealer.ts'
import type { Write } from '../../unit-of-work.ts'
import type { Attempt, AttemptRepository } from '../attempt.ts'
import type { LogoutClaims } from '../relying-party.ts'
import type { UpstreamUid } from '../upstream.ts'
import { openAnswer } from './recorded-answer.ts'

export interface WithdrawPorts {
  readonly repositories: { readonly attempts: Pick<AttemptRepository, 'listAnswered' | 'advance'> }
  readonly upstreams: { readonly sealer: Pick<KeySealer, 'open'> }
}

export interface Withdrawn {
  /** Of the sign-in that comes to nothing. */
  readonly traceCode: TraceCode
  /** Lost (`attempts.advance`) when the person arrives first: then there is a session to end. */
  readonly write: Write
}

export async function withdrawAnswers(
  uid: UpstreamUid,
  who: Pick<LogoutClaims, 'sid' | 'sub'>,
  { repositories: { attempts }, upstreams: { sealer } }: WithdrawPorts,
): Promise<readonly Withdrawn[]> {
  const waiting = await attempts.listAnswered(uid)
  return waiting
    .filter(attempt => isAbout(attempt, who, sealer))
    .map(({ sealedAnswer: _, ...attempt }) => ({
      traceCode: attempt.traceCode,
      write: attempts.advance({ ...attempt, state: 'failed' }, 'answered'),
    }))
}

function isAbout(
  { id, sealedAnswer }: Attempt,
  who: Pick<LogoutClaims, 'sid' | 'sub'>,
  sealer: Pick<KeySealer, 'open'>,
): boolean {
  if (sealedAnswer === undefined) return false
  const { sub, sid } = openAnswer(sealedAnswer, id, sealer).sources.id_token ?? {}
  if (who.sid === undefined) return who.sub !== undefined && sub === who.sub
  return sid === who.sid && (who.sub === undefined || sub === undefined || sub === who.sub)
}
