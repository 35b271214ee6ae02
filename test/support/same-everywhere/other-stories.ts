/** Stories of what comes by itself, or is made once: never in files. */

import { generateKeyPairSync } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { aDelivery } from '../builders.ts'
import type { Question, Stage, Story } from './story.ts'

const WIKI = 'wiki'

async function ada({ app, ids }: Stage): Promise<void> {
  const account = await app.enrol({ username: 'ada', email: 'ada@example.com', subject: 'ada', groups: [] })
  ids.set('ada', account.id)
}

const identities: Story = {
  about: 'identities',
  given: async stage => {
    await ada(stage)
    await stage.app.addUpstream({ alias: 'corp' })
  },
  steps: [
    {
      does: ['identities.create'],
      api: ({ admin }) =>
        admin.call('identities.create', {
          body: { account: 'ada', upstream: 'corp', subject: '42', label: 'lovelace' },
        }),
      command: () => ['identity', 'link', 'ada', 'corp', '42', '--label', 'lovelace'],
    },
    {
      does: ['identities.delete'],
      api: async ({ admin }) => {
        const [identity] = (await admin.call('identities.list')).document.items
        return admin.call('identities.delete', { path: { id: `${identity?.id}` } })
      },
      command: () => ['identity', 'unlink', 'ada', 'corp'],
    },
    {
      does: ['identities.undo'],
      api: ({ admin }) => admin.call('identities.undo', { body: { account: 'ada', upstream: 'corp' } }),
      command: () => ['identity', 'undo', 'ada', 'corp'],
    },
  ],
}

const consents: Story = {
  about: 'consents',
  given: async stage => {
    await ada(stage)
    await stage.app.register({ clientId: WIKI })
  },
  steps: [
    {
      does: ['consents.create'],
      api: ({ admin }) =>
        admin.call('consents.create', { body: { account: 'ada', client: WIKI, scopes: ['openid', 'email'] } }),
      withoutCommand: 'people give them in the browser; imports bring those of another server',
    },
    {
      does: ['consents.delete'],
      api: async ({ admin }) => {
        const [consent] = (await admin.call('consents.list')).document.items
        return admin.call('consents.delete', { path: { id: `${consent?.id}` } })
      },
      command: () => ['consent', 'withdraw', 'ada', WIKI],
    },
  ],
}

const PEM = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  .privateKey.export({ type: 'pkcs8', format: 'pem' })
  .toString()

const keys: Story = {
  about: 'keys',
  steps: [
    {
      does: ['keys.create'],
      api: ({ admin }) => admin.call('keys.create', { body: { kid: 'of-another', alg: 'ES256', pem: PEM } }),
      command: ({ folder }) => {
        writeFileSync(join(folder, 'key.pem'), PEM)
        return ['key', 'import', join(folder, 'key.pem'), '--kid', 'of-another', '--alg', 'ES256']
      },
    },
    {
      does: ['keys.rotate'],
      api: ({ admin }) => admin.call('keys.rotate', { body: { alg: 'RS256' } }),
      command: () => ['key', 'rotate', 'RS256'],
    },
    {
      does: ['keys.delete'],
      api: ({ admin }) => admin.call('keys.delete', { path: { kid: 'of-another' } }),
      command: () => ['key', 'retire', 'of-another'],
    },
  ],
}

const deliveries: Story = {
  about: 'deliveries',
  given: async ({ app: { house }, ids }) => {
    // Far behind now: nothing of it is due, whatever a running server does.
    const far = new Date('2100-01-01T00:00:00Z')
    const delivery = aDelivery({
      state: 'given-up',
      attempts: 3,
      lastResult: 'nobody answers',
      sealedContent: Buffer.alloc(40),
      nextAt: far,
      expiresAt: far,
    })
    ids.set('delivery', delivery.id)
    await house.repositories.commit([house.repositories.deliveries.insert(delivery)])
  },
  steps: [
    {
      does: ['deliveries.retry'],
      api: ({ admin, ids }) => admin.call('deliveries.retry', { body: { ids: [ids.get('delivery') ?? ''] } }),
      command: ({ ids }) => ['delivery', 'retry', ids.get('delivery') ?? ''],
    },
  ],
}

const registrationTokens: Story = {
  about: 'registration-tokens',
  alsoLooksAt: ['clients'],
  given: async ({ app }) => {
    await app.register({ clientId: 'self-made', origin: 'registration', registrationGeneration: 1 })
  },
  steps: [
    {
      does: ['registration-tokens.create'],
      api: ({ admin }) =>
        admin.call('registration-tokens.create', {
          body: { label: 'ci', remaining_uses: 5, fixed_metadata: { scope: 'openid email' } },
        }),
      command: () => ['registration-token', 'create', '--label', 'ci', '--uses', '5', '--set', 'scope=openid email'],
    },
    {
      does: ['registration-tokens.delete'],
      api: async ({ admin }) => {
        const [token] = (await admin.call('registration-tokens.list')).document.items
        return admin.call('registration-tokens.delete', { path: { id: `${token?.id}` } })
      },
      command: async ({ admin }) => {
        const [token] = (await admin.call('registration-tokens.list')).document.items
        return ['registration-token', 'revoke', `${token?.id}`]
      },
    },
    {
      does: ['registration-tokens.renew'],
      leaves: 'client.registration-token-renewed',
      api: ({ admin }) => admin.call('registration-tokens.renew', { body: { client_id: 'self-made' } }),
      command: () => ['registration-token', 'renew', 'self-made'],
    },
  ],
}

const sessions: Story = {
  about: 'sessions',
  given: async ({ app, ids }) => {
    const account = await app.enrol({ username: 'ada', subject: 'ada' })
    for (const name of ['first', 'second', 'third']) {
      const { session } = await app.beginSession(account, { userAgent: name })
      ids.set(name, session.id)
    }
  },
  steps: [
    {
      does: ['sessions.end'],
      api: ({ admin, ids }) => admin.call('sessions.end', { path: { id: ids.get('first') ?? '' } }),
      command: ({ ids }) => ['session', 'end', ids.get('first') ?? ''],
    },
    {
      does: ['sessions.end_all'],
      api: ({ admin }) => admin.call('sessions.end_all', { body: { account: 'ada' } }),
      command: () => ['session', 'end', '--account', 'ada'],
    },
  ],
}

const settings: Story = {
  about: 'settings',
  steps: [
    {
      does: ['settings.change'],
      api: ({ admin }) =>
        admin.call('settings.change', {
          path: { name: 'throttling.trusted_addresses' },
          body: { value: ['10.0.0.0/8', '192.0.2.7'] },
        }),
      command: () => ['setting', 'set', 'throttling.trusted_addresses', '10.0.0.0/8,192.0.2.7'],
    },
    {
      does: ['settings.reset'],
      api: ({ admin }) => admin.call('settings.reset', { path: { name: 'throttling.trusted_addresses' } }),
      command: () => ['setting', 'reset', 'throttling.trusted_addresses'],
    },
  ],
}

export const OTHER_STORIES: readonly Story[] = [
  identities,
  consents,
  keys,
  deliveries,
  registrationTokens,
  sessions,
  settings,
]

/** What only asks. The lists and the readings of every resource are asked besides. */
export const QUESTIONS: readonly Question[] = [
  { asks: ['groups.members'], command: () => ['group', 'members', 'staff'] },
  { asks: ['groups.sizes'], command: () => ['group', 'list'] },
  { asks: ['policies.evaluate'], command: () => ['policy', 'evaluate', 'ada', '--policy', 'office'] },
  { asks: ['clients.issuer_preview'], command: () => ['client', 'preview-issuer', 'https://new.example.com'] },
  {
    asks: ['upstreams.dry_run'],
    command: () => ['upstream', 'dry-run', 'corp', '--token', '-'],
    input: '{"sub":"42","email":"ada@example.com","preferred_username":"ada"}',
  },
  { asks: ['upstreams.test'], command: () => ['upstream', 'test', 'corp'] },
  { asks: ['upstreams.count_links'], withoutCommand: 'upstream delete asks it before it deletes' },
  { asks: ['upstreams.presets'], withoutCommand: 'upstream presets knows them without a server' },
  { asks: ['explanations.read'], command: ({ ids }) => ['why', ids.get('code') ?? ''] },
  { asks: ['lint.run'], command: () => ['lint'] },
]
