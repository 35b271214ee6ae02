/** `docs/guide/upstream-from-keycloak.md` holds what it says: its commands make that upstream, and its program those people. */

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { aFolder, run } from '../support/command-line.ts'
import { blocksOf } from '../support/guide-programs.ts'

const PAGE = readFileSync('docs/guide/upstream-from-keycloak.md', 'utf8')
const ENV = { SALLYPORT_ISSUER: 'https://sso.example.com/realms/work', CORP_SECRET: 'kept elsewhere' }

/** As a shell splits them; the page needs no more than single quotes. */
function wordsOf(command: string): readonly string[] {
  return [...command.matchAll(/(?:[^\s']|'[^']*')+/g)].map(([word]) => word.replaceAll("'", ''))
}

describe('moving an identity provider from Keycloak', () => {
  it('is what the page of the guide says: the upstream, the people and their links', async t => {
    const folder = aFolder(t)
    const sallyport = async (command: string, ...more: readonly string[]) => {
      const [program, ...words] = [...wordsOf(command), ...more]
      assert.equal(program, 'sallyport')
      const done = await run(words, folder, { env: ENV })
      assert.equal(done.code, 0, `${command}\n${done.err}`)
      return done
    }
    for (const line of blocksOf(PAGE, 'sh').flatMap(block => block.split('\n').filter(text => text !== '')))
      await sallyport(line, ...(line.includes(' upstream create ') ? ['--offline'] : []))
    const upstream = (await sallyport('sallyport upstream show corp --json')).json()
    const [exported, people] = blocksOf(PAGE, 'json').map(block => JSON.parse(block))
    const [before] = exported.identityProviders
    assert.deepEqual(
      [
        upstream.display_name,
        upstream.client_id,
        upstream.client_auth_method,
        upstream.trust_email,
        upstream.sync_mode,
      ],
      [before.displayName, before.config.clientId, before.config.clientAuthMethod, before.trustEmail, 'force'],
    )
    assert.equal(upstream.register_there.redirect_uri, 'https://sso.example.com/realms/work/broker/corp/endpoint')
    writeFileSync(join(folder, 'people.mjs'), blocksOf(PAGE, 'js')[0] ?? '')
    writeFileSync(join(folder, 'realm.json'), JSON.stringify(people))
    const commands = execFileSync(process.execPath, ['people.mjs', 'realm.json'], { cwd: folder, encoding: 'utf8' })
    for (const line of commands.trim().split('\n')) await sallyport(line)
    const [identity, ...others] = (await sallyport('sallyport identity list --json')).json()
    assert.deepEqual(
      [identity.account, identity.upstream, identity.subject, others],
      ['ada', 'corp', '248289761001', []],
    )
    const accounts = (await sallyport('sallyport account list --json')).json()
    assert.deepEqual(
      accounts.map(({ username, email_verified }: Record<string, unknown>) => [username, email_verified]),
      [['ada', true]],
    )
  })
})
