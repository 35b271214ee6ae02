/** The one-time link that proves an account by its e-mail address: a handle that names flow, attempt and account, and ends soon. */

import { idFromBytes, idToBytes } from '../../../lib/id.ts'
import type { AccountId } from '../../accounts/account.ts'
import type { ThrottleRepository } from '../../authentication/throttle.ts'
import { type BucketRule, levelOf } from '../../authentication/throttle-rules.ts'
import type { FlowId, PendingLink } from '../../flow/flow.ts'
import type { Handles } from '../../handles/handles.ts'
import type { UsedOnceKey } from '../../single-use/used-once.ts'
import type { AttemptId } from '../attempt-id.ts'

export const LINK_MAIL_SECONDS = 15 * 60

/** In between, nobody needs another one. */
const PAUSE_MS = 60_000

/** Mails to one account, whoever asks for them: others must not fill somebody's mailbox. */
export const MAIL_RULE: BucketRule = { capacity: 5, leakPerSecond: 5 / 3600 }

export interface LinkMailToken {
  readonly flowId: FlowId
  readonly attemptId: AttemptId
  readonly accountId: AccountId
  readonly expiresAt: Date
}

export function sealLinkMail(handles: Handles, { flowId, attemptId, accountId, expiresAt }: LinkMailToken): string {
  const time = Buffer.alloc(6)
  time.writeUIntBE(expiresAt.getTime(), 0, 6)
  return handles.seal('link-mail', Buffer.concat([idToBytes(flowId), idToBytes(attemptId), idToBytes(accountId), time]))
}

/** Nothing when it is none of ours or has expired. */
export function openLinkMail(handles: Handles, token: string, now: Date): LinkMailToken | undefined {
  const payload = handles.open('link-mail', token)
  if (payload?.length !== 54) return undefined
  const expiresAt = new Date(payload.readUIntBE(48, 6))
  if (expiresAt <= now) return undefined
  return {
    flowId: idFromBytes(payload.subarray(0, 16)),
    attemptId: idFromBytes(payload.subarray(16, 32)),
    accountId: idFromBytes(payload.subarray(32, 48)),
    expiresAt,
  }
}

export function linkMailKey({ attemptId, accountId, expiresAt }: LinkMailToken): UsedOnceKey {
  return `link-mail:${attemptId}:${accountId}:${expiresAt.getTime()}`
}

export function linkMailBucket(accountId: AccountId): string {
  return `link-mail:${accountId}`
}

/** Seconds until the next mail may be sent; 0 when it may. */
export async function secondsToNextMail(
  { mailedAt, accountId }: PendingLink,
  throttle: Pick<ThrottleRepository, 'find'>,
  now: Date,
): Promise<number> {
  const pause = mailedAt === undefined ? 0 : Date.parse(mailedAt) + PAUSE_MS - now.getTime()
  if (pause > 0) return Math.ceil(pause / 1000)
  const [bucket] = await throttle.find([linkMailBucket(accountId)])
  const excess = levelOf(bucket, MAIL_RULE, now) + 1 - MAIL_RULE.capacity
  return excess <= 0 ? 0 : Math.ceil(excess / MAIL_RULE.leakPerSecond)
}

/** `a•••@example.org`: enough for whoever named it to know it by. */
export function maskedAddress(email: string): string {
  const at = email.lastIndexOf('@')
  const [first = ''] = email
  return `${first}•••${email.slice(at)}`
}

/** `a•••@e•••`: for whoever named something else of the account, so that nobody learns where its owner works. */
export function hiddenAddress(email: string): string {
  const [first = ''] = email.slice(email.lastIndexOf('@') + 1)
  const masked = maskedAddress(email)
  return `${masked.slice(0, masked.lastIndexOf('@'))}@${first}•••`
}
