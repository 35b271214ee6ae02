/** One set of rules behind every way: what is done over HTTP, by a command in the database, by a command at a server, or by files, comes to the same. */

import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { stringify } from 'yaml'
import { createAdminClient, type OperationName } from '../../src/admin-client/admin-client.ts'
import { localTransport } from '../../src/administration-in-process.ts'
import { OPERATIONS } from '../../src/core/administration/operations.ts'
import { RESOURCES } from '../../src/core/administration/resources.ts'
import { canonical } from '../../src/core/administration/versions.ts'
import { openHouse, withStoredSettings } from '../../src/house.ts'
import { aDelivery } from '../support/builders.ts'
import { type ManagedApp, startManagedApp } from '../support/managed-app.ts'
import type { RunningApp } from '../support/running-app.ts'
import { DECLARABLE_STORIES } from '../support/same-everywhere/declarable-stories.ts'
import { OTHER_STORIES, QUESTIONS } from '../support/same-everywhere/other-stories.ts'
import type { Stage, Step, Story } from '../support/same-everywhere/story.ts'
import { configOf } from '../support/seeding.ts'

const STORIES: readonly Story[] = [...DECLARABLE_STORIES, ...OTHER_STORIES]

interface Way {
  readonly name: string
  /** Nothing: this way knows no such step. */
  take(step: Step, stage: Stage, managed: ManagedApp): Promise<'taken' | 'unknown'>
}

const OVER_HTTP: Way = {
  name: 'over HTTP',
  async take(step, stage) {
    await step.api(stage)
    return 'taken'
  },
}

function byCommand(name: string, at: 'local' | 'remote'): Way {
  return {
    name,
    async take(step, stage, managed) {
      if (step.command === undefined) return OVER_HTTP.take(step, stage, managed)
      const words = await step.command(stage)
      const { code, err } = await managed[at](words, step.input === undefined ? {} : { input: step.input })
      assert.equal(code, 0, `${words.join(' ')}: ${err}`)
      return 'taken'
    },
  }
}

const BY_FILES: Way = {
  name: 'by files',
  async take(step, _stage, { folder, local }) {
    if (step.file === undefined) return 'unknown'
    writeFileSync(join(folder, 'sallyport.yaml'), stringify(step.file))
    const { code, err } = await local(['apply', '--yes', '--prune'])
    assert.equal(code, 0, err)
    return 'taken'
  },
}

const WAYS = [OVER_HTTP, byCommand('by a command', 'local'), byCommand('by a command at a server', 'remote')]

/** What no two things have in common: who they are, when, by whom, and what was made up for them. */
const OWN = /^(?:id|sub|kid|prefix|origin|owned_by|x5c|public_jwk|jwk|version)$|_(?:at|by)$/

function withoutOwn(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutOwn)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, inner]) => (OWN.test(name) ? [] : [[name, withoutOwn(inner)]])),
  )
}

/** Each app stands at an address of its own, on a database of its own, and what it keeps has addresses with ids in them. */
function withoutPlace(state: object, { issuer, database }: Pick<RunningApp, 'issuer' | 'database'>): object {
  const text = JSON.stringify(state)
    .replaceAll(issuer, 'ISSUER')
    .replaceAll(new URL(issuer).host, 'HOST')
    .replaceAll(database, 'DATABASE')
  return JSON.parse(text.replace(/(ISSUER\/clients\/logo)\/[^"]+/g, '$1'))
}

/** Read by nobody who has remembered anything. */
async function stateOf({ settings, folder }: ManagedApp, resources: readonly string[]): Promise<object> {
  const config = await configOf(folder, settings)
  const house = await openHouse(config)
  try {
    const admin = createAdminClient(localTransport(house, await withStoredSettings(config, house)))
    const state: Record<string, unknown> = {}
    for (const resource of resources) {
      const documents: unknown[] = []
      for await (const document of admin.all(`${resource}.list` as 'groups.list')) documents.push(withoutOwn(document))
      state[resource] = documents.toSorted((a, b) => (canonical(a) < canonical(b) ? -1 : 1))
    }
    return withoutPlace(state, config)
  } finally {
    await house.close()
  }
}

describe('the same comes of every way', () => {
  for (const story of STORIES) {
    const isDeclarable = RESOURCES.find(({ name }) => name === story.about)?.isDeclarable === true

    it(`${story.about}: ${story.steps.flatMap(({ does }) => does.map(name => name.replace(/^.*\./, ''))).join(', ')}`, async () => {
      const ways = isDeclarable ? [...WAYS, BY_FILES] : WAYS
      const looksAt = [story.about, ...(story.alsoLooksAt ?? [])]
      const opened: ManagedApp[] = []
      try {
        const stages = await Promise.all(ways.map(way => stageOf(way, story, opened)))
        let before = await stateOf(firstOf(stages).managed, looksAt)
        for (const step of story.steps) {
          const states: { readonly name: string; readonly state: object }[] = []
          for (const { way, stage, managed } of stages) {
            const left = await eventsOf(step, managed)
            if ((await way.take(step, stage, managed)) === 'unknown') continue
            const isLeft = (await eventsOf(step, managed)) > left
            assert.equal(isLeft, step.leaves !== undefined, `${step.does.join(', ')} ${way.name}`)
            states.push({ name: way.name, state: await stateOf(managed, looksAt) })
          }
          const [first, ...others] = [firstOf(states), ...states.slice(1)]
          if (step.leaves === undefined)
            assert.notDeepEqual(first.state, before, `${step.does.join(', ')} does something`)
          before = first.state
          for (const { name, state } of others) {
            assert.deepEqual(state, first.state, `${step.does.join(', ')} ${name}, and ${first.name}`)
          }
        }
      } finally {
        await Promise.all(opened.map(managed => managed.close()))
      }
    })
  }
})

/** How many there are of the event that the step leaves. */
async function eventsOf({ leaves }: Step, { app: { house } }: ManagedApp): Promise<number> {
  return leaves === undefined ? 0 : (await house.repositories.audit.list({ type: leaves, limit: 100 })).length
}

function firstOf<Item>([first]: readonly Item[]): Item {
  return first ?? assert.fail('there is none')
}

/** `opened`: to be closed, whatever becomes of the others. */
async function stageOf(way: Way, story: Story, opened: ManagedApp[]) {
  const managed = await startManagedApp()
  opened.push(managed)
  const { app, admin, folder } = managed
  const stage: Stage = { app, admin, folder, ids: new Map() }
  await story.given?.(stage)
  return { way, managed, stage }
}

describe('the same answer comes to every question', () => {
  let managed: ManagedApp
  const ids = new Map<string, string>()
  const stage = (): Stage => ({ app: managed.app, admin: managed.admin, folder: managed.folder, ids })

  before(async () => {
    managed = await startManagedApp()
    const { app, admin } = managed
    await admin.call('groups.create', { body: { name: 'staff' } })
    await admin.call('policies.create', { body: { name: 'office', default_policy: 'deny' } })
    await admin.call('attributes.create', { body: { name: 'department', scopes: ['work'] } })
    const account = await app.enrol({ username: 'ada', email: 'ada@example.com', groups: ['staff'] })
    await app.beginSession(account)
    await app.addUpstream({ alias: 'corp' })
    await admin.call('identities.create', { body: { account: 'ada', upstream: 'corp', subject: '42' } })
    await admin.call('consents.create', { body: { account: 'ada', client: 'deployer', scopes: ['openid'] } })
    await admin.call('registration-tokens.create', { body: { label: 'ci' } })
    const { commit, deliveries } = app.house.repositories
    // Given up: the running server leaves it as it is.
    const delivery = aDelivery({ state: 'given-up', expiresAt: new Date('2100-01-01T00:00:00Z') })
    assert.ok((await commit([deliveries.insert(delivery)])).committed)
    const page = await fetch(`${app.issuer}/authorize?client_id=nobody&response_type=code`)
    ids.set('code', /\b[0-9A-Z]{4}-[0-9A-Z]{4}\b/.exec(await page.text())?.[0] ?? '')
  })
  after(() => managed.close())

  for (const question of QUESTIONS) {
    if (question.command === undefined) continue
    it(`${question.asks.join(', ')}, in the database and at a server`, async () => {
      const words = [...(question.command?.(stage()) ?? []), '--json']
      const given = question.input === undefined ? {} : { input: question.input }
      const [here, there] = [await managed.local(words, given), await managed.remote(words, given)]
      assert.deepEqual(withoutOwn(there.json()), withoutOwn(here.json()))
      assert.deepEqual([there.code, there.err], [here.code, here.err])
    })
  }

  for (const resource of RESOURCES) {
    const group = resource.singular.replaceAll(' ', '-').replace(/^audit-event$/, 'audit')

    it(`${resource.name}.list and ${resource.name}.read, over HTTP, in the database and at a server`, async () => {
      const { admin } = managed
      // Every request with a token of its own is an event of its own.
      const only = resource.name === 'audit' ? ['--type', 'group.'] : []
      const words = [group, 'list', ...only, '--json']
      const [here, there] = [await managed.local(words), await managed.remote(words)]
      assert.equal(here.code, 0, here.err)
      assert.deepEqual(there.json(), here.json())
      const query = only.length === 0 ? {} : { type: 'group.' }
      const documents: Readonly<Record<string, unknown>>[] = []
      for await (const document of admin.all(`${resource.name}.list` as 'groups.list', query as object))
        documents.push({ ...document })
      assert.equal(documents.length, here.json().length)
      const first = firstOf(documents)
      const key = `${first[resource.key]}`
      const path = { [resource.key]: key }
      const read = await admin.call(`${resource.name}.read` as 'groups.read', { path } as never)
      assert.deepEqual(read.document, first)
    })
  }
})

describe('nothing is left out', () => {
  const shown = new Set([
    ...STORIES.flatMap(({ steps }) => steps.flatMap(({ does }) => does)),
    ...QUESTIONS.flatMap(({ asks }) => asks),
    ...RESOURCES.flatMap(({ name }) => [`${name}.list`, `${name}.read`]),
  ])

  it('every operation has a row, and every row an operation', () => {
    const names: readonly OperationName[] = OPERATIONS.map(({ name }) => name as OperationName)
    assert.deepEqual([...shown].toSorted(), names.toSorted())
  })

  it('every resource that can be changed has a story, declarable ones with files for making, changing and deleting', () => {
    const reading = ['list', 'read']
    for (const { name, isDeclarable } of RESOURCES) {
      const own = OPERATIONS.filter(operation => operation.name.startsWith(`${name}.`))
      const story = STORIES.find(({ about }) => about === name)
      if (own.some(operation => !reading.includes(operation.name.slice(name.length + 1)))) assert.ok(story, name)
      if (isDeclarable !== true) continue
      const filed = new Set(story?.steps.flatMap(({ does, file }) => (file === undefined ? [] : does)))
      for (const act of ['create', 'patch', 'replace', 'delete'])
        assert.ok(filed.has(`${name}.${act}`), `${name}.${act}`)
    }
  })

  it('every step has a command, or says why not', () => {
    for (const { steps } of STORIES) {
      for (const { does, command, withoutCommand } of steps) {
        assert.notEqual(command === undefined, withoutCommand === undefined, does.join(', '))
      }
    }
    for (const { asks, command, withoutCommand } of QUESTIONS) {
      assert.notEqual(command === undefined, withoutCommand === undefined, asks.join(', '))
    }
  })
})
