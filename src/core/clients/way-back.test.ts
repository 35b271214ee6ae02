/** Tests of the way back to an app. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { aClient } from '../../../test/support/builders.ts'
import type { Client } from './client.ts'
import { wayBackTo } from './way-back.ts'

const ISSUER = 'https://id.example.org'

describe('the way back to an app', () => {
  const rows: [string, Partial<Client>, string | undefined][] = [
    [
      'has the app begin a sign-in by itself (OIDC Core §4)',
      { initiateLoginUri: 'https://app.example.org/login?tenant=1', websiteUrl: 'https://app.example.org/' },
      'https://app.example.org/login?tenant=1&iss=https%3A%2F%2Fid.example.org',
    ],
    ['leads to its website', { websiteUrl: 'https://www.example.org/app' }, 'https://www.example.org/app'],
    ['leads to where its answers go', {}, 'https://app.example.org/'],
    ['does not exist for an app that lives on a phone', { redirectUris: ['org.example.app:/callback'] }, undefined],
  ]
  for (const [what, changes, expected] of rows) {
    it(what, () => assert.equal(wayBackTo(aClient(changes), ISSUER), expected))
  }
})
