/** Managing a registration (RFC 7592): reading, replacing and deleting what an app registered. */

import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { onBothDatabases } from '../support/both-databases.ts'
import { basic } from '../support/hand-app.ts'
import { manage, REDIRECT_URI, type Registration, refusedWith, register, registered } from '../support/registering.ts'
import { type RunningApp, startApp } from '../support/running-app.ts'

const ENVIRONMENT = {
  SALLYPORT_REGISTRATION_MODE: 'open',
  SALLYPORT_REGISTRATION_GRANT_TYPES: 'authorization_code,refresh_token,client_credentials',
}

onBothDatabases('the client configuration endpoint (RFC 7592 §2)', database => {
  let app: RunningApp

  before(async () => {
    app = await startApp({ database: await database(), environment: ENVIRONMENT })
  })
  after(async () => {
    await app.close()
    assert.deepEqual(app.failures, [])
  })

  const body = async (response: Response): Promise<Registration> => (await response.json()) as Registration
  const storedOf = (client: Registration) => app.house.repositories.clients.findByClientId(String(client.client_id))

  /** What a client may send back: without what only an answer says (§2.2). */
  function replaceable(client: Registration): Record<string, unknown> {
    const {
      registration_access_token: _,
      registration_client_uri: __,
      client_secret_expires_at: ___,
      client_id_issued_at: ____,
      ...rest
    } = client
    return rest
  }

  describe('reading (RFC 7592 §2.1)', () => {
    it('(36) gives what was registered, initiate_login_uri among it, with the same token and address', async () => {
      const client = await registered(app, { initiate_login_uri: 'https://app.example.com/login', client_name: 'Wiki' })
      const response = await manage(client, 'GET')
      assert.equal(response.status, 200)
      assert.equal(response.headers.get('cache-control'), 'no-store')
      // The secret is kept as a hash, so it is not said again.
      const { client_secret: _, client_secret_expires_at: __, ...rest } = client
      assert.deepEqual(await body(response), rest)
    })

    it('says a secret again that is kept to be read, because it is a key (OIDC Core §10.1)', async () => {
      const client = await registered(app, { id_token_signed_response_alg: 'HS256' })
      const read = await body(await manage(client, 'GET'))
      assert.deepEqual([read.client_secret, read.client_secret_expires_at], [client.client_secret, 0])
    })

    it('answers 401 to any other token, and to none', async () => {
      const [one, two] = [await registered(app, {}), await registered(app, {})]
      const crossed = { ...one, registration_access_token: two.registration_access_token }
      const handles = app.keys.handles
      for (const client of [
        crossed,
        { ...one, registration_access_token: 'nonsense' },
        { ...one, registration_access_token: handles.seal('initial-access', Buffer.alloc(16)) },
        { ...one, registration_client_uri: `${app.issuer}/register` },
        { ...one, registration_client_uri: `${app.issuer}/register?client_id=${two.client_id}` },
      ]) {
        for (const method of ['GET', 'PUT', 'DELETE']) {
          const response = await manage(client, method, method === 'PUT' ? {} : undefined)
          assert.equal(response.status, 401)
          assert.match(response.headers.get('www-authenticate') ?? '', /^Bearer error="invalid_token"/)
        }
      }
      const without = await fetch(String(one.registration_client_uri))
      assert.deepEqual([without.status, without.headers.get('www-authenticate')], [401, 'Bearer'])
      assert.equal((await manage(one, 'GET')).status, 200)
    })

    it('answers 401 for a client that an operator registered, whoever asks', async () => {
      const { client } = await app.register()
      const { sealRegistrationToken } = await import('../../src/core/registration/registration-handles.ts')
      const forged = {
        registration_client_uri: `${app.issuer}/register?client_id=${client.clientId}`,
        registration_access_token: sealRegistrationToken(app.keys.handles, client),
      }
      assert.equal((await manage(forged, 'DELETE')).status, 401)
    })

    it('answers 403 while the client is disabled', async () => {
      const client = await registered(app, {})
      const stored = await storedOf(client)
      assert.ok(stored)
      const { clients, commit } = app.house.repositories
      const disabled = { ...stored, disabledAt: app.house.clock.now() }
      assert.ok((await commit([clients.replace(disabled, stored)])).committed)
      await new Promise(resolve => setTimeout(resolve, 600))
      for (const method of ['GET', 'DELETE']) assert.equal((await manage(client, method)).status, 403)
    })

    it('answers 405 to what is no method of it', async () => {
      const client = await registered(app, {})
      const response = await manage(client, 'PATCH')
      assert.deepEqual([response.status, response.headers.get('allow')], [405, 'POST, GET, HEAD, PUT, DELETE'])
    })
  })

  describe('replacing (RFC 7592 §2.2)', () => {
    it('takes the new metadata whole: what is left out or null has its default again', async () => {
      const client = await registered(app, {
        client_name: 'Wiki',
        tos_uri: 'https://app.example.com/tos',
        scope: 'openid',
      })
      const uris = ['https://app.example.com/other']
      const said = { client_id: client.client_id, redirect_uris: uris, scope: 'openid email', tos_uri: null }
      const response = await manage(client, 'PUT', said)
      assert.equal(response.status, 200)
      const answer = await body(response)
      assert.deepEqual([answer.redirect_uris, answer.scope, 'tos_uri' in answer], [uris, 'openid email', false])
      assert.deepEqual([answer.client_name, answer.client_id], [client.client_id, client.client_id])
      assert.equal(answer.registration_access_token, client.registration_access_token)
      const stored = await storedOf(client)
      assert.deepEqual([stored?.redirectUris, stored?.origin], [uris, 'registration'])
      const [event] = await app.house.repositories.audit.list({ type: 'client.replaced', limit: 1 })
      assert.deepEqual(event?.detail.members, ['name', 'redirectUris', 'scopes', 'termsUrl'])
    })

    it('takes back what it answered, and leaves the secret as it was', async () => {
      const client = await registered(app, {
        grant_types: ['client_credentials'],
        redirect_uris: [],
        client_name: 'Job',
      })
      const response = await manage(client, 'PUT', replaceable(client))
      assert.equal(response.status, 200)
      const authorization = basic(String(client.client_id), String(client.client_secret))
      const form = new URLSearchParams({ grant_type: 'client_credentials' })
      const granted = await fetch(`${app.issuer}/token`, { method: 'POST', headers: { authorization }, body: form })
      assert.equal(granted.status, 200)
    })

    it('refuses what must not be in it, another client_id, another secret, and bad metadata, and changes nothing', async () => {
      const client = await registered(app, { client_name: 'Kept' })
      const usual = { client_id: client.client_id, redirect_uris: [REDIRECT_URI] }
      const rows: readonly (readonly [Registration, RegExp])[] = [
        [{ ...usual, registration_access_token: client.registration_access_token }, /registration_access_token/],
        [{ ...usual, registration_client_uri: client.registration_client_uri }, /registration_client_uri/],
        [{ ...usual, client_secret_expires_at: 0 }, /client_secret_expires_at/],
        [{ ...usual, client_id_issued_at: 1 }, /client_id_issued_at/],
        [{ redirect_uris: [REDIRECT_URI] }, /client_id/],
        [{ ...usual, client_id: 'another' }, /client_id/],
        [{ ...usual, client_secret: 'chosen by myself' }, /client_secret/],
        [{ ...usual, client_secret: 7 }, /client_secret/],
        [{ ...usual, grant_types: ['password'] }, /grant_types/],
      ]
      for (const [said, names] of rows)
        await refusedWith(await manage(client, 'PUT', said), 'invalid_client_metadata', names)
      await refusedWith(
        await manage(client, 'PUT', { ...usual, redirect_uris: ['x'] }),
        'invalid_redirect_uri',
        /redirect_uris/,
      )
      await refusedWith(await manage(client, 'PUT', '{'), 'invalid_client_metadata', /JSON/)
      assert.equal((await storedOf(client))?.name, 'Kept')
    })

    it('gives a secret to an app that needs one from now on, and takes it from one that needs none', async () => {
      const client = await registered(app, { token_endpoint_auth_method: 'none' })
      const usual = { client_id: client.client_id, redirect_uris: [REDIRECT_URI] }
      const confidential = await body(await manage(client, 'PUT', usual))
      assert.match(String(confidential.client_secret), /^[\w-]{43}$/)
      const said = { ...usual, token_endpoint_auth_method: 'none', client_secret: confidential.client_secret }
      const back = await body(await manage(client, 'PUT', said))
      assert.equal('client_secret' in back, false)
      assert.deepEqual((await storedOf(client))?.secrets, [])
    })

    it('keeps what an operator decided about the app', async () => {
      const client = await registered(app, {})
      const stored = await storedOf(client)
      assert.ok(stored)
      const { clients, commit } = app.house.repositories
      const decided = {
        ...stored,
        consentMode: 'always',
        owner: 'IT',
        accessTokenSeconds: 60,
        requirePkce: true,
      } as const
      assert.ok((await commit([clients.replace(decided, stored)])).committed)
      await new Promise(resolve => setTimeout(resolve, 600))
      const said = { client_id: client.client_id, redirect_uris: [REDIRECT_URI] }
      assert.equal((await manage(client, 'PUT', said)).status, 200)
      const after = await storedOf(client)
      assert.deepEqual(
        [after?.consentMode, after?.owner, after?.accessTokenSeconds, after?.requirePkce],
        ['always', 'IT', 60, true],
      )
    })
  })

  describe('deleting (RFC 7592 §2.3)', () => {
    it('(32) answers 204; the token, the secret and every access token end with the client', async () => {
      const client = await registered(app, { grant_types: ['client_credentials'], redirect_uris: [] })
      const authorization = basic(String(client.client_id), String(client.client_secret))
      const token = () =>
        fetch(`${app.issuer}/token`, {
          method: 'POST',
          headers: { authorization },
          body: new URLSearchParams({ grant_type: 'client_credentials' }),
        })
      assert.equal((await token()).status, 200)
      const response = await manage(client, 'DELETE')
      assert.deepEqual([response.status, await response.text()], [204, ''])
      assert.equal((await manage(client, 'GET')).status, 401)
      assert.equal((await manage(client, 'DELETE')).status, 401)
      assert.equal((await token()).status, 401)
      assert.equal(await storedOf(client), undefined)
      const [event] = await app.house.repositories.audit.list({ type: 'client.deleted', limit: 1 })
      assert.deepEqual([event?.detail.client_id, event?.detail.by], [client.client_id, 'itself'])
    })

    it('is done once, however many ask at the same time', async () => {
      const client = await registered(app, {})
      const answers = await Promise.all(Array.from({ length: 6 }, () => manage(client, 'DELETE')))
      assert.ok(answers.every(({ status }) => status === 204 || status === 401))
      const events = await app.house.repositories.audit.list({ type: 'client.deleted', limit: 50 })
      assert.equal(events.filter(({ detail }) => detail.client_id === client.client_id).length, 1)
    })
  })

  it('leaves what a file declares to the file: the app changes the rest, and does not go (RFC 7592 §2.2, §2.3)', async () => {
    const client = await registered(app, { client_name: 'Wiki' })
    const { declarations, commit } = app.house.repositories
    const declaration = {
      kind: 'clients',
      key: String(client.client_id),
      source: 'sallyport.yaml:3',
      document: { client_name: 'Wiki' },
      appliedAt: app.house.clock.now(),
    }
    await commit([declarations.insert(declaration)])
    const said = { ...replaceable(client), client_secret: client.client_secret }
    const renamed = await manage(client, 'PUT', { ...said, client_name: 'Other' })
    assert.deepEqual(
      [renamed.status, (await body(renamed)).error_description],
      [403, 'client_name: declared by this server'],
    )
    assert.equal((await manage(client, 'DELETE')).status, 403)
    assert.equal((await storedOf(client))?.name, 'Wiki')
    const other = await manage(client, 'PUT', { ...said, client_uri: 'https://app.example.com/about' })
    assert.equal(other.status, 200)
    await commit([declarations.delete(declaration)])
    assert.equal((await manage(client, 'DELETE')).status, 204)
  })

  it('keeps what an initial access token fixed, whatever is replaced', async () => {
    const { sealInitialAccessToken } = await import('../../src/core/registration/registration-handles.ts')
    const { newId } = await import('../../src/lib/id.ts')
    const now = app.house.clock.now()
    const token = {
      id: newId<'initial-access-token'>(now, app.house.random),
      label: 'CI',
      fixedMetadata: { scope: 'openid', software_id: 'ci' },
      createdAt: now,
    }
    await app.house.repositories.commit([app.house.repositories.initialAccessTokens.insert(token)])
    const authorization = `Bearer ${sealInitialAccessToken(app.keys.handles, token.id)}`
    const made = await register(app, { redirect_uris: [REDIRECT_URI], scope: 'openid email' }, { authorization })
    const client = await body(made)
    const said = { client_id: client.client_id, redirect_uris: [REDIRECT_URI], scope: 'openid email phone' }
    const replaced = await body(await manage(client, 'PUT', said))
    assert.deepEqual([replaced.scope, replaced.software_id], ['openid', 'ci'])
  })
})
