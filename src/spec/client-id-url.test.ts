/** Tests of client_ids that are URLs. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parseClientIdUrl } from './client-id-url.ts'

describe('Client Identifier URLs (draft-ietf-oauth-client-id-metadata-document §3)', () => {
  it('are https URLs with a path, and may have a port', () => {
    for (const text of [
      'https://app.example.com/client.json',
      'https://app.example.com:8443/oauth/client',
      'https://app.example.com:443/client',
      'https://app.example.com/',
      'https://xn--bcher-kva.example/client',
      'https://[2001:db8::1]/client',
    ])
      assert.equal(parseClientIdUrl(text)?.protocol, 'https:', text)
  })

  it('are nothing else', () => {
    for (const text of [
      'dashboard',
      'http://app.example.com/client',
      'HTTPS://app.example.com/client',
      'https://APP.example.com/client',
      'https://app.example.com',
      'https://user@app.example.com/client',
      'https://user:pw@app.example.com/client',
      'https://@app.example.com/client',
      'https://app.example.com/client#me',
      'https://app.example.com/client#',
      'https://app.example.com/client?app=1',
      'https://app.example.com/./client',
      'https://app.example.com/a/../client',
      'https://app.example.com/a/%2e%2E/client',
      'https://app.example.com/..',
      'https://app.example.com\\@evil.example/client',
      'https://app.example.com/a\\b',
      'https:///client',
      'https://app.example.com:0/client',
      'https://app.example.com:99999/client',
      'https://app.example.com/cli ent',
      'https://bücher.example/client',
      `https://app.example.com/${'a'.repeat(250)}`,
    ])
      assert.equal(parseClientIdUrl(text), undefined, text)
  })
})
