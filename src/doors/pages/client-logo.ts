/**
 * Logos of apps that were uploaded, for everybody: the digest in the path changes with the picture, so browsers keep it for good. What
 * somebody uploaded is drawn and nothing else: a page that it might turn out to be has no rights at all.
 */

import type { Endpoint, Reply } from '../../http/endpoint.ts'
import { emptyReply } from '../../http/replies.ts'
import { parseId } from '../../lib/id.ts'
import type { PagesPorts } from './ports.ts'

export function clientLogoEndpoint({ repositories }: Pick<PagesPorts, 'repositories'>): Endpoint {
  return {
    name: 'client-logo',
    path: '/clients/logo/:client_uid/:digest',
    methods: ['GET'],
    async handle({ path, ifNoneMatch }) {
      const [, , , segment, digest = ''] = path.split('/')
      const uid = parseId<'client'>(segment)
      // 43 letters of base64url: nothing else is looked up.
      if (uid === undefined || !/^[\w-]{43}$/.test(digest)) return emptyReply(404)
      const etag = `"${digest}"`
      if (ifNoneMatch === etag) return { status: 304, headers: { etag, ...KEPT }, body: '' }
      const logo = await repositories.clientLogos.find(uid)
      if (logo === undefined || logo.digest !== digest) return emptyReply(404)
      return picture(logo.mediaType, Buffer.from(logo.content), etag)
    },
  }
}

const KEPT = { 'cache-control': 'public, max-age=31536000, immutable' }

function picture(mediaType: string, body: Buffer, etag: string): Reply {
  return {
    status: 200,
    headers: {
      'content-type': mediaType,
      etag,
      ...KEPT,
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'; sandbox",
      // Only our own pages draw it.
      'cross-origin-resource-policy': 'same-origin',
    },
    body,
  }
}
