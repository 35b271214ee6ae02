/** OAuth 2.1 (draft-ietf-oauth-v2-1): OAuth 2.0 without what has proved to be dangerous. */

import { brokenImplicit, brokenUnless } from './common-checks.ts'
import type { Profile } from './profile-rule.ts'

export const OAUTH_2_1: Profile = {
  name: 'oauth2.1',
  title: 'OAuth 2.1',
  about: 'OAuth 2.0 without what has proved to be dangerous: for every new app that needs nothing stricter.',
  rules: [
    {
      name: 'pkce',
      section: 'OAuth 2.1 §4.1.1',
      sentence: 'Every request for a code carries a PKCE challenge with the method S256.',
      demand: 'a code_challenge with the method S256',
      settings: ['require_pkce', 'allow_plain_pkce'],
      registration: client => [
        ...brokenUnless(client.requirePkce, 'require_pkce', 'must be on'),
        ...brokenUnless(!client.allowPlainPkce, 'allow_plain_pkce', 'must be off'),
      ],
      authorization: ({ responseType, codeChallengeMethod }) =>
        !responseType.split(' ').includes('code') || codeChallengeMethod === 'S256',
    },
    {
      name: 'no_implicit',
      section: 'OAuth 2.1 §10.1',
      sentence: 'No access token travels through the browser: there are no response types with token.',
      demand: 'a response_type without token',
      settings: ['response_types of the client'],
      registration: brokenImplicit,
      authorization: ({ responseType }) => !responseType.split(' ').includes('token'),
    },
    {
      name: 'no_password',
      section: 'OAuth 2.1 §10',
      sentence: 'There is no grant type where the app sees the password of a person.',
      demand: 'another grant_type than password',
      registration: ({ grantTypes }) =>
        brokenUnless(!grantTypes.includes('password'), 'grant_types', 'must not contain password'),
    },
    {
      name: 'protected_refresh',
      section: 'OAuth 2.1 §4.3.1',
      sentence:
        'Refresh tokens of public clients are renewed with every use, or bound to a key: here they are, always.',
      demand: 'refresh tokens that are renewed or bound to a key',
    },
    {
      name: 'exact_redirect',
      section: 'OAuth 2.1 §2.3.1',
      sentence:
        'Redirect URIs are compared exactly; only the port of a loopback address is free. Here this counts for everybody.',
      demand: 'a redirect_uri that is registered, exactly',
    },
  ],
  // OAuth 2.1 §4.1.1: what a registration leaves out is as the profile wants it.
  defaults: () => ({ requirePkce: true }),
  limits: {},
}
