/** `sallyport why`: a sign-in in the database, explained by its code. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { COMMANDS } from '../../src/cli/commands.ts'
import type { TraceCode } from '../../src/core/audit/audit-event.ts'
import { REMEDIES } from '../../src/core/audit/remedies.ts'
import type { Id } from '../../src/lib/id.ts'
import { aFolder, inHouse, run } from '../support/command-line.ts'

describe('sallyport why', () => {
  it('finds a refused sign-in by its code, however it is typed, and shows the check that failed', async t => {
    const cwd = aFolder(t)
    await run(['client', 'create', 'W', 'public', '--client-id', 'wiki'], cwd)
    await inHouse(cwd, async ({ repositories, journal }) => {
      const client = await repositories.clients.findByClientId('wiki')
      assert.ok(client)
      await journal.commit([
        repositories.flows.insert({
          id: 'a'.repeat(32) as Id<'flow'>,
          version: 1,
          traceCode: '7K3M9QXT' as TraceCode,
          purpose: { kind: 'sign-out', clientUid: client.uid },
          state: { at: 'started' },
          trace: [{ at: new Date(0).toISOString(), step: 'end-session', outcome: 'passed' }],
          createdAt: new Date(),
          expiresAt: new Date(Date.now() + 60_000),
        }),
        journal.record('sign-out.refused', {
          address: '192.0.2.1',
          traceCode: '7K3M9QXT' as TraceCode,
          detail: {
            error: 'invalid_request',
            rule: 'RP-Initiated Logout §3 post_logout_redirect_uris',
            requested: 'https://x.example',
          },
        }),
      ])
    })
    const { code, out } = await run(['why', '7k3m-9qxt'], cwd)
    assert.equal(code, 0)
    assert.match(out, /^7K3M-9QXT: app wiki, the sign-out is started\n/)
    assert.match(out, /end-session {2}passed/)
    assert.match(out, /✗ [\d:.]+ {2}sign-out\.refused/)
    assert.match(out, /\nRule not met: RP-Initiated Logout §3 post_logout_redirect_uris\n/)
    assert.match(out, /\n {2}sallyport client edit wiki --add-post-logout-redirect-uri https:\/\/x\.example\n/)
    const explained = (await run(['why', '7K3M9QXT', '--json'], cwd)).json()
    assert.deepEqual([explained.clients, explained.failed.facts.requested], [['wiki'], 'https://x.example'])
    assert.equal((await run(['why', '00000000'], cwd)).code, 4)
    assert.equal((await run(['why', 'short'], cwd)).code, 2)
  })

  it('names no command that there is not', () => {
    const known = new Set(COMMANDS.map(({ words }) => words.join(' ')))
    const about = { facts: {}, at: '2026-01-01T12:00:00.000Z', clientId: undefined, username: undefined }
    for (const { rule, commands } of REMEDIES) {
      for (const command of commands?.(about) ?? []) {
        const [program, group, name] = command.split(' ')
        const isKnown = known.has(`${group} ${name}`) || known.has(`${group}`)
        assert.ok(program === 'sallyport' && isKnown, `${rule}: ${command}`)
      }
    }
  })
})
