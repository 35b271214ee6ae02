/** Who may register an app (RFC 7591 §3): anybody, or whoever holds an initial access token. */

import { type Refusal, refuse } from '../../spec/refusal.ts'
import type { InitialAccessToken, InitialAccessTokenRepository } from '../clients/initial-access-token.ts'
import type { Handles } from '../handles/handles.ts'
import { openInitialAccessToken } from './registration-handles.ts'

export interface InitialAccessPorts {
  readonly handles: Handles
  readonly initialAccessTokens: InitialAccessTokenRepository
}

/** RFC 6750 §3.1: one error for everything that is wrong with a token. */
export async function findInitialAccessToken(
  text: string,
  { handles, initialAccessTokens }: InitialAccessPorts,
  now: Date,
): Promise<InitialAccessToken | Refusal> {
  const id = openInitialAccessToken(handles, text)
  const token = id && (await initialAccessTokens.find(id))
  const problem = problemWith(token, now)
  if (token !== undefined && problem === undefined) return token
  const facts = token === undefined ? {} : { label: token.label }
  const rule = `RFC 7591 §3 the initial access token ${problem ?? 'is known'}`
  return refuse('invalid_token', 'the initial access token is not valid', rule, facts)
}

function problemWith(token: InitialAccessToken | undefined, now: Date): string | undefined {
  if (token === undefined) return 'is known'
  if (token.expiresAt !== undefined && token.expiresAt <= now) return 'has not expired'
  return token.remainingUses === 0 ? 'has uses left' : undefined
}
