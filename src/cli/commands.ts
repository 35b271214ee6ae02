/** Every command: its words, what it does in one line, and the file that knows the rest, which is loaded only when it is called. */

import type { Command } from 'commander'
import type { Terminal } from './terminal.ts'

export interface CommandModule {
  /** Gives the command its arguments, options, help and action. */
  define(command: Command, terminal: Terminal): void
}

export interface CommandEntry {
  readonly words: readonly [string] | readonly [group: string, name: string]
  readonly summary: string
  /** Works, but the list of commands does not show it. */
  readonly hidden?: boolean
  readonly load: () => Promise<CommandModule>
}

export const GROUPS: Readonly<Record<string, string>> = {
  account: 'people who can sign in',
  client: 'apps that people sign in to',
  config: 'the settings of this server',
  profile: 'what an app can be held to',
  key: 'what tokens are signed with',
  'registration-token': 'tokens of apps that register themselves',
  group: 'groups that accounts are in',
  policy: 'what people have to prove to get to an app',
  upstream: 'identity providers that people sign in through',
  identity: 'who people are at upstreams',
  consent: 'what people have allowed apps',
  attribute: 'what accounts have besides the standard claims',
  session: 'who is signed in, from where',
  audit: 'who did what, from where, with which result',
  setting: 'what counts on this server, and who says so',
  delivery: 'mail and messages on their way to others',
  mail: 'the mail server',
  import: 'what another system knows: apps, people, identity providers',
}

export const COMMANDS: readonly CommandEntry[] = [
  { words: ['serve'], summary: 'run the server', load: () => import('./commands/serve.ts') },
  {
    words: ['plan'],
    summary: 'show what applying the files would change',
    load: () => import('./commands/plan.ts'),
  },
  {
    words: ['apply'],
    summary: 'bring the database to what the files say',
    load: () => import('./commands/apply.ts'),
  },
  {
    words: ['export'],
    summary: 'print what was made by hand as YAML',
    load: () => import('./commands/export.ts'),
  },
  {
    words: ['setup-link'],
    summary: 'print the one-time link that makes the first administrator',
    load: () => import('./commands/setup-link.ts'),
  },
  { words: ['help'], summary: 'print the help of a command', load: () => import('./commands/help.ts') },
  {
    words: ['completion'],
    summary: 'print the script by which a shell completes words',
    load: () => import('./commands/completion.ts'),
  },
  { words: ['why'], summary: 'explain the code of an error page', load: () => import('./commands/why.ts') },
  {
    words: ['health'],
    summary: 'ask the running server whether it is ready',
    load: () => import('./commands/health.ts'),
  },
  { words: ['account', 'create'], summary: 'add an account', load: () => import('./commands/account-create.ts') },
  { words: ['account', 'list'], summary: 'list all accounts', load: () => import('./commands/account-list.ts') },
  { words: ['account', 'show'], summary: 'show one account', load: () => import('./commands/account-show.ts') },
  { words: ['account', 'edit'], summary: 'change an account', load: () => import('./commands/account-edit.ts') },
  {
    words: ['account', 'set-password'],
    summary: 'give an account a new password',
    load: () => import('./commands/account-set-password.ts'),
  },
  {
    words: ['account', 'disable'],
    summary: 'lock an account and end its sessions',
    load: () => import('./commands/account-disable.ts'),
  },
  { words: ['account', 'enable'], summary: 'unlock an account', load: () => import('./commands/account-enable.ts') },
  { words: ['account', 'delete'], summary: 'delete accounts', load: () => import('./commands/account-delete.ts') },
  {
    words: ['attribute', 'create'],
    summary: 'define an attribute of accounts',
    load: () => import('./commands/attribute-create.ts'),
  },
  {
    words: ['attribute', 'list'],
    summary: 'list the attributes of this house',
    load: () => import('./commands/attribute-list.ts'),
  },
  {
    words: ['attribute', 'show'],
    summary: 'show one attribute',
    load: () => import('./commands/attribute-show.ts'),
  },
  { words: ['attribute', 'edit'], summary: 'change an attribute', load: () => import('./commands/attribute-edit.ts') },
  {
    words: ['attribute', 'delete'],
    summary: 'delete an attribute',
    load: () => import('./commands/attribute-delete.ts'),
  },
  {
    words: ['consent', 'list'],
    summary: 'list what people have allowed apps',
    load: () => import('./commands/consent-list.ts'),
  },
  { words: ['consent', 'show'], summary: 'show one consent', load: () => import('./commands/consent-show.ts') },
  {
    words: ['consent', 'withdraw'],
    summary: 'take back what a person has allowed an app',
    load: () => import('./commands/consent-withdraw.ts'),
  },
  { words: ['client', 'create'], summary: 'register an app', load: () => import('./commands/client-create.ts') },
  { words: ['client', 'list'], summary: 'list all clients', load: () => import('./commands/client-list.ts') },
  { words: ['client', 'show'], summary: 'show one client', load: () => import('./commands/client-show.ts') },
  { words: ['client', 'edit'], summary: 'change a client', load: () => import('./commands/client-edit.ts') },
  { words: ['client', 'delete'], summary: 'delete clients', load: () => import('./commands/client-delete.ts') },
  {
    words: ['client', 'rotate-secret'],
    summary: 'give a client a new secret',
    load: () => import('./commands/client-rotate-secret.ts'),
  },
  {
    words: ['client', 'add-secret'],
    summary: 'give a client one more secret',
    load: () => import('./commands/client-add-secret.ts'),
  },
  {
    words: ['client', 'expire-secret'],
    summary: 'end a secret of a client',
    load: () => import('./commands/client-expire-secret.ts'),
  },
  {
    words: ['client', 'set-logo'],
    summary: 'upload the logo of a client',
    load: () => import('./commands/client-set-logo.ts'),
  },
  {
    words: ['client', 'preview-issuer'],
    summary: 'see what another issuer would break',
    load: () => import('./commands/client-preview-issuer.ts'),
  },
  {
    words: ['registration-token', 'create'],
    summary: 'let somebody register apps',
    load: () => import('./commands/registration-token-create.ts'),
  },
  {
    words: ['registration-token', 'list'],
    summary: 'list who may register apps',
    load: () => import('./commands/registration-token-list.ts'),
  },
  {
    words: ['registration-token', 'renew'],
    summary: 'give an app a new token to manage its registration with',
    load: () => import('./commands/registration-token-renew.ts'),
  },
  {
    words: ['registration-token', 'revoke'],
    summary: 'take such a token back',
    load: () => import('./commands/registration-token-revoke.ts'),
  },
  { words: ['key', 'list'], summary: 'list all keys', load: () => import('./commands/key-list.ts') },
  {
    words: ['key', 'rotate'],
    summary: 'put a new key in the place of an old one',
    load: () => import('./commands/key-rotate.ts'),
  },
  {
    words: ['key', 'retire'],
    summary: 'take away a key that was rotated',
    load: () => import('./commands/key-retire.ts'),
  },
  {
    words: ['key', 'import'],
    summary: 'take a private key over from another server',
    load: () => import('./commands/key-import.ts'),
  },
  { words: ['profile', 'list'], summary: 'list the profiles', load: () => import('./commands/profile-list.ts') },
  {
    words: ['profile', 'show'],
    summary: 'show the rules of a profile',
    load: () => import('./commands/profile-show.ts'),
  },
  {
    words: ['lint'],
    summary: 'look for what is dangerous, broken or useless',
    load: () => import('./commands/lint.ts'),
  },
  { words: ['policy', 'create'], summary: 'make a policy', load: () => import('./commands/policy-create.ts') },
  { words: ['policy', 'list'], summary: 'list all policies', load: () => import('./commands/policy-list.ts') },
  { words: ['policy', 'show'], summary: 'show one policy', load: () => import('./commands/policy-show.ts') },
  { words: ['policy', 'edit'], summary: 'change a policy', load: () => import('./commands/policy-edit.ts') },
  { words: ['policy', 'delete'], summary: 'delete a policy', load: () => import('./commands/policy-delete.ts') },
  {
    words: ['policy', 'evaluate'],
    summary: 'try what a policy asks of somebody',
    load: () => import('./commands/policy-evaluate.ts'),
  },
  { words: ['group', 'create'], summary: 'make groups', load: () => import('./commands/group-create.ts') },
  { words: ['group', 'list'], summary: 'list all groups', load: () => import('./commands/group-list.ts') },
  { words: ['group', 'show'], summary: 'show one group', load: () => import('./commands/group-show.ts') },
  {
    words: ['group', 'members'],
    summary: 'list the accounts in a group',
    load: () => import('./commands/group-members.ts'),
  },
  { words: ['group', 'edit'], summary: 'change a group', load: () => import('./commands/group-edit.ts') },
  {
    words: ['group', 'add-member'],
    summary: 'put accounts into a group',
    load: () => import('./commands/group-add-member.ts'),
  },
  {
    words: ['group', 'remove-member'],
    summary: 'take accounts out of a group',
    load: () => import('./commands/group-remove-member.ts'),
  },
  { words: ['group', 'delete'], summary: 'delete groups', load: () => import('./commands/group-delete.ts') },
  { words: ['upstream', 'create'], summary: 'add an upstream', load: () => import('./commands/upstream-create.ts') },
  { words: ['upstream', 'list'], summary: 'list all upstreams', load: () => import('./commands/upstream-list.ts') },
  { words: ['upstream', 'show'], summary: 'show one upstream', load: () => import('./commands/upstream-show.ts') },
  { words: ['upstream', 'edit'], summary: 'change an upstream', load: () => import('./commands/upstream-edit.ts') },
  { words: ['upstream', 'delete'], summary: 'delete upstreams', load: () => import('./commands/upstream-delete.ts') },
  {
    words: ['upstream', 'presets'],
    summary: 'list the well-known ones',
    load: () => import('./commands/upstream-presets.ts'),
  },
  {
    words: ['upstream', 'dry-run'],
    summary: 'try the mappings of an upstream, without signing anybody in',
    load: () => import('./commands/upstream-dry-run.ts'),
  },
  {
    words: ['upstream', 'test'],
    summary: 'test one without signing in',
    load: () => import('./commands/upstream-test.ts'),
  },
  {
    words: ['upstream', 'clear-cache'],
    summary: 'forget the keys of an upstream',
    load: () => import('./commands/upstream-clear-cache.ts'),
  },
  {
    words: ['identity', 'list'],
    summary: 'list which account is linked to whom',
    load: () => import('./commands/identity-list.ts'),
  },
  {
    words: ['identity', 'link'],
    summary: 'link an account to an identity',
    load: () => import('./commands/identity-link.ts'),
  },
  {
    words: ['identity', 'unlink'],
    summary: 'take an identity off an account',
    load: () => import('./commands/identity-unlink.ts'),
  },
  {
    words: ['identity', 'undo'],
    summary: 'take back the last link or unlink',
    load: () => import('./commands/identity-undo.ts'),
  },
  {
    words: ['delivery', 'list'],
    summary: 'list what was sent, and what waits',
    load: () => import('./commands/delivery-list.ts'),
  },
  { words: ['delivery', 'show'], summary: 'show one delivery', load: () => import('./commands/delivery-show.ts') },
  {
    words: ['delivery', 'retry'],
    summary: 'have deliveries tried again, now',
    load: () => import('./commands/delivery-retry.ts'),
  },
  { words: ['session', 'list'], summary: 'list who is signed in', load: () => import('./commands/session-list.ts') },
  { words: ['session', 'show'], summary: 'show one session', load: () => import('./commands/session-show.ts') },
  { words: ['session', 'end'], summary: 'sign somebody out', load: () => import('./commands/session-end.ts') },
  { words: ['audit', 'list'], summary: 'list who did what', load: () => import('./commands/audit-list.ts') },
  { words: ['audit', 'show'], summary: 'show one audit event', load: () => import('./commands/audit-show.ts') },
  { words: ['audit', 'export'], summary: 'write all audit events', load: () => import('./commands/audit-export.ts') },
  {
    words: ['setting', 'list'],
    summary: 'list every setting as it counts',
    load: () => import('./commands/setting-list.ts'),
  },
  { words: ['setting', 'show'], summary: 'show one setting', load: () => import('./commands/setting-show.ts') },
  {
    words: ['setting', 'set'],
    summary: 'change a setting while the server runs',
    load: () => import('./commands/setting-set.ts'),
  },
  {
    words: ['setting', 'reset'],
    summary: 'give a setting its standard again',
    load: () => import('./commands/setting-reset.ts'),
  },
  { words: ['mail', 'test'], summary: 'send a test mail', load: () => import('./commands/mail-test.ts') },
  {
    words: ['import', 'authelia'],
    summary: 'take over an Authelia',
    load: () => import('./commands/import-authelia.ts'),
  },
  {
    words: ['import', 'keycloak'],
    summary: 'take over a realm of Keycloak',
    load: () => import('./commands/import-keycloak.ts'),
  },
  {
    words: ['import', 'django-oidc-provider'],
    summary: 'take over a django-oidc-provider',
    load: () => import('./commands/import-django.ts'),
  },
  {
    words: ['import', 'khoros'],
    summary: 'take over the providers of a Khoros Aurora community',
    load: () => import('./commands/import-khoros.ts'),
  },
  {
    words: ['config', 'check'],
    summary: 'report every mistake in the settings',
    load: () => import('./commands/config-check.ts'),
  },
  // The names of AURA's commands: scripts written for them work with `sallyport` in their place.
  {
    words: ['create_oidc_client'],
    summary: 'the same as client create',
    hidden: true,
    load: () => import('./commands/client-create.ts'),
  },
  {
    words: ['delete_oidc_clients'],
    summary: 'the same as client delete; without an ID, all of them',
    hidden: true,
    load: () => import('./commands/delete-oidc-clients.ts'),
  },
]
