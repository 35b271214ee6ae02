/** When each secret of a client was used last: what can be taken away without breaking an app. */

import type { Write } from '../unit-of-work.ts'
import type { ClientSecret, ClientUid } from './client.ts'

export interface SecretUse {
  readonly clientUid: ClientUid
  readonly secretId: ClientSecret['id']
  readonly lastUsedAt: Date
}

export interface SecretUseRepository {
  listOfClient(uid: ClientUid): Promise<readonly SecretUse[]>
  /** Never lost; an earlier moment than the one that is kept changes nothing. */
  touch(use: SecretUse): Write
  /** The secret is gone. Never lost. */
  forget(use: Pick<SecretUse, 'clientUid' | 'secretId'>): Write
}
