/** What files declare, applied before the doors open: by the server itself, whole or not at all. */

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { WrongDeclarations } from '../../src/core/declarations/apply-at-start.ts'
import { startApp } from '../support/running-app.ts'

describe('the start of a server whose files declare things', () => {
  let folder: string
  let file: string
  let database: string

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'sallyport-start-'))
    file = join(folder, 'things.yaml')
    database = `sqlite:${join(folder, 'sallyport.db')}`
  })
  after(() => rmSync(folder, { recursive: true, force: true }))

  /** Starts, looks, and stops. */
  async function started(yaml: string) {
    writeFileSync(file, yaml)
    const app = await startApp({ database, environment: { SALLYPORT_CONFIG: file } })
    try {
      const { clients, groups, declarations, audit } = app.house.repositories
      const events = await audit.list({ limit: 1000 })
      return {
        clients: (await clients.list()).map(({ clientId }) => clientId),
        groups: (await groups.list()).map(({ name }) => name),
        declared: (await declarations.list()).map(({ key, source }) => `${key} ${source}`),
        by: events.filter(({ type }) => type === 'group.created').map(({ detail, address }) => [detail.by, address]),
        appliedAt: (await declarations.list()).map(({ appliedAt }) => appliedAt.getTime()),
      }
    } finally {
      await app.close()
    }
  }

  it('applies them before the doors open, and says so in the audit', async () => {
    const seen = await started('groups: { staff: }\nclients:\n  wiki: { redirect_uris: [https://wiki.example.com/cb] }')
    assert.deepEqual(seen.groups, ['staff'])
    assert.ok(seen.clients.includes('wiki'))
    assert.deepEqual(seen.declared, [`wiki ${file}:3`, `staff ${file}:1`])
    assert.deepEqual(seen.by, [['sallyport.yaml', 'start']])
  })

  it('writes nothing when the files say what they said', async () => {
    const yaml = 'groups: { staff: }\nclients:\n  wiki: { redirect_uris: [https://wiki.example.com/cb] }'
    const [first, second] = [await started(yaml), await started(yaml)]
    assert.deepEqual(second.appliedAt, first.appliedAt)
  })

  it('notices that a secret behind a reference is another', async () => {
    const secret = join(folder, 'wiki.secret')
    const yaml = `groups: { staff: }\nclients:\n  wiki: { redirect_uris: [https://wiki.example.com/cb], client_secret: "\${file:${secret}}" }`
    const applied: (readonly number[])[] = []
    for (const text of [
      'the first secret of the wiki',
      'the first secret of the wiki',
      'the second secret of the wiki',
    ]) {
      writeFileSync(secret, text)
      applied.push((await started(yaml)).appliedAt)
    }
    assert.deepEqual(applied[1], applied[0])
    assert.notDeepEqual(applied[2], applied[1])
    rmSync(secret)
    await assert.rejects(started(yaml), /clients wiki: client_secret cannot be read: .*wiki\.secret.*no such file/)
    await started('groups: { staff: }\nclients:\n  wiki: { redirect_uris: [https://wiki.example.com/cb] }')
  })

  it('does not happen when they break a rule: nothing is changed, and every mistake is told', async () => {
    const yaml =
      'groups: { staff: , more: }\nclients:\n  wiki: { redirect_uris: ["javascript:x"] }\n  blog: { scope: "\\"" }'
    await assert.rejects(started(yaml), error => {
      assert.ok(error instanceof WrongDeclarations)
      assert.match(error.message, /^\d mistakes in what the files declare; nothing was changed/)
      assert.match(error.message, /things\.yaml:3 {2}clients wiki: redirect_uris/)
      assert.match(error.message, /things\.yaml:4 {2}clients blog: /)
      return true
    })
    const seen = await started('apply: { at_start: false }\ngroups: { staff: , other: }')
    assert.deepEqual(seen.groups, ['staff'], 'with at_start: false only sallyport apply does it')
  })

  it('may happen on two nodes at once: both open their doors, and one of them did it', async () => {
    writeFileSync(file, 'groups: { staff: , together: }')
    const environment = { SALLYPORT_CONFIG: file }
    const nodes = await Promise.all([1, 2].map(() => startApp({ database, environment })))
    try {
      const [node] = nodes
      const events = (await node?.house.repositories.audit.list({ limit: 1000, type: 'group.created' })) ?? []
      assert.equal(events.filter(({ detail }) => detail.group === 'together').length, 1)
    } finally {
      for (const node of nodes) await node.close()
    }
    assert.deepEqual((await started('groups: { staff: }')).groups, ['staff', 'together'])
  })

  it('deletes what left the files only where apply.prune says so, and never because there is nothing in them', async () => {
    const released = await started('groups: { staff: }')
    assert.ok(released.clients.includes('wiki'))
    const both = await started('groups: { staff: , other: , together: }')
    assert.deepEqual(both.groups, ['other', 'staff', 'together'])
    const pruned = await started('apply: { prune: true }\ngroups: { staff: }')
    assert.deepEqual(pruned.groups, ['staff'])
    const empty = await started('apply: { prune: true }')
    assert.deepEqual(empty.groups, ['staff'])
    assert.deepEqual(empty.declared, [])
  })
})
