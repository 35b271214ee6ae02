/** Initial access tokens (RFC 7591 §1.2): who may register clients by themselves, how many, and until when. */

import type { Id } from '../../lib/id.ts'
import type { Write } from '../unit-of-work.ts'
import type { JsonObject } from './client.ts'

export type InitialAccessTokenId = Id<'initial-access-token'>

export interface InitialAccessToken {
  readonly id: InitialAccessTokenId
  /** For people: whom it was given to. */
  readonly label: string
  /** Metadata that every client registered with it gets, whatever it asks for. */
  readonly fixedMetadata: JsonObject
  /** Absent: any number. */
  readonly remainingUses?: number
  readonly createdAt: Date
  readonly expiresAt?: Date
}

export interface InitialAccessTokenRepository {
  find(id: InitialAccessTokenId): Promise<InitialAccessToken | undefined>
  list(): Promise<readonly InitialAccessToken[]>
  insert(token: InitialAccessToken): Write
  /** One use less. Lost (`initialAccessTokens.use`) when none is left or the token is gone. */
  use(id: InitialAccessTokenId): Write
  /** Lost (`initialAccessTokens.delete`) when it is gone. */
  delete(id: InitialAccessTokenId): Write
}
