/** Answers that say no, as `AdminProblem`: problem details (RFC 9457), or whatever else stands at that address. */

import { AdminProblem, type FieldMistake } from './admin-client.ts'

export async function readProblem(response: Response, server: string): Promise<AdminProblem> {
  const { status, headers } = response
  if (status >= 300 && status < 400) return movedAway(response, server)
  const type = headers.get('content-type')?.replace(/;.*$/, '').trim()
  // RFC 9457 §3: only what says that it is a problem is read as one.
  const problem = type === 'application/problem+json' ? await readObject(response) : undefined
  if (problem === undefined || typeof problem.code !== 'string') return unreadable(response, server)
  const { code, detail, title } = problem
  const message =
    typeof detail === 'string' ? detail : typeof title === 'string' ? title : `the server answered ${status}`
  return new AdminProblem(code, message, mistakesIn(problem.errors))
}

/** It answers, but not as the admin API does. */
export function unreadable({ status, headers }: Response, server: string): AdminProblem {
  const what = headers.get('content-type')?.replace(/;.*$/, '') || 'nothing to read'
  const why =
    status === 404
      ? 'there is no admin API of version 1: is this the issuer, and the server as new as this program?'
      : status >= 500
        ? 'the server, or what stands before it, failed: its log says more'
        : 'this is no answer of the admin API of version 1: is this the issuer, and the server as new as this program?'
  return new AdminProblem('unavailable', `${server} answered ${status} with ${what}; ${why}`)
}

function movedAway({ status, headers }: Response, server: string): AdminProblem {
  const target = URL.parse(headers.get('location') ?? '', server)?.origin
  const where = target === undefined ? '' : ` to ${target}`
  return new AdminProblem(
    'unavailable',
    `${server} answered ${status}, a redirect${where}; name the server by its issuer`,
  )
}

/** No answer at all. */
export function away(origin: string, error: unknown, timeoutMs: number): AdminProblem {
  if (error instanceof Error && error.name === 'TimeoutError') {
    return new AdminProblem('unavailable', `${origin} did not answer within ${timeoutMs / 1000} s`)
  }
  const { cause = error } = error as Error
  const { code } = cause as { readonly code?: unknown }
  // What OpenSSL says then is a line of its own source code.
  if (typeof code === 'string' && code.startsWith('ERR_SSL_')) {
    return new AdminProblem('unavailable', `${origin} does not speak TLS with us (${code}): is it https there?`)
  }
  const reason = cause instanceof Error ? cause.message || code : String(cause)
  return new AdminProblem('unavailable', `${origin} does not answer (${reason}): is the server there, and running?`)
}

async function readObject(response: Response): Promise<Readonly<Record<string, unknown>> | undefined> {
  try {
    const parsed: unknown = await response.json()
    return typeof parsed === 'object' && parsed !== null ? (parsed as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}

function mistakesIn(errors: unknown): readonly FieldMistake[] {
  if (!Array.isArray(errors)) return []
  return errors.flatMap((error: unknown) => {
    const { field, rule, message } = (error ?? {}) as Readonly<Record<string, unknown>>
    return typeof field === 'string' && typeof message === 'string'
      ? [{ member: field, rule: typeof rule === 'string' ? rule : '', message }]
      : []
  })
}
