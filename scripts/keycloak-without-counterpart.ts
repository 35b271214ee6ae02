/** Keycloak's settings of an identity provider that are none here, and why: for whoever moves. */

export const KEYCLOAK_WITHOUT_COUNTERPART: readonly (readonly [setting: string, why: string])[] = [
  [
    '`config.syncMode` `LEGACY`',
    'Each mapper behaves as it did in old versions. A setting that means something else for each mapping explains nothing: `import` or `force`, per mapping where needed.',
  ],
  [
    '`config.doNotStoreUsers` Do not store users',
    'Whoever signs in has an account: consents, sessions and sign-outs belong to one. `sallyport account delete` takes it away.',
  ],
  [
    '`config.requiresShortStateParameter` Requires short state',
    'Nothing to choose: our `state` always has 66 characters, and everything else is kept with the flow.',
  ],
  [
    '`config.storeTokenInSession` Store token in session',
    'What signing out needs is kept sealed with the session in any case; `store_tokens` is for apps that read tokens.',
  ],
  [
    '`authenticateByDefault` Authenticate by default',
    'Deprecated there. `broker.default` in `sallyport.yaml` names the one upstream where people go at once.',
  ],
  [
    '`config.supportsClientAssertions`, `supportsClientAssertionReuse`, `fedClientAssertionMaxExp`, `allowClientIdAsAudience`',
    'Assertions that prove an app, not a person: the keys of the app (`jwks_uri` in its metadata) say who signs them.',
  ],
  [
    '`config.jwtAuthorizationGrantEnabled`, and its lifetime, re-use and algorithms',
    'A system whose signed word about a person is taken (RFC 7523) is one of `assertion_issuers` in `sallyport.yaml`.',
  ],
  [
    '`config.tokenIntrospectionUrl`, `config.mtlsTokenIntrospectionUrl`',
    'Tokens of an upstream are not exchanged for ours; an app reads its stored tokens at `/broker/ALIAS/token`.',
  ],
  [
    '`config.jwtX509HeadersEnabled` Add X.509 headers to JWT',
    'Our assertions name their key by `kid`, and the upstream finds it at our JWKS URI.',
  ],
  ['`config.metadataDescriptorUrl`, `providerId` `saml`', 'SAML is another protocol.'],
  ['`providerId` `jwt-authorization-grant`, `spiffe`, `kubernetes`', 'Not for people; see the assertions above.'],
  [
    '`providerId` `facebook`, `bitbucket`, `linkedin-openid-connect`, `twitter`, `instagram`, `paypal`, `stackoverflow`, `openshift-v4`',
    'No preset; they are upstreams of the kind `oidc` or `oauth2` with their endpoints and mappings.',
  ],
  [
    '`firstBrokerLoginFlowAlias` with any other flow (Automatically Set Existing User)',
    'An existing account is never linked without a proof. The steps that there are have settings: `create_accounts`, `link_existing`, `link_proofs`, `review_profile`.',
  ],
  [
    'Confirm Override Existing Link',
    'An account has one identity of an upstream. Another one is linked after the first was unlinked, on the account page or with `sallyport identity unlink`.',
  ],
  ['`postBrokerLoginFlowAlias` with any other flow', 'The steps that there are have a setting: `post_login`.'],
  [
    'Mapper: Hardcoded User Session Attribute, User Session Note',
    'A session holds no notes; attributes and groups of the account reach the tokens.',
  ],
  [
    'Mapper: Organization group, Hardcoded organization role',
    'There are no organizations: groups are those of this server, and `email_domains` leads people to their upstream.',
  ],
  [
    'Mapper: Username Template Importer with the target BROKER_ID or BROKER_USERNAME',
    'A template for `ssoid` is the identity there.',
  ],
]
