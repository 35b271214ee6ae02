/** Tests of how a SQLite file is opened: what durability hangs on. */

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { Worker } from 'node:worker_threads'
import { openDatabase } from './open-database.ts'

describe('a SQLite file', () => {
  it('keeps a write-ahead log and syncs it with every commit', t => {
    const folder = mkdtempSync(join(tmpdir(), 'sallyport-sqlite-'))
    const database = openDatabase(join(folder, 'test.db'))
    t.after(() => {
      database.close()
      rmSync(folder, { recursive: true, force: true })
    })
    const pragma = (name: string): unknown => Object.values(database.prepare(`pragma ${name}`).get() ?? {})[0]
    assert.equal(pragma('journal_mode'), 'wal')
    assert.equal(pragma('synchronous'), 2)
    assert.equal(pragma('busy_timeout'), 5000)
    assert.equal(pragma('foreign_keys'), 1)
  })

  it('is refused with the folder that cannot be made, where a recursive mkdir would never return', t => {
    if (process.platform !== 'linux') return t.skip('/proc is a matter of Linux')
    assert.throws(() => openDatabase('/proc/x/y.db'), /the folder of the database, \/proc\/x, cannot be made/)
  })

  it('opens for everybody, when many open it at the same moment', async t => {
    const folder = mkdtempSync(join(tmpdir(), 'sallyport-sqlite-'))
    t.after(() => rmSync(folder, { recursive: true, force: true }))
    const gate = new SharedArrayBuffer(4)
    const openers = Array.from({ length: 4 }, () => openManyAtTheGate(folder, gate))
    assert.deepEqual(await Promise.all(openers), [[], [], [], []])
  })
})

/** Opens 40 new files, each at the moment when the other three threads do; returns what went wrong. */
async function openManyAtTheGate(folder: string, gate: SharedArrayBuffer): Promise<unknown> {
  const script = `
    const { workerData, parentPort } = require('node:worker_threads')
    import(workerData.module).then(({ openDatabase }) => {
      const arrived = new Int32Array(workerData.gate)
      const errors = []
      for (let file = 0; file < 40; file += 1) {
        Atomics.add(arrived, 0, 1)
        while (Atomics.load(arrived, 0) < (file + 1) * 4);
        try {
          openDatabase(workerData.folder + '/' + file + '.db').close()
        } catch (error) {
          errors.push(error.message)
        }
      }
      parentPort.postMessage(errors)
    })
  `
  const module = new URL('./open-database.ts', import.meta.url).href
  const worker = new Worker(script, { eval: true, workerData: { module, folder, gate } })
  const [errors] = await once(worker, 'message')
  return errors
}
