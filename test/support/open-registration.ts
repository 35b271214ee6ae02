/** Registration as tests of it begin: anybody may, nothing is fixed, and nobody is asked outside. */

import type { RegistrationPorts } from '../../src/core/registration/register-client.ts'
import type { RegistrationPolicy } from '../../src/core/registration/registration-policy.ts'
import { refuse } from '../../src/spec/refusal.ts'
import { NOON, random } from './builders.ts'

export const OPEN_POLICY: RegistrationPolicy = {
  mode: 'open',
  scopes: [],
  grantTypes: [],
  responseTypes: [],
  authMethods: [],
  redirectHosts: [],
  consent: 'remember',
  profile: 'default',
  secretSeconds: 0,
  fixedMetadata: {},
  softwareStatement: 'off',
}

export const REGISTRATION_PORTS: RegistrationPorts = {
  issuer: 'https://id.example.com',
  random,
  now: NOON,
  sealer: async () => ({ seal: plain => plain }),
  fetch: async () => ({ kind: 'refused', reason: 'unreachable', detail: 'a test' }),
  clientKeys: { verify: async () => refuse('invalid_software_statement', 'a test', 'a test') },
}
