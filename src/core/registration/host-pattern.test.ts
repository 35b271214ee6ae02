/** Tests of hosts as settings name them. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { freshSeconds } from './fresh-seconds.ts'
import { matchesHost } from './host-pattern.ts'

describe('hosts of settings', () => {
  it('match the host alone, or all below it', () => {
    assert.ok(matchesHost('app.example.com', ['other.example', 'app.example.com']))
    assert.ok(matchesHost('app.example.com', ['App.Example.COM']))
    assert.ok(matchesHost('a.b.example.com', ['*.example.com']))
    assert.ok(matchesHost('[::1]', ['::1']))
  })

  it('match nothing that only looks like it', () => {
    for (const host of ['example.com', 'notexample.com', 'example.com.evil.example', '', '.example.com'])
      assert.equal(matchesHost(host, ['*.example.com']), false, host)
    assert.equal(matchesHost('app.example.com.evil.example', ['app.example.com']), false)
  })
})

describe('how long a document counts (RFC 9111 §5.2.2)', () => {
  it('is what it says, between a minute and what the settings allow', () => {
    const seconds = (header?: string): number =>
      freshSeconds(header === undefined ? {} : { 'cache-control': header }, 3600)
    assert.equal(seconds(), 3600)
    assert.equal(seconds('max-age=120'), 120)
    assert.equal(seconds('Public, Max-Age="600"'), 600)
    assert.equal(seconds('max-age=1'), 60)
    assert.equal(seconds('max-age=999999'), 3600)
    assert.equal(seconds('max-age=-5'), 3600)
    assert.equal(seconds('no-cache, max-age=600'), 60)
    assert.equal(seconds('no-store'), 60)
  })
})
