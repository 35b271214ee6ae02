/** `sallyport config check` and `health`: what they print for programs when something is wrong. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { aFolder, run } from '../support/command-line.ts'

const WRONG = { SALLYPORT_ISSUER: 'nowhere' }

describe('sallyport config check --json', () => {
  it('prints the mistakes with place, setting and rule, and ends with exit code 78', async t => {
    const { code, err, json } = await run(['config', 'check', '--json'], aFolder(t), { env: WRONG })
    const [mistake] = json().mistakes
    assert.equal(code, 78)
    assert.deepEqual(mistake.place, { kind: 'environment', variable: 'SALLYPORT_ISSUER' })
    assert.equal(mistake.setting, 'issuer')
    assert.match(err, new RegExp(`SALLYPORT_ISSUER {2}issuer ${RegExp.escape(mistake.rule)}`))
  })
})

describe('sallyport health --json', () => {
  it('prints why the server is not ready, and ends with exit code 1', async t => {
    // Port 1 is for tcpmux (RFC 1078): nothing listens there on a machine of today.
    const env = { SALLYPORT_LISTEN: '127.0.0.1:1' }
    const { code, json } = await run(['health', '--json'], aFolder(t), { env })
    const { ready, reason } = json()
    assert.deepEqual([code, ready], [1, false])
    assert.match(reason, /^nothing answers on 127\.0\.0\.1:1: /)
  })

  it('prints the mistakes in the settings, and ends with exit code 78', async t => {
    const { code, json } = await run(['health', '--json'], aFolder(t), { env: WRONG })
    const { ready, mistakes } = json()
    assert.deepEqual([code, ready, mistakes[0].setting], [78, false, 'issuer'])
  })
})
