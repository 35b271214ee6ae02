/** The logo of a client as it was uploaded. */

import type { Write } from '../unit-of-work.ts'
import type { ClientUid } from './client.ts'

export interface ClientLogo {
  readonly clientUid: ClientUid
  /** `image/png` */
  readonly mediaType: string
  /** SHA-256 of the content, base64url: the version in its URL. */
  readonly digest: string
  readonly content: Uint8Array
  readonly createdAt: Date
}

export interface ClientLogoRepository {
  find(uid: ClientUid): Promise<ClientLogo | undefined>
  /** In the place of the one before, if any. Never lost. */
  put(logo: ClientLogo): Write
  /** Lost (`clientLogos.delete`) when there is none. */
  delete(uid: ClientUid): Write
}
