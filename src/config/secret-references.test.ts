/** Tests of the references in the secrets of upstreams: what is read, and what stays ours. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createReadReference, type SecretReferencePorts } from './secret-references.ts'

const OURS = ['the-master-key-of-this-server-0123456789', 'the mail password']
const FILES: Readonly<Record<string, string>> = {
  '/vault/corp': 'from the vault',
  '/vault/link-to-master-key': OURS[0] ?? '',
  '/run/secrets/corp': 'from a file',
  '/run/secrets/master': `${OURS[0]}\n`,
  '/data/master.key': 'made-by-the-server',
  '/proc/self/environ': `HOME=/\0SALLYPORT_MASTER_KEY=${OURS[0]}\0`,
  '/empty': '',
}

const read = (reference: string, changes: Partial<SecretReferencePorts> = {}): string =>
  createReadReference({
    env: { CORP_SECRET: 'from the environment', EMPTY: '', SALLYPORT_MAIL_PASSWORD: 'x', MASTER: OURS[0] },
    readText: path => FILES[path] ?? assert.fail('ENOENT'),
    vault: '/vault',
    ours: OURS,
    ourFiles: ['/data/master.key', '/data/not-made-yet'],
    ...changes,
  })(reference)

describe('a reference in a secret of an upstream', () => {
  const found: readonly [reference: string, text: string][] = [
    ['vault.corp', 'from the vault'],
    ['env.CORP_SECRET', 'from the environment'],
    ['file:/run/secrets/corp', 'from a file'],
  ]
  for (const [reference, text] of found) {
    it(`stands for what is there: ${reference}`, () => {
      assert.equal(read(reference), text)
    })
  }

  const ours: readonly [what: string, reference: string][] = [
    ['a setting in the environment', 'env.SALLYPORT_MAIL_PASSWORD'],
    ['the master key by another variable', 'env.MASTER'],
    ['the file of the master key', 'file:/run/secrets/master'],
    ['a link in the vault that leads to it', 'vault.link-to-master-key'],
    ['the environment of the process, where it is among others', 'file:/proc/self/environ'],
    ['the master key that the server made', 'file:/data/master.key'],
  ]
  for (const [what, reference] of ours) {
    it(`is never a secret of this server: ${what}`, () => {
      assert.throws(() => read(reference), /is a (setting|secret) of this server/)
    })
  }

  for (const name of ['../run/secrets/master', '..', '.hidden', 'a/b', '']) {
    it(`leads nowhere but into the vault: ${JSON.stringify(name)}`, () => {
      assert.throws(() => read(`vault.${name}`), /is no name of a secret/)
    })
  }

  it('says what is missing, and never what was found', () => {
    assert.throws(() => read('vault.corp', { vault: undefined }), /secrets\.vault is not set/)
    assert.throws(() => read('env.EMPTY'), /the environment variable EMPTY is not set/)
    assert.throws(() => read('file:/empty'), /the file \/empty is empty/)
    assert.throws(() => read('file:/nowhere'), /the file \/nowhere cannot be read/)
    assert.throws(
      () => read('env.MASTER'),
      error => error instanceof Error && !error.message.includes(OURS[0] ?? ''),
    )
  })
})
