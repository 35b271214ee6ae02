/** Documents that are the same for everybody: rendered once, served from memory with an ETag (RFC 9110 §8.8.3). */

import { hash } from 'node:crypto'
import type { Endpoint, Reply } from '../../http/endpoint.ts'
import { ANY_ORIGIN } from './cors.ts'

export function publishedDocument(name: string, path: string, document: unknown, atRoot = false): Endpoint {
  const body = Buffer.from(JSON.stringify(document))
  const etag = `"${hash('sha256', body, 'base64url').slice(0, 22)}"`
  const headers = { 'content-type': 'application/json', 'cache-control': 'public, max-age=60', etag, ...ANY_ORIGIN }
  const whole: Reply = { status: 200, headers, body }
  const unchanged: Reply = { status: 304, headers, body: '' }
  const mayAsk: Reply = {
    status: 204,
    headers: { ...ANY_ORIGIN, 'access-control-allow-methods': 'GET', 'access-control-allow-headers': '*' },
    body: '',
  }
  return {
    name,
    path,
    methods: ['GET', 'OPTIONS'],
    ...(atRoot ? { atRoot: true } : {}),
    handle: request => (request.method === 'OPTIONS' ? mayAsk : request.ifNoneMatch === etag ? unchanged : whole),
  }
}
