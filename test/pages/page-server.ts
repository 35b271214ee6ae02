/** Serves the samples and their assets on loopback, under the headers that the pages must work with. */

import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { assets } from '../../src/doors/pages/assets/assets.ts'
import type { Locale } from '../../src/doors/pages/text/locale.ts'
import { SAMPLES } from '../../src/doors/pages/views/samples.ts'

/** Not empty, so that an address without the issuer's path is found out. */
const BASE_PATH = '/auth'

const POLICY =
  "default-src 'none'; style-src 'self'; img-src 'self' https: data:; font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

export interface Posted {
  readonly path: string
  readonly fields: Readonly<Record<string, string>>
}

export interface PageServer {
  urlOf(sample: string, locale: Locale): string
  /** Forms that were sent, in order. */
  readonly posted: readonly Posted[]
  close(): Promise<void>
}

export async function startPageServer(): Promise<PageServer> {
  const byPath = new Map(assets().map(asset => [BASE_PATH + asset.path, asset]))
  const posted: Posted[] = []
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost')
    const asset = byPath.get(pathname)
    if (request.method === 'POST') {
      posted.push({ path: pathname, fields: Object.fromEntries(new URLSearchParams(await text(request))) })
      response.end('received')
    } else if (asset !== undefined) {
      response.writeHead(200, { 'content-type': asset.contentType, 'cache-control': 'max-age=600' }).end(asset.body)
    } else {
      sendSample(pathname, response)
    }
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    urlOf: (sample, locale) => `http://127.0.0.1:${port}${BASE_PATH}/samples/${locale}/${sample}`,
    posted,
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function sendSample(pathname: string, response: ServerResponse): void {
  const [locale, name] = pathname.split('/').slice(-2)
  const sample = SAMPLES.find(candidate => candidate.name === name)
  if (sample === undefined || (locale !== 'en' && locale !== 'de')) {
    response.writeHead(404).end()
    return
  }
  response
    .writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': POLICY })
    .end(sample.render({ locale, brandName: 'Sallyport', basePath: BASE_PATH }))
}
