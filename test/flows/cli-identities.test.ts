/** `sallyport identity …`: the real program on a real SQLite file. */

import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { LINKED, UNLINKED } from '../../src/core/upstreams/linking/identity-events.ts'
import { anUpstream, anUpstreamSession, aSession } from '../support/builders.ts'
import { aFolder, auditEvents, inHouse, run } from '../support/command-line.ts'

/** A folder with the account `ada`, without a password unless said, and the upstreams `corp` and `github`. */
async function aServer(t: TestContext, withPassword = false): Promise<string> {
  const cwd = aFolder(t)
  const words = withPassword ? ['--password-stdin'] : ['--no-password']
  assert.equal((await run(['account', 'create', 'ada', ...words], cwd, { input: 'correct horse battery\n' })).code, 0)
  assert.equal((await run(['account', 'create', 'bob', '--no-password'], cwd)).code, 0)
  await inHouse(cwd, async ({ repositories: { upstreams, commit } }) => {
    const made = ['corp', 'github'].map(alias => upstreams.insert(anUpstream({ alias })))
    assert.deepEqual(await commit(made), { committed: true })
  })
  return cwd
}

const linkAda = (cwd: string, ...more: readonly string[]) =>
  run(['identity', 'link', 'ada', 'corp', 'a-1', ...more], cwd)

describe('identity commands', () => {
  it('link, list and unlink, and tell the audit', async t => {
    const cwd = await aServer(t, true)
    const { linked_at: _, ...linked } = (await linkAda(cwd, '--label', 'Ada at Corp', '--json')).json()
    assert.deepEqual(linked, {
      account: 'ada',
      upstream: 'corp',
      subject: 'a-1',
      label: 'Ada at Corp',
      has_tokens: false,
    })
    const [listed] = (await run(['identity', 'list', '--json'], cwd)).json()
    assert.deepEqual([listed.account, listed.upstream, listed.subject], ['ada', 'corp', 'a-1'])
    assert.match((await run(['identity', 'list'], cwd)).out, /^ada +corp +a-1 +Ada at Corp +\d{4}-\d\d-\d\d$/m)

    const shown = (await run(['account', 'show', 'ada', '--json'], cwd)).json()
    assert.deepEqual(
      shown.identities.map(({ upstream, subject }: typeof listed) => [upstream, subject]),
      [['corp', 'a-1']],
    )
    assert.match((await run(['account', 'show', 'ada'], cwd)).out, /^identities +corp: a-1 \(Ada at Corp\)$/m)

    const { out } = await run(['identity', 'unlink', 'ada', 'corp'], cwd)
    assert.equal(out, 'ada is no longer linked at corp (it was a-1).\n')
    assert.deepEqual((await run(['identity', 'list', '--json'], cwd)).json(), [])
    const events = (await auditEvents(cwd)).filter(({ type }) => type.startsWith('identity.'))
    const detail = { username: 'ada', upstream: 'corp', subject: 'a-1', label: 'Ada at Corp', by: 'command line' }
    assert.deepEqual(
      events.map(({ type, address, detail: { username, upstream, subject, label, by } }) => [
        type,
        address,
        { username, upstream, subject, label, by },
      ]),
      [
        [LINKED, 'cli', detail],
        [UNLINKED, 'cli', detail],
      ],
    )
  })

  it('list by account and by upstream', async t => {
    const cwd = await aServer(t)
    await linkAda(cwd)
    await run(['identity', 'link', 'ada', 'github', '17'], cwd)
    await run(['identity', 'link', 'bob', 'github', '18'], cwd)
    const subjects = async (...more: readonly string[]) =>
      (await run(['identity', 'list', ...more, '--json'], cwd)).json().map((item: { subject: string }) => item.subject)
    assert.deepEqual(await subjects('--account', 'ada'), ['a-1', '17'])
    assert.deepEqual(await subjects('--upstream', 'github'), ['17', '18'])
    assert.deepEqual(await subjects('--upstream', 'github', '--account', 'ada'), ['17'])
    assert.deepEqual((await subjects()).toSorted(), ['17', '18', 'a-1'])
    const none = await run(['identity', 'list', '--account', 'bob', '--upstream', 'corp'], cwd)
    assert.deepEqual([none.code, none.out, none.err], [0, '', 'No identity is linked.\n'])
  })

  it('never move a link: an identity belongs to one account, an account has one of an upstream', async t => {
    const cwd = await aServer(t)
    await linkAda(cwd)
    const taken = await run(['identity', 'link', 'bob', 'corp', 'a-1'], cwd)
    assert.deepEqual([taken.code, taken.err.includes('a-1 at corp is linked to the account ada')], [3, true])
    const second = await run(['identity', 'link', 'ada', 'corp', 'a-2'], cwd)
    assert.deepEqual([second.code, second.err.includes('linked at corp already, to a-1')], [3, true])
  })

  it('say what is not there, and which name was meant', async t => {
    const cwd = await aServer(t)
    assert.match(
      (await run(['identity', 'link', 'ada', 'crop', 'a-1'], cwd)).err,
      /no upstream crop \(did you mean corp\?\)/,
    )
    assert.equal((await run(['identity', 'link', 'eve', 'corp', 'a-1'], cwd)).code, 4)
    assert.equal((await run(['identity', 'unlink', 'ada', 'corp'], cwd)).code, 4)
    assert.equal((await run(['identity', 'undo', 'ada', 'corp'], cwd)).code, 4)
    assert.equal((await run(['identity', 'link', 'ada', 'corp', ' '], cwd)).code, 2)
    assert.equal((await run(['identity', 'link', 'ada', 'corp', 'x'.repeat(256)], cwd)).code, 2)
    assert.equal((await linkAda(cwd, '--label', '')).code, 2)
  })

  it('keep the last way to sign in, unless told otherwise', async t => {
    const cwd = await aServer(t)
    await linkAda(cwd)
    const kept = await run(['identity', 'unlink', 'ada', 'corp'], cwd)
    assert.equal(kept.code, 2)
    assert.match(kept.err, /corp is the last way to sign in as ada: .*sallyport account set-password ada.*--yes/)
    assert.equal((await run(['identity', 'list', '--json'], cwd)).json().length, 1)
    assert.equal((await run(['identity', 'unlink', 'ada', 'corp', '--yes'], cwd)).code, 0)
    assert.deepEqual((await run(['identity', 'list', '--json'], cwd)).json(), [])
  })

  it('end the sessions that came of it, and no others', async t => {
    const cwd = await aServer(t, true)
    await linkAda(cwd)
    const [through, other] = await inHouse(cwd, async ({ repositories, clock }) => {
      const now = clock.now()
      const times = { authTime: now, createdAt: now, expiresAt: new Date(now.getTime() + 3_600_000) }
      const ada = await repositories.accounts.findByLogin('ada')
      const bob = await repositories.accounts.findByLogin('bob')
      const corp = await repositories.upstreams.findByAlias('corp')
      assert.ok(ada && bob && corp)
      const sessions = [aSession({ ...times, accountId: ada.id }), aSession({ ...times, accountId: bob.id })] as const
      const known = sessions.map(({ id }) =>
        anUpstreamSession({ sessionId: id, upstreamUid: corp.uid, subject: 'a-1' }),
      )
      const { sessions: all, upstreamSessions, commit } = repositories
      await commit([...sessions.map(all.insert), ...known.map(upstreamSessions.put)])
      return sessions
    })
    assert.equal((await run(['identity', 'unlink', 'ada', 'corp'], cwd)).code, 0)
    await inHouse(cwd, async ({ repositories: { sessions } }) => {
      assert.ok((await sessions.find(through.id))?.endedAt, 'it came of the identity')
      assert.equal((await sessions.find(other.id))?.endedAt, undefined, 'somebody else had this subject before')
    })
  })
})

describe('identity undo', () => {
  it('takes back a link, and taken back once more links again', async t => {
    const cwd = await aServer(t, true)
    await linkAda(cwd, '--label', 'Ada')
    assert.equal((await run(['identity', 'undo', 'ada', 'corp'], cwd)).out, 'ada is no longer linked at corp (a-1).\n')
    assert.deepEqual((await run(['identity', 'undo', 'ada', 'corp', '--json'], cwd)).json(), {
      account: 'ada',
      upstream: 'corp',
      subject: 'a-1',
      outcome: 'linked',
    })
    const [listed] = (await run(['identity', 'list', '--json'], cwd)).json()
    assert.deepEqual([listed.subject, listed.label], ['a-1', 'Ada'])
    const undone = (await auditEvents(cwd)).filter(({ detail }) => detail.undo === true)
    assert.deepEqual(
      undone.map(({ type }) => type),
      [UNLINKED, LINKED],
    )
  })

  it('looks at this upstream alone', async t => {
    const cwd = await aServer(t, true)
    await linkAda(cwd)
    await run(['identity', 'link', 'ada', 'github', '17'], cwd)
    await run(['identity', 'undo', 'ada', 'corp'], cwd)
    const left = (await run(['identity', 'list', '--json'], cwd)).json()
    assert.deepEqual(
      left.map(({ subject }: { subject: string }) => subject),
      ['17'],
    )
  })

  it('refuses when the identity was linked elsewhere since', async t => {
    const cwd = await aServer(t, true)
    await linkAda(cwd)
    await run(['identity', 'unlink', 'ada', 'corp'], cwd)
    await run(['identity', 'link', 'bob', 'corp', 'a-1'], cwd)
    const { code, err } = await run(['identity', 'undo', 'ada', 'corp'], cwd)
    assert.deepEqual([code, err.includes('a-1 at corp is linked to the account bob')], [3, true])
  })

  it('refuses when the link is gone that it would take back', async t => {
    const cwd = await aServer(t, true)
    await linkAda(cwd)
    await inHouse(cwd, async ({ repositories: { accounts, identities, commit } }) => {
      const ada = await accounts.findByLogin('ada')
      assert.ok(ada)
      const [identity] = await identities.listOfAccount(ada.id)
      assert.ok(identity)
      await commit([identities.unlink(identity.id)])
    })
    const { code, err } = await run(['identity', 'undo', 'ada', 'corp'], cwd)
    assert.deepEqual([code, err.includes('something else has happened since')], [3, true])
  })

  it('takes nobody their last way to sign in, unless told otherwise', async t => {
    const cwd = await aServer(t)
    await linkAda(cwd)
    assert.equal((await run(['identity', 'undo', 'ada', 'corp'], cwd)).code, 2)
    assert.equal((await run(['identity', 'undo', 'ada', 'corp', '--yes'], cwd)).code, 0)
  })

  it('does not link what was somebody of an upstream that is gone, to one made anew under its alias', async t => {
    const cwd = await aServer(t, true)
    await linkAda(cwd)
    await run(['identity', 'unlink', 'ada', 'corp'], cwd)
    await inHouse(cwd, async ({ repositories: { upstreams, commit } }) => {
      const corp = await upstreams.findByAlias('corp')
      assert.ok(corp)
      await commit([upstreams.delete(corp.uid)])
      await commit([upstreams.insert(anUpstream({ alias: 'corp', createdAt: new Date() }))])
    })
    const { code, err } = await run(['identity', 'undo', 'ada', 'corp'], cwd)
    assert.deepEqual([code, err.includes('the audit log knows of no link of ada at corp')], [4, true])
  })
})
