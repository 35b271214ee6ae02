/** The engine over pg: statements prepared once per connection, units as pipelined transactions on pooled connections. */

import { Pool, type PoolClient, type QueryConfig, type QueryResult, types } from 'pg'
import type { CommitOutcome } from '../../core/unit-of-work.ts'
import { COMMITTED, type Engine, type ExclusiveSession, lostTo } from '../engine.ts'
import type { CompiledSql, SqlValue } from '../statement.ts'
import type { SqlWrite, Step } from '../write.ts'
import { createWorkUnderWay } from './work-under-way.ts'

/** Serialises migrations among all nodes: an arbitrary number that nobody else in this database uses ("SALLYPOR"). */
const MIGRATION_LOCK = '6008217366047084370'

// SQLSTATE
const UNIQUE_VIOLATION = '23505'
const DEADLOCK_DETECTED = '40P01'

const DEADLOCK_ATTEMPTS = 5

export function createPostgresEngine(url: string): Engine {
  const pool = new Pool({
    connectionString: url,
    application_name: 'sallyport',
    max: 10,
    connectionTimeoutMillis: 5_000,
    idleTimeoutMillis: 60_000,
    statement_timeout: 10_000,
    idle_in_transaction_session_timeout: 10_000,
    keepAlive: true,
    // A unit leaves in one piece: nobody waits for the answer to `begin` before the first write is sent.
    pipeline: true,
    types: { getTypeParser },
  })
  // The server dropped an idle connection (a restart, a failover). The pool forgets it and makes another when one is needed;
  // without a listener the event would end the process.
  pool.on('error', () => {})

  const work = createWorkUnderWay()
  const query = (statement: CompiledSql, values: SqlValue[]): Promise<QueryResult> =>
    work.track(() => pool.query(queryOf(statement, values)))

  return {
    dialect: 'postgres',
    async all(statement, params) {
      return (await query(statement, statement.bind(params))).rows
    },
    async first(statement, params) {
      return (await query(statement, statement.bind(params))).rows[0]
    },
    async change(statement, params) {
      return (await query(statement, statement.bind(params))).rowCount ?? 0
    },
    commit: unit =>
      work.track(async () => {
        const steps = unit.flatMap(write => write.steps.map(step => ({ write, step })))
        const [only, second] = steps
        if (only === undefined) return COMMITTED
        // A single statement is a transaction of its own.
        if (second === undefined) return commitOne(pool, only)
        return againAfterDeadlock(() => onOneConnection(pool, client => commitAll(client, steps)))
      }),
    exclusively: act => work.track(() => onOneConnection(pool, client => runExclusively(client, act))),
    async close() {
      // The pool would cut off those who still wait for a connection.
      await work.end()
      await pool.end()
    },
  }
}

async function runExclusively<T>(client: PoolClient, act: (session: ExclusiveSession) => Promise<T>): Promise<T> {
  await client.query('begin')
  // A migration may take longer than any request is allowed to, and so may waiting for another node's.
  await client.query('set local statement_timeout = 0')
  await client.query('set local idle_in_transaction_session_timeout = 0')
  await client.query(`select pg_advisory_xact_lock(${MIGRATION_LOCK})`)
  const result = await act({
    run: async (statement, values) => (await client.query(queryOf(statement, [...values]))).rows,
  })
  await client.query('commit')
  return result
}

interface PlannedStep {
  readonly write: SqlWrite
  readonly step: Step
}

async function commitOne(pool: Pool, { write, step }: PlannedStep): Promise<CommitOutcome> {
  const result = await settle(pool.query(queryOf(step.statement, step.values)))
  return lossOf({ write, step }, result) ?? COMMITTED
}

/** Two round trips: everything up to the last write, then `commit` or `rollback`. */
async function commitAll(client: PoolClient, steps: readonly PlannedStep[]): Promise<CommitOutcome> {
  const begun = settle(client.query('begin'))
  const results = await Promise.all(steps.map(({ step }) => settle(client.query(queryOf(step.statement, step.values)))))
  const beginning = await begun
  if ('error' in beginning) throw beginning.error
  for (const [index, planned] of steps.entries()) {
    const result = results[index]
    // The first that failed is the reason; those behind it only say that the transaction is aborted.
    const loss = result && lossOf(planned, result)
    if (loss === undefined) continue
    await client.query('rollback')
    return loss
  }
  await client.query('commit')
  return COMMITTED
}

/** Units that want the same rows in another order: the server undid this one, so it may run again behind the others. */
async function againAfterDeadlock<T>(act: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await act()
    } catch (error) {
      if (codeOf(error) !== DEADLOCK_DETECTED || attempt === DEADLOCK_ATTEMPTS) throw error
    }
  }
}

async function onOneConnection<T>(pool: Pool, act: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect()
  try {
    const result = await act(client)
    client.release()
    return result
  } catch (error) {
    const undone = await settle(client.query('rollback'))
    // A connection that cannot even roll back is of no use to the next one.
    client.release('error' in undone)
    throw error
  }
}

type Settled = { readonly changed: number } | { readonly error: unknown }

/** Never rejects: pipelined queries fail together, and each failure must have somebody who looks at it. */
async function settle(query: Promise<{ rowCount: number | null }>): Promise<Settled> {
  try {
    return { changed: (await query).rowCount ?? 0 }
  } catch (error) {
    return { error }
  }
}

function lossOf({ write, step }: PlannedStep, result: Settled): CommitOutcome | undefined {
  if ('error' in result) {
    if (step.conditional && codeOf(result.error) === UNIQUE_VIOLATION) return lostTo(write)
    throw result.error
  }
  return step.conditional && result.changed === 0 ? lostTo(write) : undefined
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined
}

function queryOf({ name, sql }: CompiledSql, values: SqlValue[]): QueryConfig {
  return name === '' ? { text: sql, values } : { name, text: sql, values }
}

/** Times and counters are 64 bits wide and far below 2^53. */
const getTypeParser: typeof types.getTypeParser = (oid: number, format?: string) =>
  oid === types.builtins.INT8 ? Number : types.getTypeParser(oid, format as 'text')
