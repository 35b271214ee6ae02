/** The profile of a client that names none: OAuth 2.0 and OpenID Connect with the settings of the client. */

import type { Profile } from './profile-rule.ts'

export const DEFAULT_PROFILE: Profile = {
  name: 'default',
  title: 'OAuth 2.0 and OpenID Connect',
  about: 'What the standards demand of everybody, and what the settings of the client say.',
  rules: [],
  defaults: () => ({}),
  limits: {},
}
