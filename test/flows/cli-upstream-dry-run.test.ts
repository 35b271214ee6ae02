/** `sallyport upstream dry-run`: mappings on pasted claims, and on the recorded answer of a sign-in that failed. */

import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, it, type TestContext } from 'node:test'
import { parseTraceCode } from '../../src/core/audit/trace-code.ts'
import type { Mapping } from '../../src/core/upstreams/mapping/mapping.ts'
import { linkTo } from '../support/arrivals.ts'
import { aFolder, type Given, run } from '../support/command-line.ts'
import type { RunningApp } from '../support/running-app.ts'
import { codeOn, startUpstreamPair, type UpstreamPair } from '../support/upstream-pair.ts'

/** The same database and master key as those of the running server. */
function onServer(app: RunningApp, words: readonly string[], t: TestContext, given: Given = {}, cwd = aFolder(t)) {
  const env = {
    SALLYPORT_ISSUER: app.issuer,
    SALLYPORT_DATABASE: app.database,
    SALLYPORT_MASTER_KEY: 'a master key of a test, 32 characters or more',
  }
  return run(['upstream', 'dry-run', ...words], cwd, { ...given, env: { ...env, ...given.env } })
}

function jwt(claims: object): string {
  const part = (json: object) => Buffer.from(JSON.stringify(json)).toString('base64url')
  return `${part({ alg: 'none' })}.${part(claims)}.`
}

const STAFF: Mapping = { kind: 'group', group: 'staff', claims: { roles: 'employee' }, sync: 'force' }

describe('upstream dry-run', () => {
  let pair: UpstreamPair
  before(async () => {
    pair = await startUpstreamPair()
    const { groups, commit } = pair.app.house.repositories
    await commit([groups.ensure({ name: 'staff', createdAt: new Date() })])
  })
  after(() => pair.close())

  describe('with pasted claims', () => {
    it('prints a line for each mapping, the patch, and what would happen, and says loudly that nothing is verified', async t => {
      await pair.app.addUpstream({ alias: 'printed', mappings: [STAFF] })
      const input = jwt({ sub: 'ada', preferred_username: 'Ada-Of-Printed', email: 'nowhere', roles: ['guest'] })
      const { code, out, err } = await onServer(pair.app, ['printed', '--token', '-'], t, { input })
      assert.equal(code, 0, err)
      assert.match(err, /NOTHING OF THIS IS VERIFIED/)
      assert.match(out, /^Upstream printed: the ID token$/m)
      assert.match(out, /^✗ group staff {5}claim "roles" of the ID token has no value "employee" among its values$/m)
      assert.match(out, /^✓ standard ssoid {2}claim "sub" of the ID token → ada$/m)
      assert.match(out, /^! standard email {2}.* is not an e-mail address$/m)
      assert.match(out, /^user name +ada-of-printed \(at the first sign-in\)$/m)
      assert.match(out, /^leaves groups +staff \(at every sign-in\)$/m)
      assert.match(out, /^What would happen: the person is asked for what is missing/m)
    })

    it('reads token responses, claims and several documents by their names', async t => {
      await pair.app.addUpstream({ alias: 'shapes', accessTokenIsJwt: true })
      const subjectOf = async (json: object) => {
        const input = JSON.stringify(json)
        const result = (await onServer(pair.app, ['shapes', '--token', '-', '--json'], t, { input })).json()
        return [result.patch.subject, result.documents]
      }
      const id_token = { sub: 'ada' }
      assert.deepEqual(await subjectOf(id_token), ['ada', ['id_token']])
      assert.deepEqual(await subjectOf({ id_token, userinfo: { sub: 'ada' } }), ['ada', ['id_token', 'userinfo']])
      const response = { token_type: 'Bearer', access_token: jwt({ sub: 'other' }), id_token: jwt(id_token) }
      assert.deepEqual(await subjectOf(response), ['ada', ['id_token', 'access_token', 'token_response']])
    })

    it('never shows a token of what was pasted', async t => {
      await pair.app.addUpstream({
        alias: 'silent',
        mappings: [{ kind: 'attribute', attribute: 'nickname', claim: 'refresh_token', source: 'token_response' }],
      })
      const input = JSON.stringify({
        token_type: 'Bearer',
        access_token: 'secret-access',
        refresh_token: 'secret-refresh',
        id_token: jwt({ sub: 'ada' }),
      })
      const { out, err } = await onServer(pair.app, ['silent', '--token', '-', '--json'], t, { input })
      assert.doesNotMatch(out + err, /secret-/)
      assert.match(err, /access_token_is_jwt is off/)
    })

    it('shows what would change of the account that is linked', async t => {
      const upstream = await pair.app.addUpstream({ alias: 'linked', mappings: [STAFF], syncMode: 'force' })
      const account = await pair.app.enrol({ username: 'linked-ada', groups: [], attributes: {} })
      await linkTo(pair.app, account, upstream, 'ada')
      const input = JSON.stringify({ sub: 'ada', name: 'Ada', roles: 'employee' })
      const { would } = (await onServer(pair.app, ['linked', '--token', '-', '--json'], t, { input })).json()
      assert.equal(would.what, 'the person is linked-ada, and is signed in')
      assert.deepEqual(would.changes, ['name is set to "Ada"', 'joins the group staff'])
      const after = await pair.app.house.repositories.accounts.find(account.id)
      assert.deepEqual(after, account, 'nothing was written')
    })

    it('shows no change that a sign-in would not make: of what a file declares, of the last administrator', async t => {
      await pair.app.addUpstream({
        alias: 'kept',
        mappings: [STAFF, { kind: 'administrator', claims: { roles: 'chief' }, sync: 'force' }],
      })
      const { username } = await pair.app.enrol({ role: 'administrator', groups: ['staff'] })
      const { declarations, commit } = pair.app.house.repositories
      const declared = { kind: 'accounts', key: username, source: 'sallyport.yaml:1', appliedAt: new Date() }
      assert.ok((await commit([declarations.insert({ ...declared, document: { groups: ['staff'] } })])).committed)
      const words = ['kept', '--token', '-', '--account', username, '--json']
      const { would } = (await onServer(pair.app, words, t, { input: '{"sub":"ada"}' })).json()
      assert.deepEqual([would.what, would.changes], [`a sign-in as ${username} changes nothing`, []])
    })

    it('shows what would change of an account that is named', async t => {
      await pair.app.addUpstream({ alias: 'named', mappings: [STAFF] })
      const { username } = await pair.app.enrol({ groups: ['staff'] })
      const words = ['named', '--token', '-', '--account', username, '--json']
      const { would } = (await onServer(pair.app, words, t, { input: '{"sub":"ada"}' })).json()
      assert.deepEqual(would, {
        outcome: 'change',
        what: `a sign-in as ${username} changes the account`,
        account: username,
        changes: ['leaves the group staff'],
      })
    })

    it('leaves to others the names that they sign in by, as a sign-in does', async t => {
      const email = { kind: 'attribute', attribute: 'email', claim: 'email' } as const
      await pair.app.addUpstream({ alias: 'grabbing', mappings: [email], syncMode: 'force', trustEmail: true })
      const [mallory, victim] = [await pair.app.enrol(), await pair.app.enrol()]
      const input = JSON.stringify({ sub: 'mallory', email: victim.email, preferred_username: victim.email })
      const words = ['grabbing', '--token', '-', '--account', mallory.username, '--json']
      const { would } = (await onServer(pair.app, words, t, { input })).json()
      assert.deepEqual(would.changes, [])
    })

    it('ends with exit code 1 when nobody would be let in', async t => {
      await pair.app.addUpstream({ alias: 'gated', essentialClaim: 'roles', essentialClaimValue: 'employee' })
      const { code, out } = await onServer(pair.app, ['gated', '--token', '-'], t, { input: '{"sub":"ada"}' })
      assert.equal(code, 1)
      assert.match(out, /^Refused: upstream essential_claim$/m)
      await pair.app.addUpstream({ alias: 'known-only', linkOnly: true })
      const linkOnly = await onServer(pair.app, ['known-only', '--token', '-'], t, { input: '{"sub":"ada"}' })
      assert.equal(linkOnly.code, 1)
      assert.match(linkOnly.out, /What would happen: the person is not let in/)
    })

    it('reports what cannot be read', async t => {
      await pair.app.addUpstream({ alias: 'strict' })
      const cwd = aFolder(t)
      writeFileSync(join(cwd, 'mapping.json'), '[{"kind":"attribute","attribute":"nonsense","claim":"a["}]')
      const failures: ReadonlyArray<readonly [words: readonly string[], input: string, code: number, message: RegExp]> =
        [
          [['strict'], '', 2, /either --token or --code/],
          [['strict', '--token', '-', '--code', '7K3M-9QXT'], '', 2, /either --token or --code/],
          [['strict', '--code', '7K3M-9QXT', '--userinfo', '-'], '', 2, /--userinfo goes with --token/],
          [['strict', '--code', 'no'], '', 2, /is no code/],
          [['strict', '--code', '7K3M-9QXT'], '', 4, /no answer is kept/],
          [['nobody', '--token', '-'], '{}', 4, /there is no upstream nobody/],
          [['strict', '--token', '-'], 'nonsense', 2, /is neither a JWT nor JSON/],
          [['strict', '--token', '-'], 'a.b.c.d.e', 2, /is encrypted/],
          [['strict', '--token', '-'], '{"id_token":7}', 2, /id_token that is no JSON object/],
          [
            ['strict', '--token', '-', '--mapping', 'mapping.json'],
            '{}',
            2,
            /the mappings cannot be tried:\n.*nonsense/,
          ],
        ]
      for (const [words, input, code, message] of failures) {
        const result = await onServer(pair.app, words, t, { input }, cwd)
        assert.equal(result.code, code, result.err)
        assert.match(result.err, message)
      }
    })
  })

  describe('with the code of a sign-in that failed', () => {
    it('shows that it would work with the repaired mapping, writes that down, and makes no session', async t => {
      const wrong: Mapping = { kind: 'attribute', attribute: 'ssoid', claim: 'employee_number' }
      const upstream = await pair.addUpstream('broken', { mappings: [wrong] })
      const person = await pair.idp.enrol({ username: 'grace' })
      const browser = await pair.browser()
      const failed = await browser.open('/broker/broken/login', person)
      const code = codeOn(failed)

      const { remedy } = await pair.why(code)
      assert.equal(remedy?.commands[0], 'sallyport upstream dry-run broken --code CODE --mapping FILE')
      const before = await onServer(pair.app, ['broken', '--code', code], t)
      assert.equal(before.code, 1)
      assert.match(before.out, /^– attribute ssoid {2}claim "employee_number" does not stand in the ID token/m)

      const cwd = aFolder(t)
      writeFileSync(join(cwd, 'repaired.json'), JSON.stringify({ mappings: [{ ...wrong, claim: 'sub' }] }))
      const words = ['broken', '--code', code, '--mapping', 'repaired.json', '--json']
      const repaired = await onServer(pair.app, words, t, {}, cwd)
      assert.equal(repaired.code, 0, repaired.err)
      const { patch, would, verified } = repaired.json()
      assert.deepEqual([patch.subject, verified], [person.subject, true])
      assert.match(would.what, /^the account grace is created$/)

      const { accounts, audit, identities } = pair.app.house.repositories
      const traceCode = parseTraceCode(code)
      assert.ok(traceCode)
      const events = (await audit.list({ traceCode, limit: 20 })).map(({ type, address }) => `${type} ${address}`)
      assert.equal(events.filter(event => event === 'upstream.answer-replayed cli').length, 2)
      assert.equal(await accounts.findByLogin('grace'), undefined)
      assert.deepEqual(await identities.listOfUpstream(upstream.uid, 10), [])
      for (const secret of ['access_token', 'refresh_token'])
        assert.doesNotMatch(repaired.out, new RegExp(`"${secret}":"`))
    })

    it('belongs to its upstream, and is gone after keep_failed_answers', async t => {
      const wrong: Mapping = { kind: 'attribute', attribute: 'ssoid', claim: 'employee_number' }
      await pair.addUpstream('forgetful', { mappings: [wrong] })
      await pair.app.addUpstream({ alias: 'bystander' })
      const person = await pair.idp.enrol()
      const browser = await pair.browser()
      const code = codeOn(await browser.open('/broker/forgetful/login', person))
      const other = await onServer(pair.app, ['bystander', '--code', code], t)
      assert.equal(other.code, 2)
      assert.match(other.err, /through another upstream than bystander/)

      const masterKey = { SALLYPORT_MASTER_KEY: 'the master key of whoever copied the database' }
      const stolen = await onServer(pair.app, ['forgetful', '--code', code], t, { env: masterKey })
      assert.equal(stolen.code, 78, stolen.err)
      assert.equal(`${stolen.out}${stolen.err}`.includes(person.subject), false)

      const { attempts, commit } = pair.app.house.repositories
      const traceCode = parseTraceCode(code)
      assert.ok(traceCode)
      const attempt = await attempts.findByTraceCode(traceCode)
      assert.ok(attempt)
      await commit([attempts.advance({ ...attempt, expiresAt: new Date(attempt.createdAt.getTime() - 1) }, 'failed')])
      const late = await onServer(pair.app, ['forgetful', '--code', code], t)
      assert.equal(late.code, 4)
      assert.match(late.err, /broker\.keep_failed_answers is over/)
      const events = await pair.app.house.repositories.audit.list({ traceCode, limit: 20 })
      assert.ok(!events.some(({ type }) => type === 'upstream.answer-replayed'))
    })
  })
})
