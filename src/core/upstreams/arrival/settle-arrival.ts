/** What becomes true when an arrival is settled: the link, what the session knows of the upstream, and that the answer is used up. */

import { newId } from '../../../lib/id.ts'
import type { Random } from '../../../lib/random.ts'
import type { Account } from '../../accounts/account.ts'
import type { Repositories } from '../../repositories.ts'
import type { Session } from '../../sessions/session.ts'
import type { Write } from '../../unit-of-work.ts'
import type { UpstreamAnswer } from '../attempt.ts'
import type { Identity, StoredTokens } from '../identity.ts'
import { isStorable } from '../mapping/claim-value.ts'
import type { UpstreamPorts } from '../ports.ts'
import { sealSessionTokens } from '../tokens/session-tokens.ts'
import { openTokens, sealTokens } from '../tokens/stored-tokens.ts'
import type { SessionTokens } from '../upstream-session.ts'
import type { Arrival } from './open-arrival.ts'
import { openAnswer, sealRecordedAnswer } from './recorded-answer.ts'

export interface SettlePorts {
  readonly repositories: Pick<Repositories, 'attempts' | 'identities' | 'upstreamSessions'>
  readonly upstreams: Pick<UpstreamPorts, 'sealer'>
}

/** The answer counts once, and nothing of it is kept. */
export function useUpAnswer({ attempt }: Pick<Arrival, 'attempt'>, { repositories }: SettlePorts): Write {
  const { sealedAnswer: _, ...others } = attempt
  return repositories.attempts.advance({ ...others, state: 'settled' }, 'answered')
}

/** For a person who was not let in: an administrator may look what was wrong, as long as the settings say. */
export function keepFailedAnswer(
  { attempt }: Pick<Arrival, 'attempt'>,
  keepSeconds: number,
  now: Date,
  { repositories, upstreams: { sealer } }: SettlePorts,
): Write {
  const { sealedAnswer, ...others } = attempt
  const expiresAt = new Date(now.getTime() + keepSeconds * 1000)
  const kept =
    keepSeconds === 0 || sealedAnswer === undefined
      ? {}
      : { sealedAnswer: sealRecordedAnswer(openAnswer(sealedAnswer, attempt.id, sealer), attempt.id, sealer) }
  return repositories.attempts.advance({ ...others, ...kept, state: 'failed', expiresAt }, 'answered')
}

export function newIdentity(
  { upstream, patch }: Arrival,
  { id: accountId, wayInByRole }: Pick<Account, 'id' | 'wayInByRole'>,
  now: Date,
  random: Random,
): Linked {
  return {
    id: newId(now, random),
    upstreamUid: upstream.uid,
    subject: patch.subject,
    accountId,
    linkedAt: now,
    ...(wayInByRole === undefined ? {} : { linkedByRole: wayInByRole }),
  }
}

type Linked = Pick<Identity, 'id' | 'upstreamUid' | 'subject' | 'accountId' | 'linkedAt' | 'linkedByRole'>

/** As it is after this sign-in. `now` absent: it was linked, and nobody signed in by it. */
export function freshIdentity(
  before: Linked & Pick<Identity, 'sealedTokens'>,
  arrival: Arrival,
  now: Date | undefined,
  { upstreams: { sealer } }: Pick<SettlePorts, 'upstreams'>,
): Identity {
  const { id, upstreamUid, subject, accountId, linkedAt, linkedByRole } = before
  const { upstream, patch, answer } = arrival
  const { accessToken } = answer
  return {
    id,
    upstreamUid,
    subject,
    accountId,
    linkedAt,
    ...(linkedByRole === undefined ? {} : { linkedByRole }),
    ...(patch.label === undefined ? {} : { label: patch.label }),
    ...(now === undefined ? {} : { lastSignInAt: now }),
    ...(upstream.storeTokens && accessToken !== undefined
      ? { sealedTokens: sealTokens(sealer, id, keptRefreshToken(before, storedTokens(answer, accessToken), sealer)) }
      : {}),
  }
}

/** Some upstreams give a refresh token at the first consent only: the one from before stays until there is another. */
function keptRefreshToken(
  { id, sealedTokens }: Pick<Identity, 'id' | 'sealedTokens'>,
  tokens: StoredTokens,
  sealer: SettlePorts['upstreams']['sealer'],
): StoredTokens {
  if (tokens.refreshToken !== undefined || sealedTokens === undefined) return tokens
  const { refreshToken } = openTokens(sealer, id, sealedTokens)
  return refreshToken === undefined ? tokens : { ...tokens, refreshToken }
}

function storedTokens(
  { refreshToken, idToken, accessTokenExpiresAt, sources }: UpstreamAnswer,
  accessToken: string,
): StoredTokens {
  const { token_type: tokenType, scope } = sources.token_response ?? {}
  return {
    accessToken,
    ...(refreshToken === undefined ? {} : { refreshToken }),
    ...(idToken === undefined ? {} : { idToken }),
    ...(typeof tokenType === 'string' ? { tokenType } : {}),
    ...(typeof scope === 'string' ? { scope } : {}),
    ...(accessTokenExpiresAt === undefined ? {} : { expiresAt: accessTokenExpiresAt }),
  }
}

/** OIDC Back-Channel Logout §2.4, RP-Initiated Logout §2: what ends the session there with ours, and ours with the one there. */
export function rememberSession(
  { upstream, patch, answer }: Arrival,
  session: Session,
  now: Date,
  { repositories, upstreams: { sealer } }: SettlePorts,
): Write {
  const { sub, sid } = answer.sources.id_token ?? {}
  const { idToken, accessToken, refreshToken } = answer
  const about = { sessionId: session.id, upstreamUid: upstream.uid }
  const tokens: SessionTokens = {
    ...(idToken === undefined ? {} : { idToken }),
    ...(accessToken === undefined ? {} : { accessToken }),
    ...(refreshToken === undefined ? {} : { refreshToken }),
  }
  return repositories.upstreamSessions.put({
    ...about,
    subject: patch.subject,
    ...(isName(sub) ? { sub } : {}),
    ...(isName(sid) ? { sid } : {}),
    sealedTokens: sealSessionTokens(about, tokens, sealer),
    createdAt: now,
    expiresAt: session.expiresAt,
  })
}

/** OIDC Core §2: at most 255 characters. What is longer, or no database keeps, names no session that the upstream could end. */
function isName(claim: unknown): claim is string {
  return typeof claim === 'string' && claim.length <= 255 && isStorable(claim)
}

/** RFC 8176, OIDC Core §2: what a sign-in through the upstream counts as, and when the person proved it there. */
export function proofOf(
  { upstream, patch, attempt: { terms } }: Arrival,
  now: Date,
): { readonly amr: readonly string[]; readonly authTime?: Date } {
  const amr = [...new Set([...upstream.amr, ...(upstream.trustAmr ? patch.amr : [])])]
  // Nobody says when, and nobody had to do anything for it: as old as we like, and no younger than now (`isTimeKnown`).
  if (patch.authTime === undefined) return terms.maxAgeSeconds === undefined ? { amr, authTime: now } : { amr }
  // A clock that is ahead must not make a sign-in of tomorrow.
  const authTime = new Date(patch.authTime * 1000)
  return authTime < now ? { amr, authTime } : { amr }
}
