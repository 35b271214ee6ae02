/** Stories of what may stand in files. */

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Stage, Story } from './story.ts'

const PEOPLE = ['ada', 'bob']

async function people({ app }: Stage): Promise<void> {
  for (const username of PEOPLE)
    await app.enrol({ username, email: `${username}@example.com`, subject: username, groups: [] })
}

/** What was read last: a replacement says which version it replaces. */
async function versionOf(
  { admin }: Stage,
  resource: 'groups' | 'attributes' | 'policies',
  name: string,
): Promise<string> {
  return (await admin.call(`${resource}.read`, { path: { name } })).version ?? ''
}

const groups: Story = {
  about: 'groups',
  alsoLooksAt: ['accounts'],
  given: people,
  steps: [
    {
      does: ['groups.create'],
      api: ({ admin }) => admin.call('groups.create', { body: { name: 'staff', description: 'Everybody' } }),
      command: () => ['group', 'create', 'staff', '--description', 'Everybody'],
      file: { groups: { staff: { description: 'Everybody' } } },
    },
    {
      does: ['groups.patch'],
      api: ({ admin }) => admin.call('groups.patch', { path: { name: 'staff' }, body: { description: 'All of us' } }),
      command: () => ['group', 'edit', 'staff', '--set', 'description=All of us'],
      file: { groups: { staff: { description: 'All of us' } } },
    },
    {
      does: ['groups.replace'],
      api: async stage => {
        const ifMatch = await versionOf(stage, 'groups', 'staff')
        return stage.admin.call('groups.replace', { path: { name: 'staff' }, body: {}, ifMatch })
      },
      command: () => ['group', 'edit', 'staff', '--unset', 'description'],
      file: { groups: { staff: {} } },
    },
    {
      does: ['groups.add_members'],
      api: ({ admin }) => admin.call('groups.add_members', { path: { name: 'staff' }, body: { accounts: PEOPLE } }),
      command: () => ['group', 'add-member', 'staff', ...PEOPLE],
    },
    {
      does: ['groups.remove_members'],
      api: ({ admin }) => admin.call('groups.remove_members', { path: { name: 'staff' }, body: { accounts: ['bob'] } }),
      command: () => ['group', 'remove-member', 'staff', 'bob'],
    },
    {
      does: ['groups.delete'],
      api: ({ admin }) => admin.call('groups.delete', { path: { name: 'staff' } }),
      command: () => ['group', 'delete', 'staff', '--yes'],
      file: {},
    },
  ],
}

const DEPARTMENT = { title: 'Department', type: 'text', choices: ['sales', 'legal'], scopes: ['work'] } as const

const attributes: Story = {
  about: 'attributes',
  steps: [
    {
      does: ['attributes.create'],
      api: ({ admin }) => admin.call('attributes.create', { body: { name: 'department', ...DEPARTMENT } }),
      command: () => [
        ...['attribute', 'create', 'department', '--title', 'Department', '--type', 'text', '--scope', 'work'],
        ...['--choice', 'sales', '--choice', 'legal'],
      ],
      file: { attributes: { department: DEPARTMENT } },
    },
    {
      does: ['attributes.patch'],
      api: ({ admin }) => admin.call('attributes.patch', { path: { name: 'department' }, body: { title: 'Where' } }),
      command: () => ['attribute', 'edit', 'department', '--title', 'Where'],
      file: { attributes: { department: { ...DEPARTMENT, title: 'Where' } } },
    },
    {
      does: ['attributes.replace'],
      api: async stage => {
        const ifMatch = await versionOf(stage, 'attributes', 'department')
        const body = { title: 'Where', scopes: ['work'] }
        return stage.admin.call('attributes.replace', { path: { name: 'department' }, body, ifMatch })
      },
      command: () => ['attribute', 'edit', 'department', '--choice', ''],
      file: { attributes: { department: { title: 'Where', scopes: ['work'] } } },
    },
    {
      does: ['attributes.delete'],
      api: ({ admin }) => admin.call('attributes.delete', { path: { name: 'department' } }),
      command: () => ['attribute', 'delete', 'department'],
      file: {},
    },
  ],
}

const RULES = [{ policy: 'one_factor' as const, subject: [['group:staff']], networks: ['10.0.0.0/8'] }]

const policies: Story = {
  about: 'policies',
  given: async ({ admin }) => void (await admin.call('groups.create', { body: { name: 'staff' } })),
  steps: [
    {
      does: ['policies.create'],
      api: ({ admin }) =>
        admin.call('policies.create', { body: { name: 'office', default_policy: 'deny', rules: RULES } }),
      command: () => ['policy', 'create', 'office', '--default', 'deny', '--rule', 'one_factor group:staff 10.0.0.0/8'],
      file: { policies: { office: { default_policy: 'deny', rules: RULES } } },
    },
    {
      does: ['policies.patch'],
      api: ({ admin }) =>
        admin.call('policies.patch', { path: { name: 'office' }, body: { default_policy: 'two_factor' } }),
      command: () => ['policy', 'edit', 'office', '--default', 'two_factor'],
      file: { policies: { office: { default_policy: 'two_factor', rules: RULES } } },
    },
    {
      does: ['policies.replace'],
      api: async stage => {
        const ifMatch = await versionOf(stage, 'policies', 'office')
        return stage.admin.call('policies.replace', {
          path: { name: 'office' },
          body: { default_policy: 'deny' },
          ifMatch,
        })
      },
      command: () => ['policy', 'edit', 'office', '--default', 'deny', '--unset', 'rules'],
      file: { policies: { office: { default_policy: 'deny' } } },
    },
    {
      does: ['policies.delete'],
      api: ({ admin }) => admin.call('policies.delete', { path: { name: 'office' } }),
      command: () => ['policy', 'delete', 'office'],
      file: {},
    },
  ],
}

const SECRET = 'a secret of a test, with many characters'
const NEW_SECRET = 'another secret of a test, as long as the first'
const WIKI = {
  client_name: 'Wiki',
  client_type: 'confidential' as const,
  redirect_uris: ['https://wiki.example.com/callback'],
}
const MOVED = { ...WIKI, redirect_uris: ['https://old.example.com/callback'] }
/** The smallest PNG there is. */
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)

async function lastSecret({ admin }: Stage): Promise<string> {
  const { items } = (await admin.call('clients.list_secrets', { path: { client_id: 'wiki' } })).document
  return `${items.at(-1)?.id}`
}

const WIKI_PATH = { path: { client_id: 'wiki' } }

const clients: Story = {
  about: 'clients',
  steps: [
    {
      does: ['clients.create'],
      api: ({ admin }) => admin.call('clients.create', { body: { client_id: 'wiki', ...WIKI, client_secret: SECRET } }),
      command: () => [
        ...['client', 'create', 'Wiki', 'confidential', '--client-id', 'wiki', '--client-secret', SECRET],
        ...['-u', 'https://wiki.example.com/callback'],
      ],
      file: { clients: { wiki: { ...WIKI, client_secret: SECRET } } },
    },
    {
      does: ['clients.patch'],
      api: ({ admin }) =>
        admin.call('clients.patch', { ...WIKI_PATH, body: { consent_mode: 'never', description: 'Notes' } }),
      command: () => ['client', 'edit', 'wiki', '--consent', 'never', '--description', 'Notes'],
      file: { clients: { wiki: { ...WIKI, client_secret: SECRET, consent_mode: 'never', description: 'Notes' } } },
    },
    {
      does: ['clients.replace'],
      api: async ({ admin }) => {
        const { version: ifMatch = '' } = await admin.call('clients.read', WIKI_PATH)
        return admin.call('clients.replace', { ...WIKI_PATH, body: MOVED, ifMatch })
      },
      command: () => [
        ...['client', 'create', 'Wiki', 'confidential', '--client-id', 'wiki', '--replace'],
        ...['-u', 'https://old.example.com/callback'],
      ],
      file: { clients: { wiki: MOVED } },
    },
    {
      does: ['clients.rotate_secret'],
      leaves: 'client.secret-rotated',
      api: ({ admin }) => admin.call('clients.rotate_secret', { ...WIKI_PATH, body: { client_secret: NEW_SECRET } }),
      command: () => ['client', 'rotate-secret', 'wiki', '--client-secret', NEW_SECRET],
    },
    {
      does: ['clients.add_secret'],
      api: ({ admin }) => admin.call('clients.add_secret', { ...WIKI_PATH, body: { client_secret: SECRET } }),
      command: () => ['client', 'add-secret', 'wiki', '--client-secret', SECRET],
    },
    {
      does: ['clients.expire_secret', 'clients.list_secrets'],
      api: async stage => {
        const path = { client_id: 'wiki', secret_id: await lastSecret(stage) }
        return stage.admin.call('clients.expire_secret', { path, body: {} })
      },
      command: async stage => ['client', 'expire-secret', 'wiki', await lastSecret(stage)],
    },
    {
      does: ['clients.put_logo', 'clients.get_logo'],
      api: async ({ admin }) => {
        await admin.call('clients.put_logo', { ...WIKI_PATH, bytes: { mediaType: 'image/png', content: PNG } })
        return admin.call('clients.get_logo', WIKI_PATH)
      },
      command: ({ folder }) => {
        writeFileSync(join(folder, 'logo.png'), PNG)
        return ['client', 'set-logo', 'wiki', join(folder, 'logo.png')]
      },
    },
    {
      does: ['clients.delete_logo'],
      api: ({ admin }) => admin.call('clients.delete_logo', WIKI_PATH),
      command: () => ['client', 'set-logo', 'wiki', '--remove'],
    },
    {
      does: ['clients.replace_host'],
      api: ({ admin }) =>
        admin.call('clients.replace_host', { body: { from: 'old.example.com', to: 'new.example.com' } }),
      command: () => ['client', 'edit', 'wiki', '--replace-host', 'old.example.com', 'new.example.com', '--yes'],
    },
    {
      does: ['clients.delete'],
      api: ({ admin }) => admin.call('clients.delete', WIKI_PATH),
      command: () => ['client', 'delete', 'wiki'],
      file: {},
    },
  ],
}

const CORP = {
  issuer: 'https://corp.example.com',
  authorization_endpoint: 'https://corp.example.com/authorize',
  token_endpoint: 'https://corp.example.com/token',
  jwks_uri: 'https://corp.example.com/jwks',
}
const CORP_SET = Object.entries(CORP).flatMap(([name, value]) => ['--set', `${name}=${value}`])
const CORP_PATH = { path: { alias: 'corp' } }
const CORP_CREATE = ['upstream', 'create', 'corp', '--client-id', 'sallyport', '--client-secret', SECRET, '--offline']

const upstreams: Story = {
  about: 'upstreams',
  steps: [
    {
      does: ['upstreams.create'],
      api: ({ admin }) =>
        admin.call('upstreams.create', {
          body: { alias: 'corp', client_id: 'sallyport', client_secret: SECRET, ...CORP, prompt: 'login' },
        }),
      command: () => [...CORP_CREATE, ...CORP_SET, '--set', 'prompt=login'],
      file: { upstreams: { corp: { client_id: 'sallyport', client_secret: SECRET, ...CORP, prompt: 'login' } } },
    },
    {
      does: ['upstreams.patch'],
      api: ({ admin }) => admin.call('upstreams.patch', { ...CORP_PATH, body: { display_name: 'Corp', order: 7 } }),
      command: () => ['upstream', 'edit', 'corp', '--set', 'display_name=Corp', '--set', 'order=7'],
      file: {
        upstreams: {
          corp: {
            client_id: 'sallyport',
            client_secret: SECRET,
            ...CORP,
            prompt: 'login',
            display_name: 'Corp',
            order: 7,
          },
        },
      },
    },
    {
      does: ['upstreams.replace'],
      api: async ({ admin }) => {
        const { version: ifMatch = '' } = await admin.call('upstreams.read', CORP_PATH)
        return admin.call('upstreams.replace', { ...CORP_PATH, body: { client_id: 'sallyport', ...CORP }, ifMatch })
      },
      command: () => [...CORP_CREATE, ...CORP_SET, '--replace'],
      file: { upstreams: { corp: { client_id: 'sallyport', client_secret: SECRET, ...CORP } } },
    },
    {
      does: ['upstreams.edit'],
      api: ({ admin }) =>
        admin.call('upstreams.edit', { ...CORP_PATH, body: { set: { enabled: false, display_name: 'Off' } } }),
      command: () => ['upstream', 'edit', 'corp', '--set', 'enabled=false', '--set', 'display_name=Off'],
    },
    {
      does: ['upstreams.clear_cache'],
      leaves: 'upstream.cache-cleared',
      api: ({ admin }) => admin.call('upstreams.clear_cache', CORP_PATH),
      command: () => ['upstream', 'clear-cache', 'corp'],
    },
    {
      does: ['upstreams.delete'],
      api: ({ admin }) => admin.call('upstreams.delete', CORP_PATH),
      command: () => ['upstream', 'delete', 'corp', '--yes'],
      file: {},
    },
  ],
}

const PASSWORD = 'correct horse battery staple'
const ADA = { email: 'ada@example.com', name: 'Ada Lovelace', groups: ['staff'], attributes: { nickname: 'Countess' } }
const ADA_PATH = { path: { username: 'ada' } }

const accounts: Story = {
  about: 'accounts',
  alsoLooksAt: ['groups', 'sessions'],
  given: async ({ admin }) => void (await admin.call('groups.create', { body: { name: 'staff' } })),
  steps: [
    {
      does: ['accounts.create'],
      api: ({ admin }) => admin.call('accounts.create', { body: { username: 'ada', ...ADA, password: PASSWORD } }),
      command: () => [
        ...['account', 'create', 'ada', '--email', 'ada@example.com', '--name', 'Ada Lovelace', '--group', 'staff'],
        ...['--attribute', 'nickname=Countess', '--password-stdin'],
      ],
      input: `${PASSWORD}\n`,
      file: { accounts: { ada: { ...ADA, password: PASSWORD } } },
    },
    {
      does: ['accounts.patch'],
      api: ({ admin }) =>
        admin.call('accounts.patch', { ...ADA_PATH, body: { email: 'countess@example.com', role: 'viewer' } }),
      command: () => ['account', 'edit', 'ada', '--email', 'countess@example.com', '--role', 'viewer'],
      file: { accounts: { ada: { ...ADA, password: PASSWORD, email: 'countess@example.com', role: 'viewer' } } },
    },
    {
      does: ['accounts.replace'],
      api: async ({ admin }) => {
        const { version: ifMatch = '' } = await admin.call('accounts.read', ADA_PATH)
        return admin.call('accounts.replace', { ...ADA_PATH, body: { username: 'ada', ...ADA }, ifMatch })
      },
      command: () => [
        ...['account', 'create', 'ada', '--email', 'ada@example.com', '--name', 'Ada Lovelace', '--group', 'staff'],
        ...['--attribute', 'nickname=Countess', '--replace'],
      ],
      file: { accounts: { ada: { ...ADA, password: PASSWORD } } },
    },
    {
      does: ['accounts.set_password'],
      leaves: 'account.password-set',
      api: ({ admin }) => admin.call('accounts.set_password', { ...ADA_PATH, body: { password: `new ${PASSWORD}` } }),
      command: () => ['account', 'set-password', 'ada', '--password-stdin'],
      input: `new ${PASSWORD}\n`,
    },
    {
      does: ['accounts.end_sessions'],
      leaves: 'account.sessions-ended',
      api: ({ admin }) => admin.call('accounts.end_sessions', ADA_PATH),
      withoutCommand: 'session end --account ends sessions, account set-password everything that somebody has',
    },
    {
      does: ['accounts.delete'],
      api: ({ admin }) => admin.call('accounts.delete', ADA_PATH),
      command: () => ['account', 'delete', 'ada'],
      file: {},
    },
  ],
}

export const DECLARABLE_STORIES: readonly Story[] = [groups, attributes, policies, clients, upstreams, accounts]
