/** Tests of sign-ins that begin with us. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { initiateLoginUrl } from './initiate-login.ts'

const ISSUER = 'https://id.example.org/auth'

describe('the link that asks an app to begin (OIDC Core §4)', () => {
  it('names the issuer, and nothing that was not given', () =>
    assert.equal(
      initiateLoginUrl('https://app.example.org/begin', { issuer: ISSUER }),
      'https://app.example.org/begin?iss=https%3A%2F%2Fid.example.org%2Fauth',
    ))

  it('carries login_hint and target_link_uri, encoded', () => {
    const url = new URL(
      initiateLoginUrl('https://app.example.org/begin', {
        issuer: ISSUER,
        loginHint: 'ada & bob',
        targetLinkUri: 'https://app.example.org/?page=2#top',
      }),
    )
    assert.deepEqual(Object.fromEntries(url.searchParams), {
      iss: ISSUER,
      login_hint: 'ada & bob',
      target_link_uri: 'https://app.example.org/?page=2#top',
    })
  })

  it('keeps the query of the registered address, but never two issuers', () => {
    const { searchParams } = new URL(
      initiateLoginUrl('https://app.example.org/begin?tenant=7&iss=evil', { issuer: ISSUER }),
    )
    assert.deepEqual([searchParams.get('tenant'), searchParams.getAll('iss')], ['7', [ISSUER]])
  })
})
