/** What every operation may answer beside its own: problems (RFC 9457), and headers. */

import type { JsonSchema } from '../../../../core/administration/json-schema.ts'
import type { Operation } from '../../../../core/administration/operation.ts'
import type { ProblemKind } from '../../../../core/administration/problem.ts'
import { PROBLEM_STATUS, WARNINGS_HEADER } from '../api-replies.ts'

/** For people: what each kind means, and what to do. */
export const PROBLEM_TEXTS: Readonly<Record<ProblemKind, string>> = {
  invalid: 'What was sent breaks a rule. `errors` names every field, its rule, and what to do.',
  unauthenticated: 'No access token or session, or one that does not count. Get a new token, or sign in again.',
  forbidden: 'The role does not allow this, or another site asked in somebody’s browser.',
  'not-found': 'There is no such thing, or no such operation.',
  conflict: 'It exists already, is declared in a file, or something else needs it.',
  'changed-meanwhile': 'Somebody else changed it in the same moment, and nothing was changed here. Try again.',
  'precondition-failed': 'It is no longer what was read (`If-Match`). Read it again, and decide again.',
  'precondition-required': 'This operation wants `If-Match`, so that nobody undoes what others did (RFC 6585 §3).',
  'unsupported-media-type': 'The body is of a type that is not taken here; `Accept` names those that are.',
  unavailable: 'Something that is needed does not answer, such as an upstream. Try again later.',
}

export const PROBLEM_SCHEMA: JsonSchema = {
  type: 'object',
  description: 'Problem details (RFC 9457).',
  properties: {
    type: { type: 'string', format: 'uri', description: 'Where this kind of problem is explained.' },
    title: { type: 'string' },
    status: { type: 'integer' },
    code: { type: 'string', description: 'What kind it is; it never changes.', examples: ['invalid'] },
    detail: { type: 'string', description: 'For people.' },
    errors: {
      type: 'array',
      description: 'All that is wrong at once.',
      items: {
        type: 'object',
        properties: {
          field: { type: 'string', examples: ['redirect_uris'] },
          rule: { type: 'string', examples: ['RFC 6749 §3.1.2 redirection endpoint'] },
          message: { type: 'string' },
        },
        required: ['field', 'rule', 'message'],
      },
    },
    trace_code: { type: 'string', description: 'For `sallyport why`.', examples: ['7K3M-9QXT'] },
  },
  required: ['type', 'title', 'status', 'code', 'detail'],
}

export function problemComponents(): Readonly<Record<string, JsonSchema>> {
  return Object.fromEntries(
    statuses().map(status => {
      const kinds = kindsOf(status)
      const description = kinds.map(kind => `\`${kind}\`: ${PROBLEM_TEXTS[kind]}`).join(' ')
      const schema = { $ref: '#/components/schemas/Problem' }
      const headers = status === 401 ? { 'WWW-Authenticate': { schema: { type: 'string' } } } : undefined
      return [
        `Problem${status}`,
        { description, ...(headers && { headers }), content: { 'application/problem+json': { schema } } },
      ]
    }),
  )
}

/** RFC 9110 §15.5: only those that the operation can have. */
export function problemResponses({ path, ifMatch, body, takesBytes, method }: Operation): JsonSchema {
  const has: Readonly<Record<number, boolean>> = {
    404: path.includes('{'),
    409: method !== 'GET',
    412: ifMatch !== undefined,
    415: body !== undefined || takesBytes !== undefined,
    428: ifMatch === 'required',
    503: true,
  }
  return Object.fromEntries(
    statuses()
      .filter(status => has[status] ?? true)
      .map(status => [status, { $ref: `#/components/responses/Problem${status}` }]),
  )
}

function statuses(): readonly number[] {
  return [...new Set(Object.values(PROBLEM_STATUS))]
}

function kindsOf(status: number): readonly ProblemKind[] {
  return (Object.keys(PROBLEM_STATUS) as ProblemKind[]).filter(kind => PROBLEM_STATUS[kind] === status)
}

export function answerHeaders({
  hasVersion,
  isMade,
}: {
  readonly hasVersion: boolean
  readonly isMade: boolean
}): JsonSchema {
  const refer = (name: string) => ({ $ref: `#/components/headers/${name}` })
  return {
    ...(hasVersion ? { ETag: refer('ETag') } : {}),
    ...(isMade ? { Location: refer('Location') } : {}),
    [WARNINGS_HEADER]: refer('Warnings'),
  }
}

export const HEADER_COMPONENTS: Readonly<Record<string, JsonSchema>> = {
  ETag: { description: 'The version, for `If-Match`. Lists have none.', schema: { type: 'string' } },
  Location: { description: 'Where it is from now on.', schema: { type: 'string', format: 'uri' } },
  Warnings: {
    description: 'Done, but: sentences for people, as a JSON list in ASCII.',
    schema: { type: 'string', contentMediaType: 'application/json' },
  },
}
