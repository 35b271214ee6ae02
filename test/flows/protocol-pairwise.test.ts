/** Pairwise subjects (OIDC Core §8.1): who a person is differs from sector to sector, and is one and the same within one. */

import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { Account } from '../../src/core/accounts/account.ts'
import type { Client } from '../../src/core/clients/client.ts'
import { onBothDatabases } from '../support/both-databases.ts'
import { authorizePath, exchange, payloadOf, postAs, refresh, tokensFor, userinfo } from '../support/hand-app.ts'
import type { HandBrowser } from '../support/hand-browser.ts'
import { sentAway, shown } from '../support/hand-browser.ts'
import { type LoopbackDocuments, startLoopbackDocuments } from '../support/loopback-documents.ts'
import { manage, REDIRECT_URI, refusedWith, registered } from '../support/registering.ts'
import { type RunningApp, startApp } from '../support/running-app.ts'
import type { Registered } from '../support/seeding.ts'

onBothDatabases('pairwise subjects', database => {
  let app: RunningApp
  let documents: LoopbackDocuments
  let ada: Account
  let browser: HandBrowser

  before(async () => {
    documents = await startLoopbackDocuments()
    app = await startApp({
      database: await database(),
      environment: { SALLYPORT_REGISTRATION_MODE: 'open', SALLYPORT_OUTBOUND_ALLOW_PRIVATE: 'localhost' },
    })
    ada = await app.enrol()
    browser = await app.browser(ada)
  })
  after(async () => {
    await app.close()
    await documents.close()
    assert.deepEqual(app.failures, [])
  })

  const pairwise = (host: string, changes: Partial<Client> = {}) =>
    app.register({
      subjectType: 'pairwise',
      sectorIdentifier: host,
      redirectUris: [`https://${host}/callback`],
      ...changes,
    })

  async function subjectAt(by: Registered, at = browser): Promise<unknown> {
    return payloadOf((await tokensFor(app, at, by)).id_token).sub
  }

  it('are the same within a sector, other ones between sectors, and never the public one', async () => {
    const [one, same, other] = [
      await pairwise('one.example'),
      await pairwise('one.example'),
      await pairwise('two.example'),
    ]
    const open = await app.register()
    const subjects = [await subjectAt(one), await subjectAt(same), await subjectAt(other), await subjectAt(open)]
    assert.equal(subjects[0], subjects[1])
    assert.equal(new Set(subjects).size, 3)
    assert.equal(subjects[3], ada.subject)
  })

  it('differ from person to person, and stay as they are', async () => {
    const one = await pairwise('three.example')
    const bob = await app.browser(await app.enrol())
    assert.notEqual(await subjectAt(one), await subjectAt(one, bob))
    assert.equal(await subjectAt(one), await subjectAt(one))
  })

  it('say the same in ID token, user info, introspection and after a refresh (OIDC Core §5.3.2, RFC 7662 §2.2)', async () => {
    const by = await pairwise('four.example')
    const tokens = await tokensFor(app, browser, by, { scope: 'openid offline_access' })
    const { sub } = payloadOf(tokens.id_token)
    assert.notEqual(sub, ada.subject)
    assert.equal(((await (await userinfo(app, tokens.access_token)).json()) as Client & { sub: string }).sub, sub)
    for (const token of [tokens.access_token, tokens.refresh_token]) {
      const introspected = (await (await postAs(app, by, '/introspect', { token })).json()) as { readonly sub: string }
      assert.equal(introspected.sub, sub)
    }
    const again = await refresh(app, by, tokens.refresh_token)
    assert.equal(payloadOf(again.id_token).sub, sub)
    const everything = JSON.stringify([tokens, again].map(answer => [payloadOf(answer.id_token), answer.access_token]))
    assert.equal(everything.includes(ada.subject), false)
  })

  it('are understood in a hint, and only for the client’s own sector (OIDC Core §3.1.2.1 id_token_hint)', async () => {
    const by = await pairwise('five.example')
    const { id_token } = await tokensFor(app, browser, by)
    const silent = { prompt: 'none', id_token_hint: id_token }
    const { params } = sentAway(await browser.open(authorizePath(by.client, silent)))
    assert.deepEqual([params.get('error'), params.has('code')], [null, true])
    const bob = await app.browser(await app.enrol())
    const refused = sentAway(await bob.open(authorizePath(by.client, silent)))
    assert.equal(refused.params.get('error'), 'login_required')
  })

  describe('of an app that registers itself', () => {
    const stored = async (clientId: unknown) =>
      app.house.repositories.clients.findByClientId(String(clientId)) as Promise<Client>

    it('belong to the host of its redirect URIs', async () => {
      const client = await registered(app, { subject_type: 'pairwise' })
      assert.equal(client.subject_type, 'pairwise')
      assert.equal((await stored(client.client_id)).sectorIdentifier, new URL(REDIRECT_URI).host)
    })

    it('stay those of its sector, whatever it says later: it learns nothing of its people elsewhere (RFC 7592 §2.2)', async () => {
      const said = { client_name: 'Game', require_pkce: false, scope: 'openid' }
      const own = await registered(app, { ...said, subject_type: 'pairwise' })
      const { client_id, client_secret } = own
      const consent = shown(await browser.open(authorizePath(await stored(client_id))), '/consent')
      const code = sentAway(await browser.submit(consent, '/consent', { decision: 'approve' })).params.get('code')
      const by = { client: await stored(client_id), secret: String(client_secret) }
      const tokens = await exchange(app, by, String(code))
      const before = payloadOf(tokens.id_token).sub
      const elsewhere = { redirect_uris: ['https://bank.example/callback'] }
      const moved = { ...said, client_id, subject_type: 'pairwise', ...elsewhere }
      await refusedWith(await manage(own, 'PUT', moved), 'invalid_client_metadata', /sector/)
      documents.answer('/bank.json', elsewhere.redirect_uris)
      const joined = { ...moved, sector_identifier_uri: documents.url('/bank.json') }
      await refusedWith(await manage(own, 'PUT', joined), 'invalid_client_metadata', /sector/)
      const told = (await (await userinfo(app, tokens.access_token)).json()) as { readonly sub: string }
      assert.equal(told.sub, before)
      const open = await registered(app, said)
      const late = { ...moved, client_id: open.client_id }
      await refusedWith(await manage(open, 'PUT', late), 'invalid_client_metadata', /sector/)
    })

    it('are not taken along from the host of others to the own one (OIDC Core §8.1)', async () => {
      const pairwise = { subject_type: 'pairwise' }
      const own = await registered(app, { ...pairwise, redirect_uris: ['https://bank.example/callback'] })
      const moved = { ...pairwise, client_id: own.client_id, redirect_uris: ['https://game.example/callback'] }
      await refusedWith(await manage(own, 'PUT', moved), 'invalid_client_metadata', /sector/)
      const same = { ...pairwise, client_id: own.client_id, redirect_uris: ['https://bank.example/elsewhere'] }
      assert.equal((await manage(own, 'PUT', same)).status, 200)
    })

    it('belong to the host of its sector_identifier_uri, so that apps of several hosts agree', async () => {
      const uris = ['https://a.example.com/callback', 'https://b.example.com/callback']
      documents.answer('/sector.json', uris)
      const sector_identifier_uri = documents.url('/sector.json')
      const metadata = { subject_type: 'pairwise', sector_identifier_uri, require_pkce: false }
      const subjects: unknown[] = []
      for (const uri of uris) {
        const { client_id, client_secret } = await registered(app, { ...metadata, redirect_uris: [uri] })
        const client = await stored(client_id)
        // Nobody has to be asked here: this is about the subject.
        const trusted: Client = { ...client, consentMode: 'never' }
        const { clients, commit } = app.house.repositories
        assert.ok((await commit([clients.replace(trusted, client)])).committed)
        await new Promise(resolve => setTimeout(resolve, 550))
        subjects.push(await subjectAt({ client: trusted, secret: String(client_secret) }))
      }
      assert.equal(subjects[0], subjects[1])
      assert.notEqual(subjects[0], ada.subject)
    })
  })
})
