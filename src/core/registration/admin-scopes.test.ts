/** Tests that nobody registers themselves into managing this server, by whichever way they register. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { aClient } from '../../../test/support/builders.ts'
import { OPEN_POLICY, REGISTRATION_PORTS } from '../../../test/support/open-registration.ts'
import { isRefusal, type Refusal } from '../../spec/refusal.ts'
import { ADMIN_SCOPES, adminResourceOf, roleOfScopes } from '../administration/admin-scopes.ts'
import type { JsonObject } from '../clients/client.ts'
import { spokenWith } from '../clients/spoken-by-server.ts'
import { clientFromDocument } from './document-client.ts'
import { type RegistrationRules, registerClient, replaceClient } from './register-client.ts'
import type { RegistrationPolicy } from './registration-policy.ts'

const { issuer: ISSUER } = REGISTRATION_PORTS
/** As for operators, who may name the scopes, with an API that takes any scope. */
const SUPPORTED = spokenWith({
  resources: [adminResourceOf(ISSUER), { uri: 'https://any.example.com' }],
  authorizationDetailsTypes: [],
})
const REDIRECTS = { redirect_uris: ['https://app.example.com/cb'] }

function rules(changes: Partial<RegistrationPolicy> = {}): RegistrationRules {
  return { policy: { ...OPEN_POLICY, ...changes }, statementIssuers: [], supported: SUPPORTED }
}

function assertRefused(result: unknown): asserts result is Refusal {
  assert.ok(isRefusal(result))
  assert.deepEqual([result.error, result.rule], ['invalid_client_metadata', 'RFC 7591 §5 scopes of the admin API'])
}

describe('scopes of the admin API at a registration (RFC 7591 §5)', () => {
  for (const scope of [...ADMIN_SCOPES, `openid ${ADMIN_SCOPES.join(' ')}`]) {
    it(`are refused when ${scope} is asked for`, async () => {
      assertRefused(await registerClient({ ...REDIRECTS, scope }, undefined, rules(), REGISTRATION_PORTS))
    })
  }

  it('are refused when the settings allow, or fix, them by mistake', async () => {
    const scope = 'admin.viewer'
    assertRefused(
      await registerClient({ ...REDIRECTS, scope }, undefined, rules({ scopes: [scope] }), REGISTRATION_PORTS),
    )
    assertRefused(await registerClient(REDIRECTS, undefined, rules({ fixedMetadata: { scope } }), REGISTRATION_PORTS))
  })

  it('are refused when an initial access token fixes them', async () => {
    const fixedMetadata: JsonObject = { scope: 'openid admin.administrator' }
    const token = { label: 'partners', fixedMetadata } as Parameters<typeof registerClient>[1]
    assertRefused(await registerClient(REDIRECTS, token, rules(), REGISTRATION_PORTS))
  })

  it('are refused when a registered client replaces what it said (RFC 7592 §2.2)', async () => {
    const existing = aClient({ origin: 'registration' })
    const said = { ...REDIRECTS, client_id: existing.clientId, scope: 'admin.operator' }
    assertRefused(await replaceClient(existing, said, rules(), REGISTRATION_PORTS))
  })

  it('are refused in a client ID metadata document', async () => {
    const clientId = 'https://app.example.com/client.json'
    const document = JSON.stringify({ client_id: clientId, ...REDIRECTS, scope: 'openid admin.viewer' })
    assertRefused(
      await clientFromDocument(clientId, document, undefined, { ...rules(), sameOrigin: true }, REGISTRATION_PORTS),
    )
  })

  it('are not among what a client gets that names no scope', async () => {
    const result = await registerClient(REDIRECTS, undefined, rules(), REGISTRATION_PORTS)
    assert.ok(!isRefusal(result))
    assert.equal(roleOfScopes(result.client.scopes), undefined)
  })
})
