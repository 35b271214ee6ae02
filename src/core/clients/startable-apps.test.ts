/** Tests of the apps that can be started from our front page. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { aClient, NOON } from '../../../test/support/builders.ts'
import { startableApps } from './startable-apps.ts'

const ISSUER = 'https://id.example.org'
const initiateLoginUri = 'https://app.example.org/begin'

describe('apps to start from here (OIDC Core §4)', () => {
  it('are those with an initiate_login_uri, by name, with the issuer in the link', () => {
    const apps = startableApps(
      [
        aClient({ name: 'Wiki', initiateLoginUri }),
        aClient({ name: 'Board', initiateLoginUri, logoUrl: 'https://app.example.org/logo.png' }),
        aClient({ name: 'Without' }),
      ],
      ISSUER,
    )
    const href = `${initiateLoginUri}?iss=https%3A%2F%2Fid.example.org`
    assert.deepEqual(apps, [
      { name: 'Board', href, logoUrl: 'https://app.example.org/logo.png' },
      { name: 'Wiki', href },
    ])
  })

  it('leave out what is disabled, and what nobody but the app itself put there', () =>
    assert.deepEqual(
      startableApps(
        [
          aClient({ initiateLoginUri, disabledAt: NOON }),
          aClient({ initiateLoginUri, origin: 'registration' }),
          aClient({ initiateLoginUri, origin: 'metadata-document' }),
        ],
        ISSUER,
      ),
      [],
    ))
})
