/** A session as the document that is shown. */

import { isLive } from '../../../sessions/find-signed-in.ts'
import type { SessionWithAccount } from '../../../sessions/session.ts'
import type { Field } from '../../field.ts'
import type { Acting, Document } from '../../ports.ts'

export const SESSION_FIELDS: readonly Field[] = [
  {
    name: 'id',
    kind: 'text',
    access: 'shown',
    required: true,
    about: 'Also the `sid` that apps read.',
    example: '019c1b2e5f0a7c31d2e4f6a8b0c2d4e6',
  },
  {
    name: 'account',
    kind: 'text',
    access: 'shown',
    required: true,
    about: 'The user name of who is signed in.',
    finds: ['search', 'filter'],
    example: 'ada',
  },
  { name: 'sub', kind: 'text', access: 'shown', required: true, about: 'What apps know the account as.' },
  {
    name: 'active',
    kind: 'boolean',
    access: 'shown',
    required: true,
    about: 'The browser is signed in by it: it has not ended, and the account counts.',
    finds: ['filter'],
  },
  {
    name: 'methods',
    kind: 'list',
    access: 'shown',
    required: true,
    about: 'How the person proved who they are (RFC 8176).',
    example: ['pwd'],
  },
  {
    name: 'signed_in_at',
    kind: 'time',
    access: 'shown',
    required: true,
    about: 'When the person proved it last: the `auth_time` that apps read.',
  },
  {
    name: 'created_at',
    kind: 'time',
    access: 'shown',
    required: true,
    about: 'When it began.',
    finds: ['sort'],
  },
  { name: 'expires_at', kind: 'time', access: 'shown', required: true, about: 'When it ends by itself.' },
  { name: 'ended_at', kind: 'time', access: 'shown', about: 'When it was ended.' },
  {
    name: 'address',
    kind: 'text',
    access: 'shown',
    required: true,
    about: 'Where the person signed in from.',
    finds: ['search'],
  },
  {
    name: 'user_agent',
    kind: 'text',
    access: 'shown',
    required: true,
    about: 'What the browser calls itself.',
    finds: ['search'],
  },
]

export function sessionDocument(found: SessionWithAccount, { now }: Pick<Acting, 'now'>): Document {
  const { session, account } = found
  return {
    id: session.id,
    account: account.username,
    sub: account.subject,
    active: isLive(found, now),
    methods: session.amr,
    signed_in_at: session.authTime.toISOString(),
    created_at: session.createdAt.toISOString(),
    expires_at: session.expiresAt.toISOString(),
    ...(session.endedAt === undefined ? {} : { ended_at: session.endedAt.toISOString() }),
    address: session.address,
    user_agent: session.userAgent,
  }
}
