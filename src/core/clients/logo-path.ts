/** Where the logo of a client is that was uploaded: its digest stands in the path, so that browsers may keep it for good. */

import type { Client } from './client.ts'

/** Below the issuer's path; nothing when none was uploaded. */
export function logoPath({ uid, logoDigest }: Pick<Client, 'uid' | 'logoDigest'>): string | undefined {
  return logoDigest === undefined ? undefined : `/clients/logo/${uid}/${logoDigest}`
}

/** The uploaded logo in the place of the one at `logo_uri`, in any language. `basePath`: the issuer's. */
export function withUploadedLogo<Shown extends Client>(client: Shown, basePath: string): Shown {
  const path = logoPath(client)
  return path === undefined ? client : { ...client, logoUrl: basePath + path }
}
