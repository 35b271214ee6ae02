/** Tests of the lock file's check. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { checkLock } from './lock-check.ts'

describe('the lock file', () => {
  const tool = { version: '1.0.0', integrity: 'sha512-x', optionalDependencies: { 'tool-linux': '1.0.0' } }
  const linux = { version: '1.0.0', integrity: 'sha512-y' }

  it('is fine when every platform is there', () => {
    assert.deepEqual(
      checkLock({ packages: { '': {}, 'node_modules/tool': tool, 'node_modules/tool-linux': linux } }),
      [],
    )
  })

  it('misses a platform, names a host, or leaves out an integrity', () => {
    const found = checkLock({
      packages: {
        '': { optionalDependencies: { 'node-mars': '26.0.0' } },
        'node_modules/tool': tool,
        'node_modules/a': { ...linux, resolved: 'https://registry.example/a.tgz' },
        'node_modules/b': { version: '2.0.0' },
      },
    })
    assert.deepEqual(found, [
      'package.json needs node-mars 26.0.0, which is missing: take another version of it',
      'node_modules/tool 1.0.0 needs tool-linux 1.0.0, which is missing: take another version of it',
      'node_modules/a 1.0.0 names where it came from (resolved): any registry must do',
      'node_modules/b 2.0.0 has no integrity',
    ])
  })
})
