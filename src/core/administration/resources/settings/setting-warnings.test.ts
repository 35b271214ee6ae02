/** Tests of what is said about a changed setting. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { settingWarnings } from './setting-warnings.ts'

describe('a changed setting', () => {
  const rows: ReadonlyArray<readonly [name: string, before: unknown, after: unknown, isWarned: boolean]> = [
    ['tokens.access_token', '10m', '2h', true],
    ['tokens.access_token', '2h', 600, false],
    ['tokens.refresh_token_max', '1y', '30d', true],
    ['sessions.max_age', '14d', '1d', true],
    ['audit.retention', '400d', '30d', true],
    ['audit.retention', '30d', '400d', false],
    ['passwords.min_length', 12, 8, true],
    ['passwords.min_length', 8, 12, false],
    ['throttling.enabled', true, false, true],
    ['throttling.enabled', false, true, false],
    ['throttling.trusted_addresses', ['10.0.0.0/8'], ['10.0.0.0/8', '192.0.2.7'], true],
    ['throttling.trusted_addresses', ['10.0.0.0/8', '192.0.2.7'], ['10.0.0.0/8'], false],
    ['requests.require_signed', true, false, true],
    ['dpop.nonce', 'always', 'token', true],
    ['dpop.nonce', 'off', 'always', false],
    ['registration.mode', 'off', 'open', true],
    ['registration.mode', 'open', 'off', false],
    ['registration.scopes', ['openid'], [], true],
    ['registration.scopes', [], ['openid'], false],
    ['branding.name', 'Castle', 'Fort', false],
    ['throttling.enabled', false, false, false],
    ['constructor', 'a', 'b', false],
  ]
  for (const [name, before, after, isWarned] of rows) {
    it(`${name} from ${JSON.stringify(before)} to ${JSON.stringify(after)}: ${isWarned ? 'a warning' : 'nothing to say'}`, () => {
      const warnings = settingWarnings(name, before, after)
      assert.equal(warnings.length, isWarned ? 1 : 0)
      for (const warning of warnings) assert.ok(warning.startsWith(`${name}: `))
    })
  }
})
