/** What becomes of what an upstream says: accounts, links, proofs, and its tokens. */

import { inSection, type SettingRow } from '../settings-row.ts'

export const ACCOUNT_ROWS: readonly SettingRow[] = inSection('What becomes of it', [
  {
    name: 'mappings',
    member: 'mappings',
    kind: 'mappings',
    about:
      'Rules that make attributes and groups of claims: a list of objects with `kind` (`attribute`, `template`, `hardcoded`, `hardcoded_group`, `group`, `administrator`). `--map ATTRIBUTE=CLAIM` writes the simple ones.',
    keycloak: 'Mappers',
    aurora: 'Claim mapping',
  },
  {
    name: 'standard_mappings',
    member: 'standardMappings',
    kind: 'boolean',
    about:
      '`ssoid` comes from `sub`, `login` from `preferred_username`, and the rest from the claims of OIDC Core §5.1, where no mapping says otherwise.',
    keycloak:
      'built in; for `oauth2` `config.userIDClaim`, `userNameClaim`, `emailClaim`, `fullNameClaim`, `givenNameClaim`, `familyNameClaim`',
  },
  {
    name: 'sync_mode',
    member: 'syncMode',
    kind: 'choice',
    choices: ['import', 'force'],
    about:
      '`import`: mappings count at the first sign-in. `force`: at every one. A mapping may say otherwise with `sync`.',
    keycloak: '`config.syncMode` Sync mode',
  },
  {
    name: 'trust_email',
    member: 'trustEmail',
    kind: 'boolean',
    about:
      'An address from this upstream counts as verified, unless it says `email_verified: false` itself. It never links an existing account without a proof.',
    keycloak: '`trustEmail` Trust email',
  },
  {
    name: 'case_sensitive_username',
    member: 'caseSensitiveUsername',
    kind: 'boolean',
    about: 'The user name keeps its capitals.',
    keycloak: '`config.caseSensitiveOriginalUsername` Case-sensitive username',
  },
  {
    name: 'essential_claim',
    member: 'essentialClaim',
    kind: 'text',
    standard: 'none',
    about:
      'A claim that has to be there with the value that `essential_claim_value` describes (`.+`: with any), or the sign-in is refused.',
    keycloak: '`config.filteredByClaim` Verify essential claim, `config.claimFilterName` Essential claim',
  },
  {
    name: 'essential_claim_value',
    member: 'essentialClaimValue',
    kind: 'text',
    standard: 'none',
    about:
      'A regular expression for the whole value of `essential_claim` (of a list: for one of its values); no back references, no look-around.',
    keycloak: '`config.claimFilterValue` Essential claim value',
  },
  {
    name: 'create_accounts',
    member: 'createAccounts',
    kind: 'boolean',
    about: 'Whether unknown people get an account.',
    keycloak: '`firstBrokerLoginFlowAlias`: Create User If Unique, or Detect Existing Broker User',
  },
  {
    name: 'link_existing',
    member: 'linkExisting',
    kind: 'boolean',
    about: 'Whether somebody may link an account that is there, at the first sign-in, after proving that it is theirs.',
    keycloak: '`firstBrokerLoginFlowAlias`: Handle Existing Account',
  },
  {
    name: 'link_proofs',
    member: 'linkProofs',
    kind: 'list',
    about: 'How they prove it: `mail` (a link that we send), `sign_in` (the way they sign in here).',
    keycloak: 'Verify Existing Account By Email, Verify Existing Account By Re-authentication',
  },
  {
    name: 'review_profile',
    member: 'reviewProfile',
    kind: 'choice',
    choices: ['missing', 'always', 'never'],
    about:
      'Whether people see and complete their details before their account is made: when something is missing, always, or never.',
    keycloak: 'Review Profile: Update Profile On First Login',
    aurora: 'the user SSO registration page',
  },
  {
    name: 'post_login',
    member: 'postLogin',
    kind: 'choice',
    choices: ['none', 'password'],
    about: 'What people prove to us besides, after every sign-in through it.',
    keycloak: '`postBrokerLoginFlowAlias` Post login flow',
  },
  {
    name: 'amr',
    member: 'amr',
    kind: 'list',
    about: 'Methods (RFC 8176) that a sign-in through it counts as.',
    keycloak: 'the authenticator references of the post login flow',
  },
  {
    name: 'trust_amr',
    member: 'trustAmr',
    kind: 'boolean',
    about: 'The methods that the upstream names in `amr` count, too.',
  },
])

export const STORED_TOKEN_ROWS: readonly SettingRow[] = inSection('Its tokens', [
  {
    name: 'store_tokens',
    member: 'storeTokens',
    kind: 'boolean',
    about: 'Its tokens are kept, sealed, with the identity.',
    keycloak: '`storeToken` Store tokens',
  },
  {
    name: 'stored_tokens_readable_by',
    member: 'storedTokensReadableBy',
    kind: 'list',
    about: 'The `client_id`s of the apps that may read them at `/broker/ALIAS/token`.',
    keycloak: '`addReadTokenRoleOnCreate` Stored tokens readable',
  },
  {
    name: 'min_token_validity',
    member: 'minTokenValiditySeconds',
    kind: 'seconds',
    about: 'A stored token that is valid for less is refreshed before it is read.',
    keycloak: '`config.minValidityToken` Min validity token',
  },
])
