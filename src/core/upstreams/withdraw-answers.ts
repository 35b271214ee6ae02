/**
 * Answers of an upstream that nobody has arrived with yet: who signs out there in between does not arrive any more (Back-Channel Logout
 * §2.7), or a session would begin here that nothing ends.
 */

import type { KeySealer } from '../keys/key-sealer.ts'
import type { Write } from '../unit-of-work.ts'
import { type Attempt, type AttemptRepository, attemptContext, type UpstreamAnswer } from './attempt.ts'
import type { LogoutClaims } from './relying-party.ts'
import type { UpstreamUid } from './upstream.ts'

export interface WithdrawPorts {
  readonly repositories: { readonly attempts: Pick<AttemptRepository, 'listAnswered' | 'advance'> }
  readonly upstreams: { readonly sealer: Pick<KeySealer, 'open'> }
}

/** Each is lost (`attempts.advance`) when its person arrives first: then there is a session to end. */
export async function withdrawAnswers(
  uid: UpstreamUid,
  who: Pick<LogoutClaims, 'sid' | 'sub'>,
  { repositories: { attempts }, upstreams: { sealer } }: WithdrawPorts,
): Promise<readonly Write[]> {
  const waiting = await attempts.listAnswered(uid)
  return waiting
    .filter(attempt => isAbout(attempt, who, sealer))
    .map(({ sealedAnswer: _, ...attempt }) => attempts.advance({ ...attempt, state: 'failed' }, 'answered'))
}

function isAbout(
  { id, sealedAnswer }: Attempt,
  who: Pick<LogoutClaims, 'sid' | 'sub'>,
  sealer: Pick<KeySealer, 'open'>,
): boolean {
  if (sealedAnswer === undefined) return false
  const plain = sealer.open(Buffer.from(sealedAnswer), attemptContext(id)).toString('utf8')
  const { sub, sid } = (JSON.parse(plain) as UpstreamAnswer).sources.id_token ?? {}
  if (who.sid === undefined) return who.sub !== undefined && sub === who.sub
  return sid === who.sid && (who.sub === undefined || sub === undefined || sub === who.sub)
}
