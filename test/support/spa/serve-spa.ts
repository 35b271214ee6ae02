/** Serves the single-page app on an origin of its own, as the public client that it is. */

import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { freePort } from '../free-port.ts'
import type { Installation } from '../installation.ts'
import { createClient } from '../registrations.ts'

export interface SinglePageApp {
  readonly origin: string
  readonly clientId: string
  close(): Promise<void>
}

const LIBRARY = join(
  dirname(createRequire(import.meta.url).resolve('oidc-client-ts/package.json')),
  'dist/browser/oidc-client-ts.min.js',
)
const read = (name: string) => readFileSync(join(import.meta.dirname, name), 'utf8')

export interface SinglePageAppSettings {
  /** Where people return, and where the frame of the silent renewal does. */
  readonly paths?: { readonly callback: string; readonly silent: string }
  /** Makes it a client, and returns the `client_id`. */
  readonly register?: (origin: string) => Promise<string>
}

export async function serveSinglePageApp(
  installation: Installation,
  scope: string,
  { paths = { callback: '/callback', silent: '/silent' }, register }: SinglePageAppSettings = {},
): Promise<SinglePageApp> {
  const port = await freePort()
  const origin = `http://localhost:${port}`
  const uris = ['-u', origin + paths.callback, '-u', origin + paths.silent, '-p', `${origin}/`]
  const clientId =
    register === undefined
      ? (await createClient(installation, 'Single-page app', 'public', uris)).clientId
      : await register(origin)
  const settings = { authority: installation.issuer, client_id: clientId, scope, paths }
  const html = { type: 'text/html; charset=utf-8', body: read('app.html') }
  const files = new Map([
    ['/', html],
    [paths.callback, html],
    [paths.silent, html],
    ['/app.js', { type: 'text/javascript', body: read('app.js') }],
    ['/settings.js', { type: 'text/javascript', body: `window.settings = ${JSON.stringify(settings)}` }],
    ['/oidc-client-ts.js', { type: 'text/javascript', body: readFileSync(LIBRARY, 'utf8') }],
  ])
  const server = createServer((request, response) => {
    const file = files.get(new URL(request.url ?? '/', origin).pathname)
    if (file === undefined) response.writeHead(404).end()
    else response.writeHead(200, { 'content-type': file.type }).end(file.body)
  })
  await new Promise<void>(resolve => server.listen(port, '127.0.0.1', resolve))
  return {
    origin,
    clientId,
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
