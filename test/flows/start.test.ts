/** Starting: a server loads what its first requests need, and the rest when somebody asks for it. */

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { aFolder } from '../support/command-line.ts'
import { freePort } from '../support/free-port.ts'
import { startServer } from '../support/server-process.ts'

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url))

/** Writes down every module that is loaded, one a line. */
const NOTES_LOADED = `data:text/javascript,${encodeURIComponent(`
  import { appendFileSync } from 'node:fs'
  import { registerHooks } from 'node:module'
  registerHooks({
    load(url, context, next) {
      appendFileSync(process.env.LOADED, url + '\\n')
      return next(url, context)
    },
  })`)}`

/** Managing, planning, linting, importing, what describes the API, other commands; YAML where there is no file. */
const NOT_AT_START = [
  /\/core\/administration\/(operations|resources)\.ts$/,
  /\/core\/declarations\/plan-things\.ts$/,
  /\/core\/(lint|import)\//,
  /\/doors\/admin\/api\/description\//,
  /\/cli\/commands\/(?!serve\.ts)/,
  /\/node_modules\/yaml\//,
]

it('a server that declares nothing starts without what manages, and has it when it is asked', async t => {
  const folder = aFolder(t)
  const port = await freePort()
  const issuer = `http://127.0.0.1:${port}`
  const notes = join(folder, 'loaded.txt')
  const server = await startServer({
    command: [process.execPath, '--import', NOTES_LOADED, MAIN, 'serve'],
    folder,
    environment: { SALLYPORT_ISSUER: issuer, SALLYPORT_LISTEN: `127.0.0.1:${port}`, LOADED: notes },
    port,
    certificate: undefined,
  })
  const loaded = () => readFileSync(notes, 'utf8').trim().split('\n')
  const early = loaded()
  for (const pattern of NOT_AT_START) {
    assert.deepEqual(
      early.filter(url => pattern.test(url)),
      [],
    )
  }
  assert.equal((await fetch(`${issuer}/api/admin/v1/openapi.json`)).status, 200)
  assert.equal((await fetch(`${issuer}/api/admin/v1/groups`)).status, 401)
  const [operations] = NOT_AT_START
  assert.equal(loaded().filter(url => operations?.test(url)).length, 2)
  await server.stop()
})
