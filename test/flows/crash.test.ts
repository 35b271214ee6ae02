/** Kill -9 at random moments under load: nothing acknowledged is lost, nothing single-use is honoured twice. */

import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { openCode } from '../../src/core/handles/token-handles.ts'
import { type CrashClient, createCrashClient } from '../support/crash-client.ts'
import { checkGrant, checkSession, type GrantLife, liveThroughGrant, type SessionLife } from '../support/crash-lives.ts'
import { liveThroughSession } from '../support/crash-people.ts'
import { freePort } from '../support/free-port.ts'
import { createInstallation, type Installation } from '../support/installation.ts'
import { openForSeeding } from '../support/seeding.ts'
import type { ServerProcess } from '../support/server-process.ts'

/** Side by side, each with a server and a database of its own: a start keeps one core busy. */
const CAMPAIGNS = 2
const KILLS_EACH = 52
const GRANT_WORKERS = 14
const PEOPLE = 2
/** A kill comes this long after the load began. */
const LOAD_MS = { from: 20, to: 300 }
/** What is checked after each restart, newest first: all that the last load left in the middle of something is among it. */
const CHECKED_GRANTS = 40
const CHECKED_SESSIONS = 10
const TIMEOUT_MS = 300_000

interface Campaign {
  readonly installation: Installation
  readonly client: CrashClient
  readonly cookies: readonly string[]
  readonly accounts: Parameters<typeof liveThroughSession>[1][]
}

interface Outcome {
  readonly grants: readonly GrantLife[]
  readonly sessions: readonly SessionLife[]
  readonly checkedGrants: number
  readonly inDoubt: number
}

describe('kill -9 at random moments under load', () => {
  it(`loses nothing acknowledged and honours nothing twice, over ${CAMPAIGNS * KILLS_EACH} kills`, {
    timeout: TIMEOUT_MS,
  }, async t => {
    const startedAt = performance.now()
    const campaigns = await Promise.all(Array.from({ length: CAMPAIGNS }, () => prepare(t)))
    const stop = new AbortController()
    // One that fails ends the others, and the test only ends when all have put their servers away.
    const runs = campaigns.map(campaign => run(campaign, stop.signal).catch(error => stop.abort(error)))
    const outcomes = (await Promise.all(runs)).filter(outcome => outcome !== undefined)
    stop.signal.throwIfAborted()
    const sum = (count: (outcome: Outcome) => number): number => outcomes.reduce((total, one) => total + count(one), 0)
    const acknowledged = campaigns.reduce((total, { client }) => total + client.acknowledged, 0)
    const lost = campaigns.reduce((total, { client }) => total + client.lost, 0)
    t.diagnostic(
      `${CAMPAIGNS * KILLS_EACH} kills in ${Math.round((performance.now() - startedAt) / 1000)} s: ` +
        `${acknowledged} requests acknowledged, ${lost} answers lost; ` +
        `${sum(({ grants }) => grants.length)} grants and ${sum(({ sessions }) => sessions.length)} sessions, ` +
        `${sum(({ inDoubt }) => inDoubt)} left in doubt, ${sum(({ checkedGrants }) => checkedGrants)} grants tried after a restart`,
    )
    assert.ok(acknowledged > 0 && sum(({ inDoubt }) => inDoubt) > 0, 'the kills came in the middle of something')
  })
})

async function prepare(t: TestContext): Promise<Campaign> {
  const port = await freePort()
  const issuer = `http://127.0.0.1:${port}`
  const environment = {
    SALLYPORT_MASTER_KEY: 'a master key of a test, 32 characters or more',
    SALLYPORT_LOG_LEVEL: 'warn',
    // So that nothing is forgiven: the one before counts as stolen at once, and no code runs out while it waits for a restart.
    SALLYPORT_TOKENS_REFRESH_GRACE: '0s',
    SALLYPORT_TOKENS_AUTHORIZATION_CODE: '10m',
  }
  const installation = await createInstallation({ port, issuer, environment })
  t.after(() => installation.remove())
  const { house, seeding } = await openForSeeding(installation.folder, installation.environment)
  const by = await seeding.register({ idTokenSignedResponseAlg: 'ES256' })
  const accounts = await Promise.all(Array.from({ length: PEOPLE }, () => seeding.enrol()))
  const sessions = await Promise.all(accounts.map(account => seeding.beginSession(account)))
  await house.close()
  return {
    installation,
    client: createCrashClient(issuer, by),
    cookies: sessions.map(({ cookie }) => cookie),
    accounts,
  }
}

async function run(campaign: Campaign, stop: AbortSignal): Promise<Outcome> {
  const { installation, client } = campaign
  const grants: GrantLife[] = []
  const sessions: SessionLife[] = []
  const tried = new Set<GrantLife>()
  let inDoubt = 0
  for (let kill = 0; kill < KILLS_EACH && !stop.aborted; kill++) {
    const begun = { grants: grants.length, sessions: sessions.length }
    const server = await installation.start()
    try {
      await checkAll(client, grants, sessions, tried)
      await killUnderLoad(campaign, server, grants, sessions)
    } finally {
      await server.kill()
    }
    inDoubt += grants.slice(begun.grants).filter(isInDoubt).length
    inDoubt += sessions.slice(begun.sessions).filter(({ signOut }) => signOut === 'in-doubt').length
  }
  const server = await installation.start()
  await checkAll(client, grants, sessions, tried)
  await server.stop()
  await compareWithDatabase(installation, grants)
  return { grants, sessions, checkedGrants: tried.size, inDoubt }
}

async function killUnderLoad(
  { client, cookies, accounts }: Campaign,
  server: ServerProcess,
  grants: GrantLife[],
  sessions: SessionLife[],
): Promise<void> {
  let isOver = false
  const before = client.lost
  const untilKilled = async (work: () => Promise<void>): Promise<void> => {
    while (!isOver && client.lost === before) await work()
  }
  const workers = [
    ...Array.from({ length: GRANT_WORKERS }, (_, index) =>
      untilKilled(() => liveThroughGrant(client, cookies[index % cookies.length] ?? '', grants, chance)),
    ),
    ...accounts.map(account => untilKilled(() => liveThroughSession(client, account, sessions, chance(0.5)))),
  ]
  const done = Promise.allSettled(workers)
  await sleep(LOAD_MS.from + Math.random() * (LOAD_MS.to - LOAD_MS.from))
  await server.kill()
  isOver = true
  for (const result of await done) if (result.status === 'rejected') throw result.reason
}

async function checkAll(
  client: CrashClient,
  grants: readonly GrantLife[],
  sessions: readonly SessionLife[],
  tried: Set<GrantLife>,
): Promise<void> {
  const untried = grants.filter(life => !tried.has(life))
  const doubtful = untried.filter(isInDoubt)
  const others = untried.filter(life => !isInDoubt(life)).slice(-CHECKED_GRANTS)
  // Trying a grant ends it: what is tried once is not tried again.
  for (const life of [...doubtful, ...others]) tried.add(life)
  await Promise.all([
    ...[...doubtful, ...others].map(life => checkGrant(client, life)),
    ...sessions.slice(-CHECKED_SESSIONS).map(life => checkSession(client, life)),
  ])
}

function isInDoubt({ exchange, refreshInDoubt, revocation, accessRevocation }: GrantLife): boolean {
  return [exchange, revocation, accessRevocation].includes('in-doubt') || refreshInDoubt
}

/** Every grant, not only those that were tried: what the database holds fits what was acknowledged, and the audit counts each use once. */
async function compareWithDatabase({ folder, environment }: Installation, lives: readonly GrantLife[]): Promise<void> {
  const { house, keys } = await openForSeeding(folder, environment)
  try {
    // Routine events are not looked up by code, so all of them are read.
    const events = await house.repositories.audit.list({ type: 'token.issued', limit: 1_000_000 })
    const issuedByTrace = Map.groupBy(events, ({ traceCode }) => traceCode)
    for (const life of lives) {
      const id = openCode(keys.handles, life.code)
      const grant = id && (await house.repositories.grants.find(id))?.grant
      assert.ok(grant, 'an acknowledged code has no grant')
      if (life.exchange === 'done') assert.ok(grant.redeemedAt, 'an acknowledged exchange was lost')
      if (life.revocation === 'done') assert.ok(grant.revokedAt, 'an acknowledged revocation was lost')
      assert.ok(grant.generation >= life.refreshTokens.length, 'an acknowledged refresh was lost')
      const issued = (issuedByTrace.get(grant.traceCode) ?? []).map(({ detail }) => detail)
      const exchanges = issued.filter(({ grant_type }) => grant_type === 'authorization_code').length
      const refreshes = issued.filter(
        ({ grant_type, repeated }) => grant_type === 'refresh_token' && repeated !== true,
      ).length
      assert.equal(
        exchanges,
        grant.redeemedAt === undefined ? 0 : 1,
        'each code was exchanged once, and it is in the audit',
      )
      assert.equal(
        refreshes,
        Math.max(0, grant.generation - 1),
        'each generation was made once, and it is in the audit',
      )
    }
  } finally {
    await house.close()
  }
}

function chance(probability: number): boolean {
  return Math.random() < probability
}
