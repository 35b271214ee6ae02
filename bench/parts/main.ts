/** Measures the parts that requests are made of, in a process of its own on the server's core, and prints them as JSON (microseconds). */

import { generateKeyPairSync, randomBytes, randomFillSync, sign } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { hash } from '@node-rs/argon2'
import type { Parts } from './bound.ts'

const PART_MS = 150
const GROUP = 20

/** Microseconds per call, the best of three passes: a bound is what the machine can do, not what it did while others ran. */
function time(run: () => void): number {
  for (let warm = 0; warm < 20; warm += 1) run()
  return Math.min(...[1, 2, 3].map(() => pass(run)))
}

function pass(run: () => void): number {
  const start = performance.now()
  let calls = 0
  let now = start
  while (now - start < PART_MS) {
    run()
    calls += 1
    now = performance.now()
  }
  return ((now - start) * 1000) / calls
}

function timeDatabase(directory: string): { lookup: number; groupedRow: number } {
  const database = new DatabaseSync(join(directory, 'parts.db'))
  database.exec('pragma journal_mode = wal; pragma synchronous = full')
  database.exec('create table row (id blob primary key, value text) without rowid')
  const insert = database.prepare('insert into row values (?, ?)')
  const find = database.prepare('select value from row where id = ?')
  const value = 'v'.repeat(250)
  let count = 0
  // Time-ordered keys: a counter, then random bytes.
  const key = Buffer.alloc(16)
  const groupedRow = time(() => {
    database.exec('begin immediate')
    for (let row = 0; row < GROUP; row += 1) {
      count += 1
      key.writeUIntBE(count, 0, 6)
      randomFillSync(key, 6)
      insert.run(key, value)
    }
    database.exec('commit')
  })
  const lookup = time(() => void find.get(key))
  database.close()
  return { lookup, groupedRow: groupedRow / GROUP }
}

async function timeArgon2(): Promise<number> {
  const options = { memoryCost: 19_456, timeCost: 2, parallelism: 1 }
  const passes: number[] = []
  for (let count = 0; count < 6; count += 1) {
    const start = performance.now()
    await hash('correct horse battery staple', options)
    passes.push((performance.now() - start) * 1000)
  }
  return Math.min(...passes)
}

const message = randomBytes(300)
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey
const directory = mkdtempSync(join(tmpdir(), 'sallyport-parts-'))
const parts: Omit<Parts, 'httpGet' | 'httpPost'> = {
  es256: time(() => void sign('sha256', message, { key: ec, dsaEncoding: 'ieee-p1363' })),
  rs256: time(() => void sign('sha256', message, rsa)),
  ...timeDatabase(directory),
  argon2: await timeArgon2(),
}
rmSync(directory, { recursive: true, force: true })
console.log(JSON.stringify(parts))
