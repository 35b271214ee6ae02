/** Deliveries: mail, and what upstreams are told of sign-outs. Never their content, which is for one person alone. */

import { type Id, parseId } from '../../../lib/id.ts'
import { formatTraceCode } from '../../audit/trace-code.ts'
import { DELIVERY_KINDS, DELIVERY_STATES, type Delivery, type DeliveryQuery } from '../../deliveries/delivery.ts'
import { usefulUntil } from '../../deliveries/delivery-times.ts'
import { retryDelivery } from '../../deliveries/retry-delivery.ts'
import { documentMistakes } from '../document-mistakes.ts'
import { type Field, shown } from '../field.ts'
import type { Operation } from '../operation.ts'
import { pageFound } from '../page-of.ts'
import { commitChange } from '../perform-change.ts'
import type { Acting, Document } from '../ports.ts'
import { conflict, invalid, invalidField, isProblem, notFound, Problem } from '../problem.ts'
import type { Resource } from '../resource.ts'

function shownField(name: string, kind: Field['kind'], about: string, more: Partial<Field> = {}): Field {
  return { name, kind, access: 'shown', about, ...more }
}

const FIELDS: readonly Field[] = [
  shownField('id', 'text', 'Its name.'),
  shownField('kind', 'text', 'What it is.', { choices: DELIVERY_KINDS, finds: ['filter'] }),
  shownField('about', 'object', 'To whom and about what, without secrets.', { finds: ['search'] }),
  shownField('state', 'text', 'What became of it.', { choices: DELIVERY_STATES, finds: ['filter'] }),
  shownField('attempts', 'integer', 'How often it was tried.'),
  shownField('next_at', 'time', 'When it is tried next.'),
  shownField('last_result', 'text', 'What the last attempt came to.', { finds: ['search'] }),
  shownField('trace_code', 'text', 'For sallyport why.'),
  shownField('useful_until', 'time', 'After this nobody needs it any more, and it is given up.'),
  shownField('created_at', 'time', 'When it was caused.', { finds: ['sort'] }),
  shownField('updated_at', 'time', 'When it was tried last.'),
  shownField('expires_at', 'time', 'When it leaves the list.'),
]

const MOST_AT_ONCE = 1000

const RETRY: readonly Field[] = [
  { name: 'ids', kind: 'list', access: 'written', required: true, about: `Which ones; at most ${MOST_AT_ONCE}.` },
]

const retry: Operation = {
  name: 'deliveries.retry',
  method: 'POST',
  path: '/deliveries/retry',
  role: 'operator',
  summary: 'Have deliveries tried again, now',
  about:
    'Those that wait or were given up. All of them, or none when one cannot be. The server tries them within seconds.',
  body: RETRY,
  answer: {
    kind: 'document',
    fields: [shownField('deliveries', 'objects', 'As they are now.', { fields: shown(FIELDS) })],
  },
  async perform({ body = {} }, acting) {
    const mistakes = documentMistakes(body, RETRY, 'making')
    if (mistakes.length > 0) return invalid(mistakes)
    const ids = [...new Set(body.ids as readonly string[])]
    if (ids.length > MOST_AT_ONCE) return invalidField('ids', 'how many', `names more than ${MOST_AT_ONCE}`)
    const pairs = await Promise.all(ids.map(id => retried(id, acting)))
    const problem = pairs.find(isProblem)
    if (problem !== undefined) return problem
    const again = pairs.flatMap(pair => (isProblem(pair) ? [] : [pair]))
    const change = {
      writes: again.map(({ after, before }) => acting.repositories.deliveries.advance(after, before)),
      events: again.map(({ after: { id, kind, about, traceCode } }) => ({
        type: 'delivery.retried' as const,
        ...(traceCode === undefined ? {} : { traceCode }),
        detail: { ...about, kind, delivery: id },
      })),
    }
    const isCommitted = await commitChange(change, undefined, acting)
    if (!isCommitted) return conflict('the server tried one of them at the same time; nothing was changed')
    return { document: { deliveries: again.map(({ after }) => documentOf(after)) } }
  },
}

interface Again {
  readonly before: Delivery
  readonly after: Delivery
}

async function retried(text: string, acting: Acting): Promise<Again | Problem> {
  const before = await findDelivery(text, acting)
  if (before === undefined) return notFound('delivery', text)
  const outcome = retryDelivery(before, acting.now)
  if (outcome.kind === 'again') return { before, after: outcome.delivery }
  const reason = outcome.kind === 'delivered-already' ? 'has arrived' : 'has no content any more'
  return new Problem('conflict', `${before.id} ${reason}; nothing was changed`)
}

async function findDelivery(text: string, { repositories }: Acting): Promise<Delivery | undefined> {
  const id: Id<'delivery'> | undefined = parseId<'delivery'>(text)
  return id === undefined ? undefined : repositories.deliveries.find(id)
}

export const deliveries: Resource<Delivery> = {
  name: 'deliveries',
  singular: 'delivery',
  key: 'id',
  about: 'Mail, and what upstreams are told of sign-outs: what waits, what arrived, and what was given up.',
  fields: FIELDS,
  // Newest first.
  standardSort: '-created_at',
  roles: { read: 'viewer', change: 'operator' },

  async list({ search, filters, sort, limit, after }, { repositories }) {
    const from = after === undefined ? undefined : parseId<'delivery'>(after.key)
    if (after !== undefined && from === undefined) {
      return invalidField('cursor', 'cursor', 'is not the `next` of a page of this list')
    }
    const found = await repositories.deliveries.list({
      ...(filters as Pick<DeliveryQuery, 'kind' | 'state'>),
      search,
      ascending: !sort.descending,
      ...(from === undefined ? {} : { after: from }),
      limit: limit + 1,
    })
    return pageFound(found, limit, ({ id }) => ({ value: null, key: id }))
  },
  find: findDelivery,
  documentOf,
  actions: [retry],
}

function documentOf(delivery: Delivery): Document {
  const { id, kind, about, traceCode, state, attempts, nextAt, lastResult, createdAt, updatedAt, expiresAt } = delivery
  return {
    id,
    kind,
    about,
    state,
    attempts,
    ...(nextAt === undefined ? {} : { next_at: nextAt.toISOString() }),
    ...(lastResult === undefined ? {} : { last_result: lastResult }),
    ...(traceCode === undefined ? {} : { trace_code: formatTraceCode(traceCode) }),
    useful_until: usefulUntil(delivery).toISOString(),
    created_at: createdAt.toISOString(),
    updated_at: updatedAt.toISOString(),
    expires_at: expiresAt.toISOString(),
  }
}
