/** `docs/guide/import.md` and `docs/guide/import-khoros.md` hold what they say: their commands run, as they are printed. */

import assert from 'node:assert/strict'
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { aFolder, inHouse, run } from '../support/command-line.ts'
import { blocksOf } from '../support/guide-programs.ts'
import { sourceFile } from '../support/import-sources.ts'

function commandsOf(page: string): readonly (readonly string[])[] {
  const lines = blocksOf(page, 'sh').flatMap(block => block.split('\n').filter(line => line.startsWith('sallyport ')))
  return lines.map(line => line.split(' ').slice(1))
}

describe('the guide to imports', () => {
  it('imports what its page about Khoros Aurora has written down', async t => {
    const page = readFileSync('docs/guide/import-khoros.md', 'utf8')
    const folder = aFolder(t)
    const [written = ''] = blocksOf(page, 'yaml')
    writeFileSync(join(folder, 'aurora.yaml'), written)
    for (const words of commandsOf(page)) {
      const done = await run(
        words.map(word => (word.endsWith('.yaml') ? join(folder, word) : word)),
        folder,
        {
          answers: ['y'],
          env: { CORP_SECRET: 'kept elsewhere' },
        },
      )
      assert.equal(done.code, 0, done.err)
    }
    await inHouse(folder, async ({ repositories }) => {
      const upstream = await repositories.upstreams.findByAlias('corp')
      assert.ok(upstream)
      const { clientId, pkceMethod, kind, logoutMode, frontchannelLogout, mappings } = upstream
      assert.deepEqual(
        [clientId, pkceMethod, kind, logoutMode, frontchannelLogout, mappings.length],
        ['community', 'S256', 'oidc', 'backchannel', true, 4],
      )
    })
  })

  it('has commands that run, each with the file that it names', async t => {
    const page = readFileSync('docs/guide/import.md', 'utf8')
    const files: Readonly<Record<string, string>> = {
      'configuration.yml': 'authelia.yml',
      'users_database.yml': 'authelia-users.yml',
      'identifiers.yml': 'authelia-identifiers.yml',
      'fixture.json': 'django-oidc-provider.json',
      'realm.json': 'keycloak.json',
    }
    const commands = commandsOf(page)
    assert.equal(commands.length, 4)
    for (const words of commands) {
      const folder = aFolder(t)
      for (const [name, source] of Object.entries(files)) copyFileSync(sourceFile(source), join(folder, name))
      // The realm of the tests has more to be said than the page shows.
      const more = words.includes('keycloak') ? ['--without', 'clients/spa', '--upstream-secret', 'corp=secret'] : []
      const placed = words.map(word => (Object.hasOwn(files, word) ? join(folder, word) : word))
      const done = await run([...placed, ...more], folder, { answers: ['y'] })
      assert.equal(done.code, 0, `${words.join(' ')}\n${done.err}`)
    }
  })
})
