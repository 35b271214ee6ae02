/** `sallyport client …` in the database and at a running server: the same words, answers and exit codes (C3, C5, C6, C11). */

import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { type ManagedApp, startManagedApp } from '../support/managed-app.ts'
import { PNG, SVG } from '../support/pictures.ts'

interface ShownSecret {
  readonly id: string
  readonly prefix?: string
  readonly expires_at?: string
}

for (const where of ['local', 'remote'] as const) {
  describe(`client commands, ${where === 'local' ? 'in the database' : 'at a running server'}`, () => {
    let managed: ManagedApp
    const at: ManagedApp['local'] = (words, given) => managed[where](words, given)
    const create = (id: string, type: string, ...more: readonly string[]) =>
      at(['client', 'create', id, type, '--client-id', id, ...more, '--json'])
    const shown = async (id: string) => (await at(['client', 'show', id, '--json'])).json()

    before(async () => {
      managed = await startManagedApp()
    })
    after(async () => {
      const { failures } = managed.app
      await managed.close()
      assert.deepEqual(failures, [])
    })

    it('say who made and changed a client', async () => {
      await create('made', 'public', '-u', 'https://made.example/cb')
      await at(['client', 'edit', 'made', '--description', 'x'])
      const who = where === 'local' ? 'command line' : 'client deployer'
      const { created_by, updated_by } = await shown('made')
      assert.deepEqual([created_by, updated_by], [who, who])
    })

    it('say when nothing differs, and change nothing', async () => {
      await create('still', 'public', '-u', 'https://still.example/cb')
      const before = await shown('still')
      const edited = (await at(['client', 'edit', 'still', '--name', 'still', '--json'])).json()
      assert.deepEqual([edited.outcome, (await shown('still')).updated_at], ['unchanged', before.updated_at])
    })

    it('take a digest, which is never printed', async () => {
      const digest = '$pbkdf2-sha256$6400$0ZrzXitFSGltTQnBWOsdAw$Y11AchqV4b0sUisdZd0Xr97KWoymNE0LNNrnEgY4H9M'
      const made = await create('digest', 'confidential', '--client-secret-hash', digest)
      assert.equal(made.code, 0, made.err)
      assert.deepEqual([made.json().secrets.length, 'client_secret' in made.json()], [1, false])
      assert.equal(made.out.includes('pbkdf2'), false)
      const wrong = await create('wrong', 'confidential', '--client-secret-hash', 'md5:x')
      assert.deepEqual([wrong.code, /client_secret_hash: is no digest/.test(wrong.err)], [2, true])
    })

    it('list what is looked for, in the order that is wanted', async () => {
      for (const id of ['list-b', 'list-a']) await create(id, 'public', '--owner', 'lists')
      await create('list-c', 'confidential', '--owner', 'lists', '--description', 'Third of them')
      const listed = async (...words: readonly string[]) =>
        (await at(['client', 'list', '--owner', 'lists', ...words, '--json']))
          .json()
          .map(({ client_id }: { client_id: string }) => client_id)
      assert.deepEqual(await listed(), ['list-b', 'list-a', 'list-c'])
      assert.deepEqual(await listed('--sort', 'client_id', '--limit', '2'), ['list-a', 'list-b'])
      assert.deepEqual(await listed('--type', 'confidential'), ['list-c'])
      assert.deepEqual(await listed('--search', 'THIRD'), ['list-c'])
      const none = await at(['client', 'list', '--search', 'nobody has this'])
      assert.deepEqual([none.out, none.err], ['', 'No client is like that.\n'])
    })

    it('rotate, add and end secrets, and keep the last one unless it is said plainly', async () => {
      await create('several', 'confidential')
      const added = (await at(['client', 'add-secret', 'several', '--expires-in', '90d', '--json'])).json()
      assert.match(added.client_secret, /^[\w-]{43}$/)
      const both: readonly ShownSecret[] = (await shown('several')).secrets
      assert.deepEqual(
        both.map(({ id, expires_at }) => [id === added.secret_id, expires_at !== undefined]),
        [
          [true, true],
          [false, false],
        ],
      )
      const [newest, first] = both
      // One in 64 begins with a dash, and would be an option.
      const named = /^\w/.test(first?.prefix ?? '') ? first?.prefix : first?.id
      const ended = await at(['client', 'expire-secret', 'several', named ?? ''])
      assert.equal(ended.code, 0, ended.err)
      assert.match(ended.out, /^The secret has ended\. What is left:\nmade .*begins with/)
      const refused = await at(['client', 'expire-secret', 'several', newest?.id ?? ''])
      assert.deepEqual([refused.code, /add another one first, or say leave_none/.test(refused.err)], [2, true])
      assert.equal((await at(['client', 'expire-secret', 'several', 'absent'])).code, 4)
      const none = await at(['client', 'expire-secret', 'several', newest?.id ?? '', '--leave-none', '--json'])
      assert.deepEqual(none.json(), { client_id: 'several', secrets: [] })
      const rotated = await at(['client', 'rotate-secret', 'several', '--client-secret', 'of our own choice'])
      assert.match(rotated.out, /^client_secret {2}of our own choice$/m)
    })

    it('warn of a secret that ends within 30 days, when it is the last one', async () => {
      await create('soon', 'confidential')
      assert.equal((await at(['client', 'show', 'soon'])).err, '')
      await at(['client', 'rotate-secret', 'soon', '--expires-in', '29d'])
      assert.match((await at(['client', 'show', 'soon'])).err, /^warning: The last secret of soon ends 2\d{3}-/)
    })

    it('set a logo by its bytes and take it away', async () => {
      await create('logo', 'public')
      writeFileSync(join(managed.folder, 'logo.png'), PNG)
      writeFileSync(join(managed.folder, 'logo.svg'), SVG)
      const { logo } = (await at(['client', 'set-logo', 'logo', 'logo.png', '--json'])).json()
      const served = await fetch(logo)
      assert.deepEqual([served.headers.get('content-type'), (await shown('logo')).logo], ['image/png', logo])
      const svg = await at(['client', 'set-logo', 'logo', 'logo.svg'])
      assert.equal(svg.code, 2)
      assert.match(svg.err, /^sallyport: the logo was not changed:\n {2}logo: is SVG, which may hold programs/)
      assert.equal((await at(['client', 'set-logo', 'logo', 'absent.png'])).code, 2)
      assert.equal((await at(['client', 'set-logo', 'logo', 'logo.png', '--remove'])).code, 2)
      const words = ['client', 'set-logo', 'logo', '--remove']
      assert.equal((await at(words)).out, 'The logo of logo was taken away.\n')
      assert.equal((await at(words)).out, 'logo has no logo here.\n')
    })

    it('move all clients to another host, when it is meant (C11)', async () => {
      await create('host-a', 'public', '-u', 'https://old.example/a', '-p', 'https://old.example')
      await create('host-b', 'public', '-u', 'https://old.example/b')
      const words = ['client', 'edit', '--replace-host', 'old.example', 'new.example']
      const declined = await at(words, { answers: ['n'] })
      assert.deepEqual(
        [declined.code, declined.questions],
        [1, ['This changes 3 addresses of 2 clients. Change? [y/N] ']],
      )
      assert.match(declined.out, /^host-a +redirect_uris +https:\/\/old\.example\/a +https:\/\/new\.example\/a$/m)
      assert.equal((await at(words)).code, 1)
      assert.deepEqual((await shown('host-a')).redirect_uris, ['https://old.example/a'])
      const one = await at(['client', 'edit', 'host-b', ...words.slice(2), '--yes', '--json'])
      assert.deepEqual([one.json().changed, one.json().changes.length], [true, 1])
      const rest = await at([...words, '--yes'])
      assert.match(rest.out, /\nChanged 2 addresses\.\n$/)
      const { redirect_uris, post_logout_redirect_uris } = await shown('host-a')
      assert.deepEqual([redirect_uris, post_logout_redirect_uris], [['https://new.example/a'], ['https://new.example']])
      assert.equal((await at(words)).out, 'No client has an address at old.example.\n')
      const wrong = await at(['client', 'edit', '--replace-host', 'old.example/x', 'new.example', '--yes'])
      assert.deepEqual([wrong.code, /from: "old\.example\/x" is no host/.test(wrong.err)], [2, true])
      assert.equal((await at(['client', 'edit', '--replace-host', 'old.example'])).code, 2)
      assert.equal((await at(['client', 'edit', 'host-a', 'host-b', '--name', 'x'])).code, 2)
    })

    it('say what another issuer would break (C11)', async () => {
      const { host } = new URL(managed.app.issuer)
      await create('beside', 'public', '-u', `http://${host}/app/cb`)
      const preview = await at(['client', 'preview-issuer', 'https://id.example.com'])
      assert.equal(preview.code, 0, preview.err)
      assert.match(preview.out, /^\* Every app reads the settings .* iss https:\/\/id\.example\.com/m)
      assert.match(preview.out, new RegExp(`^beside +redirect_uris +http://${host}/app/cb`, 'm'))
      const same = await at(['client', 'preview-issuer', managed.app.issuer])
      assert.match(same.out, /already: nothing changes/)
      assert.equal((await at(['client', 'preview-issuer', 'id.example.com'])).code, 2)
    })

    it('know the client that was probably meant', async () => {
      await create('dashboard', 'public')
      for (const verb of ['show', 'edit', 'delete', 'rotate-secret', 'add-secret']) {
        const { code, err } = await at(['client', verb, 'dashbord'])
        assert.deepEqual([code, /there is no client dashbord \(did you mean dashboard\?\)/.test(err)], [4, true], verb)
      }
    })

    it('delete all, as AURA does', async () => {
      const words = [
        'create_oidc_client',
        'battery',
        'confidential',
        '--client-id',
        'battery',
        '--client-secret',
        's3cret',
      ]
      assert.equal((await at([...words, '-r', 'code', '-u', 'https://battery.example/'])).code, 0)
      assert.equal((await at(words)).code, 3)
      // At the server, the app that asks would be deleted as well.
      const named = where === 'remote' ? ['battery'] : []
      const deleted = await at(['delete_oidc_clients', ...named])
      assert.match(deleted.out, /^Deleted .*battery/)
      assert.equal((await at(words)).code, 0)
    })
  })
}
