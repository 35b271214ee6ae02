/** Tests of the words for system failures: the failures are real ones. */

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, it } from 'node:test'
import { WrongMasterKey } from '../core/keys/key-sealer.ts'
import { EXIT } from './exit-codes.ts'
import { explainFailure } from './explain-failure.ts'

describe('failures of the system', () => {
  it('a port that is taken: which one, and what to set', async t => {
    const taken = createServer().listen(0, '127.0.0.1')
    t.after(() => taken.close())
    await once(taken, 'listening')
    const { port } = taken.address() as AddressInfo
    const second = createServer().listen(port, '127.0.0.1')
    const [error] = (await once(second, 'error').catch(thrown => [thrown])) as [Error]
    assert.match(
      explainFailure(error)?.message ?? '',
      new RegExp(`^127\\.0\\.0\\.1:${port} is taken .*SALLYPORT_LISTEN`),
    )
  })

  it('a database that does not answer', async () => {
    const closed = createServer().listen(0, '127.0.0.1')
    await once(closed, 'listening')
    const { port } = closed.address() as AddressInfo
    closed.close()
    await once(closed, 'close')
    const [error] = (await once(connect(port, '127.0.0.1'), 'connect').catch(thrown => [thrown])) as [Error]
    assert.match(explainFailure(error)?.message ?? '', /^the database does not answer .*SALLYPORT_DATABASE$/)
  })

  it('a file that is no database', t => {
    const folder = mkdtempSync(join(tmpdir(), 'sallyport-'))
    t.after(() => rmSync(folder, { recursive: true }))
    writeFileSync(join(folder, 'db'), 'something else, and long enough to have a header'.repeat(10))
    assert.throws(
      () => new DatabaseSync(join(folder, 'db')).exec('pragma journal_mode = wal; select * from sqlite_schema'),
      (error: Error) =>
        explainFailure(error)?.message === 'the file that SALLYPORT_DATABASE names is no SQLite database',
    )
  })

  it('another master key is a mistake of the settings (exit code 78)', () => {
    assert.equal(explainFailure(new WrongMasterKey('sealed under another'))?.exitCode, EXIT.configuration)
  })

  it('are left alone when nobody foresaw them', () => {
    assert.equal(explainFailure(new Error('what?')), undefined)
  })
})
