/** Tests of the resource servers that are our own. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { aClient } from '../../../test/support/builders.ts'
import { isRefusal } from '../../spec/refusal.ts'
import { adminResource } from '../administration/admin-scopes.ts'
import { createResourceServers, findResources, isServerOf, scopesKnownTo } from './resource-servers.ts'

const ISSUER = 'https://id.example.com'
const ADMIN = adminResource(ISSUER)

describe('the admin API as a resource server (RFC 8707 §2)', () => {
  it('is always there, and nothing in the settings takes its place', () => {
    const impostor = { uri: ADMIN, name: 'Impostor', scopes: ['anything'], clientIds: ['impostor'] }
    const servers = createResourceServers([impostor], ISSUER)
    assert.equal(servers.find(ADMIN)?.name, 'Administration')
    assert.equal(isServerOf({ clientId: 'impostor' }, ADMIN, servers), false)
    assert.equal(servers.list.filter(({ uri }) => uri === ADMIN).length, 1)
  })

  it('may be denied to a client like every API', () => {
    const servers = createResourceServers([], ISSUER)
    assert.ok(!isRefusal(findResources([ADMIN], aClient(), servers)))
    assert.ok(isRefusal(findResources([ADMIN], aClient({ resources: [] }), servers)))
  })

  it('alone knows its scopes, and knows no other ones', () => {
    const api = { uri: 'https://api.example.com', name: 'API' }
    const servers = createResourceServers([api], ISSUER)
    const scopes = ['openid', 'admin.viewer', 'anything']
    const known = (uri: string) =>
      scopesKnownTo(
        [servers.find(uri)].filter(server => server !== undefined),
        scopes,
      )
    assert.deepEqual(known(ADMIN), ['admin.viewer'])
    assert.deepEqual(known(api.uri), ['anything'])
    assert.deepEqual(known(`${ISSUER}/userinfo`), ['openid'])
  })
})
