/**
 * Which clients operators must leave alone: whoever holds one of these (its redirect URIs, its secret, its keys) could become more than
 * an operator through it. Both the client as it is and the client as it would be are looked at.
 */

import type { Client } from '../../../clients/client.ts'
import { type Actor, hasRole } from '../../actor.ts'
import { adminResource } from '../../admin-scopes.ts'
import { forbidden, type Problem } from '../../problem.ts'

export type JudgedClient = Pick<
  Client,
  'clientId' | 'scopes' | 'resources' | 'tokenExchangeSubjects' | 'consentMode' | 'authorizationPolicy'
>

export interface Surroundings {
  readonly issuer: string
  /** Upstreams that hand the tokens they store to these clients, by alias. */
  readonly upstreams: ReadonlyArray<{ readonly alias: string; readonly storedTokensReadableBy: readonly string[] }>
}

type Judge = (client: JudgedClient, around: Surroundings) => string | undefined

const JUDGES: readonly Judge[] = [
  // An administrator who signs in there hands their rights to wherever its redirect URIs lead; with client_credentials the app has them
  // by itself. Scopes that will mean something later begin like this, too.
  ({ scopes }) => {
    const held = scopes.filter(scope => scope.toLowerCase().startsWith('admin.'))
    return held.length === 0 ? undefined : `it may ask for ${held.join(', ')}`
  },
  // RFC 8707 §2: absent means all, but without a scope of the admin API a token for it opens nothing.
  ({ resources }, { issuer }) =>
    resources?.includes(adminResource(issuer)) === true ? 'the admin API is among its resources' : undefined,
  // RFC 8693 §1.1: it makes tokens of its own out of the tokens that people gave to others.
  ({ tokenExchangeSubjects = [] }) =>
    tokenExchangeSubjects.length > 0 ? 'it may exchange tokens of other apps (token_exchange_subjects)' : undefined,
  // Everybody who follows a link is signed in to it without a word, administrators among them.
  ({ consentMode }) =>
    consentMode === 'never' ? 'people are never asked for their consent (consent_mode)' : undefined,
  ({ clientId }, { upstreams }) => {
    const open = upstreams.filter(({ storedTokensReadableBy }) => storedTokensReadableBy.includes(clientId))
    return open.length === 0
      ? undefined
      : `it reads people’s tokens of the upstream ${open.map(({ alias }) => alias).join(', ')}`
  },
]

/** Every reason; none: operators may manage it. */
export function administratorsOnly(client: JudgedClient, around: Surroundings): readonly string[] {
  return JUDGES.flatMap(judge => judge(client, around) ?? [])
}

/** One client as it is and as it would be; whichever is missing is made, or goes. */
export interface JudgedChange {
  readonly before?: JudgedClient
  readonly after?: JudgedClient
}

export function checkJudged(
  actor: Pick<Actor, 'role'>,
  changes: readonly JudgedChange[],
  around: Surroundings,
): Problem | undefined {
  if (hasRole(actor, 'administrator')) return undefined
  for (const change of changes) {
    const both = [change.before, change.after].filter(client => client !== undefined)
    const reasons = [...new Set(both.flatMap(client => administratorsOnly(client, around))), ...loosened(change)]
    if (reasons.length > 0)
      return forbidden(`the client ${both[0]?.clientId ?? ''} is for administrators: ${reasons.join('; ')}`)
  }
  return undefined
}

/**
 * Whom a policy keeps out must not open the door from behind: who may get to an app is decided by administrators. A client that goes
 * could come back under the same `client_id` without its policy.
 */
function loosened({ before, after }: JudgedChange): readonly string[] {
  const policy = before?.authorizationPolicy ?? OPEN
  return policy === OPEN || policy === after?.authorizationPolicy
    ? []
    : [`its policy ${policy} (authorization_policy) would be lifted`]
}

/** What counts when nothing is said. */
const OPEN = 'one_factor'
