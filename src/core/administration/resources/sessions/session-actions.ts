/** The end of sessions: of one, or of all that a person has. */

import { parseId } from '../../../../lib/id.ts'
import type { Account } from '../../../accounts/account.ts'
import { mayChangeAccount } from '../../actor.ts'
import { documentMistakes } from '../../document-mistakes.ts'
import type { Field } from '../../field.ts'
import type { Operation, Outcome } from '../../operation.ts'
import { commitChange, meanwhile, performChange } from '../../perform-change.ts'
import type { Acting } from '../../ports.ts'
import { forbidden, invalid, notFound, type Problem } from '../../problem.ts'
import { findAccount } from '../accounts/account-document.ts'
import { SESSION_FIELDS, sessionDocument } from './session-document.ts'

/** What apps hold of it ends with it, unless they have offline access (OIDC Core §11): that is taken back with the consent. */
const ABOUT =
  'The person has to sign in again; what apps got in it ends, except where they have offline access. Upstreams are not told.'

const endOne: Operation = {
  name: 'sessions.end',
  method: 'POST',
  path: '/sessions/{id}/end',
  role: 'operator',
  summary: 'End a session',
  about: `${ABOUT} One that has ended already stays as it is.`,
  answer: { kind: 'document', fields: SESSION_FIELDS },
  async perform({ path: { id = '' } }, acting) {
    const { repositories, now } = acting
    const sessionId = parseId<'session'>(id)
    const found = sessionId === undefined ? undefined : await repositories.sessions.findWithAccount(sessionId)
    if (found === undefined) return notFound('session', id)
    const refused = mayEndSessionsOf(found.account, acting)
    if (refused !== undefined) return refused
    const before = sessionDocument(found, acting)
    if (found.session.endedAt !== undefined) return { document: before }
    const after = sessionDocument({ ...found, session: { ...found.session, endedAt: now } }, acting)
    const decide = async () => ({
      writes: [repositories.sessions.end(found.session.id, now)],
      events: [
        {
          type: 'session.ended' as const,
          accountId: found.account.id,
          detail: { username: found.account.username, session: found.session.id },
        },
      ],
      after,
    })
    const about = {
      resource: { name: 'sessions', singular: 'session' },
      key: id,
      before,
      ignoresOwnership: true,
    } as const
    return performChange(about, decide, acting)
  },
}

const WHOSE: readonly Field[] = [
  {
    name: 'account',
    kind: 'text',
    access: 'written',
    required: true,
    about: 'Whose: the user name, the e-mail address or the `sub`.',
    example: 'ada',
  },
]

const endAll: Operation = {
  name: 'sessions.end_all',
  method: 'POST',
  path: '/sessions/end-all',
  role: 'operator',
  summary: 'End all sessions of an account',
  about: ABOUT,
  body: WHOSE,
  async perform({ body = {} }, acting) {
    const { repositories } = acting
    const mistakes = documentMistakes(body, WHOSE, 'making')
    if (mistakes.length > 0) return invalid(mistakes)
    const account = await findAccount(`${body.account}`, repositories.accounts)
    if (account === undefined) return notFound('account', `${body.account}`)
    return mayEndSessionsOf(account, acting) ?? endAllOf(account, acting)
  },
}

async function endAllOf(account: Account, acting: Acting): Promise<Outcome | Problem> {
  const { repositories, now } = acting
  const change = {
    writes: [repositories.sessions.endAllOf(account.id, now)],
    events: [
      { type: 'session.ended' as const, accountId: account.id, detail: { username: account.username, all: true } },
    ],
  }
  const isCommitted = await commitChange(change, undefined, acting)
  return isCommitted ? { status: 204 } : meanwhile('account', account.username)
}

/** Whoever has a role is only signed out by administrators: an operator could keep them from noticing what is done. */
function mayEndSessionsOf(account: Account, { actor }: Acting): Problem | undefined {
  return mayChangeAccount(actor, account)
    ? undefined
    : forbidden(`${account.username} has the role ${account.role}: an administrator has to end such sessions`)
}

export const SESSION_ACTIONS: readonly Operation[] = [endOne, endAll]
