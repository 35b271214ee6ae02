/** Documents that are the same for everybody: rendered when they change, served from memory with an ETag (RFC 9110 §8.8.3). */

import { hash } from 'node:crypto'
import type { JsonWebKeySet, KeyRing } from '../../core/keys/key-ring.ts'
import type { Endpoint, HttpRequest, Reply } from '../../http/endpoint.ts'
import { ANY_ORIGIN } from './cors.ts'

/** One that follows something in memory: rendered again only when that is another. */
export function publishedDocument<Content extends object>(
  name: string,
  path: string,
  content: () => Promise<Content>,
  documentOf: (content: Content) => unknown,
  atRoot = false,
): Endpoint {
  let shown: Content | undefined
  let rendered: Rendered | undefined
  return {
    name,
    path,
    methods: ['GET', 'OPTIONS'],
    ...(atRoot ? { atRoot: true } : {}),
    async handle(request) {
      const now = await content()
      if (rendered === undefined || shown !== now) {
        rendered = render(documentOf(now), 'public, max-age=60')
        shown = now
      }
      return answer(request, rendered)
    },
  }
}

/** The key set (RFC 7517 §5): rendered again only when a key came or went, on this node or another. */
export function publishedKeySet(name: string, path: string, keys: Pick<KeyRing, 'jwks' | 'freshen'>): Endpoint {
  let keySet: JsonWebKeySet | undefined
  let rendered: Rendered | undefined
  const current = (): Rendered => {
    const now = keys.jwks()
    if (rendered === undefined || keySet !== now) {
      // RFC 9111 §5.2.2.4: a cache asks before it answers, or it would keep a new key from apps that already need it.
      rendered = render(now, 'public, no-cache')
      keySet = now
    }
    return rendered
  }
  return {
    name,
    path,
    methods: ['GET', 'OPTIONS'],
    handle(request) {
      const looking = keys.freshen()
      return looking === undefined ? answer(request, current()) : looking.then(() => answer(request, current()))
    },
  }
}

interface Rendered {
  readonly etag: string
  readonly whole: Reply
  readonly unchanged: Reply
}

const MAY_ASK: Reply = {
  status: 204,
  headers: { ...ANY_ORIGIN, 'access-control-allow-methods': 'GET', 'access-control-allow-headers': '*' },
  body: '',
}

function render(document: unknown, cacheControl: string): Rendered {
  const body = Buffer.from(JSON.stringify(document))
  const etag = `"${hash('sha256', body, 'base64url').slice(0, 22)}"`
  const headers = { 'content-type': 'application/json', 'cache-control': cacheControl, etag, ...ANY_ORIGIN }
  return { etag, whole: { status: 200, headers, body }, unchanged: { status: 304, headers, body: '' } }
}

function answer({ method, ifNoneMatch }: HttpRequest, { etag, whole, unchanged }: Rendered): Reply {
  return method === 'OPTIONS' ? MAY_ASK : ifNoneMatch === etag ? unchanged : whole
}
