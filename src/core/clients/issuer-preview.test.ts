/** Tests of what a change of the issuer breaks. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { aClient, anUpstream } from '../../../test/support/builders.ts'
import { clientBreakages, generalBreakages, upstreamChanges } from './issuer-preview.ts'

const OLD = 'https://old.example.com/auth'
const NEW = 'https://id.example.com'

const membersOf = (changes: Parameters<typeof aClient>[0]) =>
  clientBreakages(aClient(changes), OLD, NEW).map(({ member, value }) =>
    value === undefined ? member : `${member} ${value}`,
  )

describe('a client breaks with another issuer', () => {
  it('not at all, when nothing of it is there', () => {
    assert.deepEqual(membersOf({}), [])
    assert.deepEqual(membersOf({ redirectUris: ['https://old.example.com.evil.example/cb'] }), [])
  })

  it('where an address of it stands at the old host, whatever its path', () => {
    assert.deepEqual(
      membersOf({
        redirectUris: ['https://old.example.com/app/cb', 'https://app.example.com/cb'],
        initiateLoginUri: 'https://old.example.com/begin',
        localized: { 'logo_uri#de': 'https://old.example.com/logo.png' },
      }),
      [
        'redirect_uris https://old.example.com/app/cb',
        'initiate_login_uri https://old.example.com/begin',
        'logo_uri#de https://old.example.com/logo.png',
      ],
    )
  })

  it('where it names APIs of this server (RFC 8707 §2)', () => {
    assert.deepEqual(membersOf({ resources: [`${OLD}/userinfo`, 'https://api.example.com'] }), [
      `resources ${OLD}/userinfo`,
    ])
  })

  it('where it signs for the old issuer, and where APIs hold iss against it (RFC 7523 §3, RFC 9101 §4, RFC 9068 §4)', () => {
    assert.deepEqual(
      membersOf({
        tokenEndpointAuthMethods: ['private_key_jwt', 'client_secret_basic'],
        requireSignedRequestObject: true,
        accessTokenFormat: 'jwt',
      }),
      ['token_endpoint_auth_methods private_key_jwt', 'request_object_signing_alg', 'access_token_format jwt'],
    )
  })

  it('where people have a pairwise sub for the old host, and where it manages itself (OIDC Core §8.1, RFC 7592 §2)', () => {
    const itself = { subjectType: 'pairwise', sectorIdentifier: 'old.example.com', registrationGeneration: 1 } as const
    assert.deepEqual(membersOf(itself), ['subject_type pairwise', 'registration_client_uri'])
    assert.deepEqual(membersOf({ ...itself, sectorIdentifier: 'app.example.com' }), ['registration_client_uri'])
  })
})

describe('an upstream', () => {
  it('has our addresses registered, each as it is and as it has to be', () => {
    const changes = upstreamChanges(anUpstream({ alias: 'work' }), OLD, NEW)
    assert.deepEqual(changes[0], {
      alias: 'work',
      what: 'redirect URI',
      before: `${OLD}/broker/work/endpoint`,
      after: `${NEW}/broker/work/endpoint`,
    })
    assert.equal(changes.length, 5)
  })

  it('keeps addresses that the settings fix by hand', () => {
    const fixed = anUpstream({ alias: 'work', redirectUriOverride: 'https://gate.example.com/cb' })
    assert.equal(
      upstreamChanges(fixed, OLD, NEW).some(({ what }) => what === 'redirect URI'),
      false,
    )
  })
})

it('everybody signs in again at another host or path, and plain http is warned of', () => {
  assert.match(generalBreakages(OLD, NEW).join(), /everybody signs in once more/)
  assert.match(generalBreakages(OLD, 'http://old.example.com/auth').join(), /read by everybody on the way/)
})
