/** The static files of the pages: style sheet, fonts, logo. Their names change with their content, so browsers keep them for ever. */

import type { Endpoint, Reply } from '../../http/endpoint.ts'
import { assets } from './assets/assets.ts'

export function assetEndpoints(): readonly Endpoint[] {
  return assets().map(({ path, contentType, body, etag }) => {
    const headers = {
      'content-type': contentType,
      'cache-control': 'public, max-age=31536000, immutable',
      etag,
      'access-control-allow-origin': '*',
    }
    const whole: Reply = { status: 200, headers, body }
    const unchanged: Reply = { status: 304, headers, body: '' }
    return {
      name: 'asset',
      path,
      methods: ['GET'],
      handle: request => (request.ifNoneMatch === etag ? unchanged : whole),
    }
  })
}
