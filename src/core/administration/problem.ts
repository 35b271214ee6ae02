/** Why something was not done: a value, told the same over HTTP (RFC 9457) and at the command line. */

import type { SettingsMistake } from '../settings-mistake.ts'

export type ProblemKind =
  | 'invalid'
  | 'unauthenticated'
  | 'forbidden'
  | 'not-found'
  /** It exists already, belongs to a file, or is needed by something else. */
  | 'conflict'
  /** Somebody else changed it in this moment: another try may do. */
  | 'changed-meanwhile'
  /** It is no longer what the caller saw (RFC 9110 §13.1.1). */
  | 'precondition-failed'
  /** RFC 6585 §3. */
  | 'precondition-required'
  | 'unsupported-media-type'
  /** Something that is needed does not answer: an upstream, a mail server. */
  | 'unavailable'

export class Problem {
  readonly kind: ProblemKind
  /** A sentence for people that says what to do. Never a secret. */
  readonly detail: string
  /** All of them at once, each with its field and rule. */
  readonly mistakes: readonly SettingsMistake[]

  constructor(kind: ProblemKind, detail: string, mistakes: readonly SettingsMistake[] = []) {
    this.kind = kind
    this.detail = detail
    this.mistakes = mistakes
  }
}

export function isProblem(value: unknown): value is Problem {
  return value instanceof Problem
}

export function invalid(mistakes: readonly SettingsMistake[], detail = 'what was sent breaks these rules'): Problem {
  return new Problem('invalid', detail, mistakes)
}

/** One mistake about one field. */
export function invalidField(member: string, rule: string, message: string): Problem {
  return invalid([{ member, rule, message }])
}

export function notFound(singular: string, key: string): Problem {
  return new Problem('not-found', `there is no ${singular} ${key}`)
}

export function forbidden(detail: string): Problem {
  return new Problem('forbidden', detail)
}

export function conflict(detail: string): Problem {
  return new Problem('conflict', detail)
}
