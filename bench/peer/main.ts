/** The peer's process: `node bench/peer/main.ts SETTINGS.json`. */

import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { Provider } from 'oidc-provider'
import { peerConfiguration } from './configuration.ts'
import { interact, isInteraction } from './interaction.ts'
import { createMemoryAdapterFactory } from './memory-adapter.ts'
import type { PeerSettings } from './settings.ts'
import { createSqliteAdapterFactory } from './sqlite-adapter.ts'

const settings = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as PeerSettings
const adapter =
  settings.storage.kind === 'memory' ? createMemoryAdapterFactory() : createSqliteAdapterFactory(settings.storage.path)
const provider = new Provider(settings.issuer, peerConfiguration(settings, adapter))
provider.on('server_error', (_ctx, error) => console.error(error))

const callback = provider.callback()
const server = createServer((request, response) => {
  if (!isInteraction(request)) {
    callback(request, response).catch((error: unknown) => console.error(error))
    return
  }
  interact(provider, request, response).catch((error: unknown) => {
    console.error(error)
    response.writeHead(500).end()
  })
})
server.listen(settings.port, '127.0.0.1')
process.once('SIGTERM', () => process.exit(0))
