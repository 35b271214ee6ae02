import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { aClient } from '../../../test/support/builders.ts'
import type { Client } from '../clients/client.ts'
import { type BackchannelFacts, checkFapiCiba } from './fapi-ciba.ts'

describe('FAPI-CIBA (§5.2.2)', () => {
  const signed = { alg: 'ES256', notBefore: 0, expiresAt: 3_600 }
  const good: BackchannelFacts = { signed, bindingMessage: 'W4', hasAuthorizationDetails: false }
  const { bindingMessage: _, ...silent } = good
  const { signed: __, ...unsigned } = good

  const rows: readonly [
    name: string,
    client: Partial<Client>,
    facts: BackchannelFacts,
    expected: string | undefined,
  ][] = [
    ['asks nothing of other clients', {}, { hasAuthorizationDetails: false }, undefined],
    ['is kept by a signed request with a binding message', { profile: 'fapi2' }, good, undefined],
    ['is kept in ping mode', { profile: 'fapi2', backchannelTokenDeliveryMode: 'ping' }, good, undefined],
    [
      'takes authorization details for a context',
      { profile: 'fapi2' },
      { ...silent, hasAuthorizationDetails: true },
      undefined,
    ],
    ['knows no push mode', { profile: 'fapi2', backchannelTokenDeliveryMode: 'push' }, good, 'unauthorized_client'],
    ['takes requests without a signature', { profile: 'fapi1-advanced' }, unsigned, undefined],
    [
      'wants a strong one',
      { profile: 'fapi1-advanced' },
      { ...good, signed: { ...signed, alg: 'RS256' } },
      'invalid_request',
    ],
    [
      'leaves EdDSA to FAPI 2.0',
      { profile: 'fapi1-advanced' },
      { ...good, signed: { ...signed, alg: 'EdDSA' } },
      'invalid_request',
    ],
    [
      'wants requests of at most an hour',
      { profile: 'fapi2' },
      { ...good, signed: { ...signed, expiresAt: 3_601 } },
      'invalid_request',
    ],
    ['wants something to compare', { profile: 'fapi2' }, silent, 'invalid_binding_message'],
  ]
  for (const [name, changes, facts, expected] of rows) {
    it(name, () => {
      const refusal = checkFapiCiba(aClient(changes), facts)
      assert.equal(refusal?.error, expected)
      if (refusal !== undefined) assert.ok(refusal.rule.startsWith(`${changes.profile} `))
    })
  }
})
