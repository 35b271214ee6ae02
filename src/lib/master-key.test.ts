/** Tests of the master key and its file. */

import assert from 'node:assert/strict'
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { masterKeyFromText, openMasterKeyFile } from './master-key.ts'
import { createSystemRandom } from './random.ts'

const random = createSystemRandom()

async function emptyFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'sallyport-master-key-'))
  t.after(() => rm(folder, { recursive: true }))
  return folder
}

describe('the master key', () => {
  const text = '0123456789abcdef0123456789abcdef'

  it('is the same for the same text, whatever blanks surround it', () => {
    const [one, two] = [masterKeyFromText(text), masterKeyFromText(` ${text}\n`)]
    assert.equal(one.id, two.id)
    assert.match(one.id, /^[0-9a-f]{16}$/)
    assert.ok(one.key.equals(two.key))
  })

  it('does not show in its id', () => {
    const { id, key } = masterKeyFromText(text)
    assert.ok(!key.export().toString('hex').includes(id))
  })

  it('refuses a text that is too short to be one, saying how long it has to be', () => {
    assert.throws(() => masterKeyFromText(' short \n'), /at least 32 characters, this one has 5/)
  })
})

describe('the master key file', () => {
  it('is made once, for its owner only, with the folders above it', async t => {
    const path = join(await emptyFolder(t), 'data', 'master.key')
    const first = await openMasterKeyFile(path, random)
    const second = await openMasterKeyFile(path, random)
    assert.deepEqual([first.created, second.created], [true, false])
    assert.equal(first.masterKey.id, second.masterKey.id)
    assert.equal((await stat(path)).mode & 0o777, 0o600)
  })

  it('is the same for all that start at once, and leaves no drafts behind', async t => {
    const folder = await emptyFolder(t)
    const path = join(folder, 'master.key')
    const opened = await Promise.all(Array.from({ length: 8 }, () => openMasterKeyFile(path, random)))
    assert.equal(new Set(opened.map(({ masterKey }) => masterKey.id)).size, 1)
    assert.equal(opened.filter(({ created }) => created).length, 1)
    assert.deepEqual(await readdir(folder), ['master.key'])
  })

  it('is never replaced: an unusable one is named in the error', async t => {
    const path = join(await emptyFolder(t), 'master.key')
    await writeFile(path, 'oops')
    await assert.rejects(openMasterKeyFile(path, random), /master\.key: the master key needs at least 32/)
  })
})
