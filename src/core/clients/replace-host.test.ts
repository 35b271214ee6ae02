/** Tests of another host in the addresses of clients. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { aClient } from '../../../test/support/builders.ts'
import { checkHostChange, withOtherHost } from './replace-host.ts'
import { urisOf, withUris } from './uris-of-client.ts'

const CHANGE = { from: 'old.example.com', to: 'new.example.com' }

describe('another host in an address', () => {
  it('changes the host and not a character more (RFC 6749 §3.1.2.3: redirect URIs are compared as text)', () => {
    const rows = [
      ['https://old.example.com', 'https://new.example.com'],
      ['https://OLD.example.com/CB?x=%2f&y=old.example.com#f', 'https://new.example.com/CB?x=%2f&y=old.example.com#f'],
      ['http://old.example.com/', 'http://new.example.com/'],
    ]
    for (const [before = '', after] of rows) assert.equal(withOtherHost(before, CHANGE), after)
  })

  it('leaves every other place alone: other ports, hosts that contain it, other schemes without a host', () => {
    for (const uri of [
      'https://old.example.com:8443/cb',
      'https://very.old.example.com/cb',
      'https://old.example.com.evil.example/cb',
      'https://ada@old.example.com/cb',
      'com.example.app:/old.example.com',
      'https://evil.example/https://old.example.com/cb',
    ]) {
      assert.equal(withOtherHost(uri, CHANGE), uri)
    }
  })

  it('takes ports and schemes where they are said', () => {
    const ports = { from: 'localhost:8080', to: 'app.example.com' }
    assert.equal(withOtherHost('http://localhost:8080/cb', ports), 'http://app.example.com/cb')
    const schemes = { from: 'http://app.example.com', to: 'https://app.example.com' }
    assert.equal(withOtherHost('http://app.example.com/cb', schemes), 'https://app.example.com/cb')
    assert.equal(withOtherHost('https://app.example.com/cb', schemes), 'https://app.example.com/cb')
  })

  it('refuses what is no host, and a scheme on one side only', () => {
    for (const wrong of [
      { from: 'old.example.com/path', to: 'new.example.com' },
      { from: 'old.example.com', to: 'new example' },
      { from: '', to: 'new.example.com' },
      { from: 'https://old.example.com', to: 'new.example.com' },
      { from: 'old.example.com', to: 'javascript:alert(1)' },
    ]) {
      assert.notDeepEqual(checkHostChange(wrong), [], JSON.stringify(wrong))
    }
    assert.deepEqual(checkHostChange({ from: '[::1]:8080', to: 'https.example' }), [])
  })
})

describe('the addresses of a client', () => {
  const client = aClient({
    redirectUris: ['https://old.example.com/cb', 'https://old.example.com/silent'],
    postLogoutRedirectUris: ['https://old.example.com'],
    websiteUrl: 'https://old.example.com/',
    jwksUri: 'https://old.example.com/jwks',
    requestUris: ['https://old.example.com/r#1'],
    initiateLoginUri: 'https://old.example.com/begin',
    resources: ['https://old.example.com/api'],
    defaultAcrValues: ['https://old.example.com/acr'],
    localized: { 'client_uri#de': 'https://old.example.com/de', 'client_name#de': 'https://old.example.com' },
  })

  it('are all that people, keys and requests come from; names of APIs stay, and so do words', () => {
    const moved = withUris(client, uri => withOtherHost(uri, CHANGE))
    const still = urisOf(moved).filter(({ uri }) => uri.includes('old.'))
    assert.deepEqual(still, [{ member: 'resources', uri: 'https://old.example.com/api' }])
    assert.deepEqual(moved.defaultAcrValues, client.defaultAcrValues)
    assert.deepEqual(moved.localized, {
      'client_uri#de': 'https://new.example.com/de',
      'client_name#de': 'https://old.example.com',
    })
    assert.deepEqual(moved.redirectUris, ['https://new.example.com/cb', 'https://new.example.com/silent'])
  })
})
