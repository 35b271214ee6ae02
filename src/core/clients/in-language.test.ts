/** Tests of clients in the language of their reader. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { aClient } from '../../../test/support/builders.ts'
import { inLanguage } from './in-language.ts'

describe('a client in the language of its reader (OIDC Registration §2.1)', () => {
  const client = aClient({
    name: 'Library',
    termsUrl: 'https://app.example.com/tos',
    localized: {
      'client_name#fr': 'Bibliothèque',
      'client_name#de-AT': 'Bücherei',
      'client_name#DE': 'Bibliothek',
      'tos_uri#de-CH': 'https://app.example.com/agb',
    },
  })

  it('is called by its name there, or by one of its regions, or by its usual name', () => {
    const { name, termsUrl } = inLanguage(client, 'de')
    assert.deepEqual([name, termsUrl], ['Bibliothek', 'https://app.example.com/agb'])
    assert.equal(inLanguage(client, 'en').name, 'Library')
    assert.equal(inLanguage(client, 'f').name, 'Library')
  })

  it('is the same client otherwise', () => {
    const plain = aClient()
    assert.equal(inLanguage(plain, 'de'), plain)
    assert.equal(inLanguage(client, 'de').uid, client.uid)
  })
})
