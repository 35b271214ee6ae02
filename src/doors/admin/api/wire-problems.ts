/** Problems that only HTTP has: they are told like those of the operations, with what RFC 9110 asks for beside them. */

import { Problem } from '../../../core/administration/problem.ts'
import type { Headers } from '../../../http/replies.ts'

/** RFC 9110 §15.5.14. */
export class TooLarge extends Problem {
  constructor(maxBytes: number) {
    super('invalid', `the body is larger than ${maxBytes / 1024} KiB`, [
      { member: 'body', rule: `at most ${maxBytes / 1024} KiB`, message: 'is too large' },
    ])
  }
}

/** RFC 9110 §15.5.16: the answer names what is taken. */
export class UnsupportedMediaType extends Problem {
  readonly types: readonly string[]

  constructor(sent: string, types: readonly string[]) {
    const what = sent === '' ? 'a body without Content-Type' : `a body of ${sent.slice(0, 100)}`
    super('unsupported-media-type', `${what} is not taken here; send ${types.join(' or ')}`)
    this.types = types
  }
}

/** RFC 9110 §15.5.6: the answer names what is allowed. */
export class MethodNotAllowed extends Problem {
  readonly allow: readonly string[]

  constructor(method: string, allow: readonly string[]) {
    super('invalid', `${method} means nothing here; ${allow.join(', ')} do`)
    this.allow = allow
  }
}

/** What the answer says beside the problem itself. */
export function wireOf(problem: Problem): { readonly status?: number; readonly headers: Headers } {
  if (problem instanceof TooLarge) return { status: 413, headers: {} }
  if (problem instanceof MethodNotAllowed) return { status: 405, headers: { allow: problem.allow.join(', ') } }
  if (problem instanceof UnsupportedMediaType) return { headers: { accept: problem.types.join(', ') } }
  return { headers: {} }
}
