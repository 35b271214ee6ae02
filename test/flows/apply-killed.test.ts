/** `sallyport apply` that is killed: before its commit, after it, and in the middle of it. All of it is done, or nothing. */

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, before, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from 'pg'
import { onBothDatabases } from '../support/both-databases.ts'
import { execute, LAUNCHER } from '../support/command-line.ts'
import { aDeclaringPlace, type DeclaringPlace } from '../support/declaring.ts'
import { eventually } from '../support/eventually.ts'

const MANY = 150
/** Each halves the time in which the commit must be. */
const ROUNDS = 7

const filesOf = (round: number) => ({
  clients: Object.fromEntries(
    Array.from({ length: MANY }, (_, index) => [
      `app-${index}`,
      {
        client_type: 'public',
        redirect_uris: [`https://app-${index}.example.com/callback`],
        description: `round ${round}`,
      },
    ]),
  ),
})

onBothDatabases('applying that is killed', database => {
  let place: DeclaringPlace
  let url: string | undefined
  let wholeMs = 0

  before(async () => {
    url = await database()
    place = await aDeclaringPlace(url)
    place.write(filesOf(0))
    const begun = performance.now()
    const done = await execute(LAUNCHER, ['apply', '--yes'], place.folder, place.env)
    wholeMs = performance.now() - begun
    assert.equal(done.code, 0, done.err)
  })
  after(() => place.close())

  /** Which round all of it is of: things, and what is remembered of the files. */
  async function roundNow(): Promise<string> {
    await place.reopen()
    const { clients, declarations } = place.house.repositories
    const found = new Set((await clients.list()).map(({ description }) => `${description}`))
    for (const { document } of await declarations.list()) found.add(`${document.description}`)
    assert.equal(found.size, 1, `half of it is done: ${[...found].join(', ')}`)
    return [...found].join()
  }

  it('at any moment leaves all of it done or nothing, and both come about', async () => {
    const outcomes = { done: 0, nothing: 0 }
    let last = await roundNow()
    let [early, late] = [0, wholeMs * 4]
    for (let round = 1; round <= ROUNDS; round += 1) {
      place.write(filesOf(round))
      // At once, then when it has long been over, then ever nearer to the moment that divides the two.
      const wait = round === 1 ? early : round === 2 ? late : (early + late) / 2
      const { child, gone } = applying(place)
      await Promise.race([gone, sleep(wait)])
      child.kill('SIGKILL')
      await gone
      const now = await roundNow()
      const isDone = now === `round ${round}`
      assert.ok(isDone || now === last, now)
      last = now
      outcomes[isDone ? 'done' : 'nothing'] += 1
      if (isDone) late = wait
      else early = wait
    }
    assert.ok(outcomes.done > 0 && outcomes.nothing > 0, JSON.stringify(outcomes))
  })

  it('between two statements of its transaction leaves nothing done, and a second time all of it', async () => {
    const last = await roundNow()
    const hook = await aSlowStatement(place, url)
    place.write(filesOf(100))
    const { child, gone } = applying(place)
    await eventually(hook.isReached)
    child.kill('SIGKILL')
    await gone
    await hook.remove()
    assert.equal(await roundNow(), last)
    const done = await execute(LAUNCHER, ['apply', '--yes'], place.folder, place.env)
    assert.equal(done.code, 0, done.err)
    assert.equal(await roundNow(), 'round 100')
  })
})

/** SIGKILL: nothing in the process can tidy up. */
function applying({ folder, env }: DeclaringPlace) {
  const base = { PATH: process.env.PATH ?? '', HOME: folder }
  const child = spawn(LAUNCHER, ['apply', '--yes'], { cwd: folder, env: { ...base, ...env }, stdio: 'ignore' })
  return { child, gone: once(child, 'exit') }
}

interface Hook {
  /** It is in its transaction, with a part of the rows written, and goes no further. */
  isReached(): Promise<boolean>
  remove(): Promise<void>
}

function aSlowStatement({ folder }: DeclaringPlace, url: string | undefined): Promise<Hook> | Hook {
  return url === undefined ? slowOnSqlite(join(folder, 'sallyport.db')) : slowOnPostgres(url)
}

function slowOnSqlite(file: string): Hook {
  const database = new DatabaseSync(file)
  database.exec('pragma busy_timeout = 0')
  database.exec(`create trigger slow after update on client when new.client_id = 'app-${MANY / 2}' begin
    select count(*) from (with recursive n(i) as (select 1 union all select i + 1 from n where i < 1e11) select i from n);
  end`)
  let busy = 0
  return {
    // Whoever opens the database holds it for a moment as well.
    async isReached() {
      try {
        database.exec('begin immediate')
      } catch {
        busy += 1
        return busy > 8
      }
      database.exec('rollback')
      busy = 0
      return false
    },
    async remove() {
      database.exec('drop trigger slow')
      database.close()
    },
  }
}

async function slowOnPostgres(url: string): Promise<Hook> {
  const client = new Client(url)
  await client.connect()
  await client.query(
    'create function slow() returns trigger language plpgsql as $$ begin perform pg_sleep(600); return new; end $$',
  )
  await client.query(`create trigger slow after update on client for each row
    when (new.client_id = 'app-${MANY / 2}') execute function slow()`)
  const sleeping = "from pg_stat_activity where datname = current_database() and wait_event = 'PgSleep'"
  return {
    isReached: async () => (await client.query(`select 1 ${sleeping}`)).rowCount !== 0,
    async remove() {
      // The server notices only when it answers that nobody is there any more.
      await client.query(`select pg_terminate_backend(pid) ${sleeping}`)
      await client.query('drop trigger slow on client')
      await client.query('drop function slow')
      await client.end()
    },
  }
}
