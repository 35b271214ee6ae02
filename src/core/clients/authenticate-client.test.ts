/** Tests of client authentication. */

import assert from 'node:assert/strict'
import { hash } from 'node:crypto'
import { describe, it } from 'node:test'
import { aClient, NOON, random } from '../../../test/support/builders.ts'
import { addSeconds } from '../../lib/clock.ts'
import { newId } from '../../lib/id.ts'
import type { PresentedCredentials } from '../../spec/client-credentials.ts'
import { isRefusal, refuse } from '../../spec/refusal.ts'
import { createClientAuthentication } from './authenticate-client.ts'
import { createSecretCheck } from './authentication/check-secret.ts'
import type { Client, ClientSecret } from './client.ts'
import type { ClientRepository } from './client-repository.ts'
import { createSecretGuesses, SECRET_RULE } from './secret-guesses.ts'
import { NOT_NOTED } from './secret-uses.ts'

const secret = (text: string, changes: Partial<ClientSecret> = {}): ClientSecret => ({
  id: newId(NOON, random),
  hash: `sha256:${hash('sha256', text, 'base64url')}`,
  createdAt: NOON,
  ...changes,
})

function authentication(client: Client) {
  const verified: string[] = []
  const clients: Pick<ClientRepository, 'findByClientId'> = {
    findByClientId: async clientId => (clientId === client.clientId ? client : undefined),
  }
  const verifier = {
    async verify(phc: string, text: string) {
      verified.push(text)
      return phc === `$argon2id$${text}`
    },
  }
  const levels = new Map<string, number>()
  const guesses = createSecretGuesses({
    throttle: {
      find: async keys => keys.flatMap(key => ({ key, level: levels.get(key) ?? 0, at: NOON })),
      add: key => ({ name: key }),
      clear: key => ({ name: key }),
    },
    async commit(writes) {
      for (const { name } of writes) levels.set(name, (levels.get(name) ?? 0) + 1)
      return { committed: true }
    },
    throttlePrefix: address => (address === TRUSTED ? undefined : address),
  })
  const { authenticate } = createClientAuthentication({
    clients,
    checkSecret: createSecretCheck({ verifier, guesses, processKey: random.bytes(32), uses: NOT_NOTED }),
    clientKeys: { verify: async () => refuse('invalid_request', 'no', 'no'), publicKeys: async () => [] },
    methods: [],
    issuer: ISSUER,
    tokenEndpoint: `${ISSUER}/token`,
    attesters: [],
    secretUses: NOT_NOTED,
    usedOnce: { use: key => ({ name: key }) },
  })
  return {
    verified,
    async authenticate(presented: PresentedCredentials, now: Date, address = '192.0.2.1') {
      const authenticated = await authenticate(presented, { now, address, endpoint: `${ISSUER}/token` })
      return isRefusal(authenticated) ? authenticated : authenticated.client
    },
  }
}

const TRUSTED = '192.0.2.99'
const ISSUER = 'https://id.example.org'

const confidential = aClient({
  secrets: [secret('s1'), secret('old', { expiresAt: NOON }), secret('next', { expiresAt: addSeconds(NOON, 10) })],
})
const present = (text: string, clientId = confidential.clientId) =>
  ({ method: 'client_secret_basic', clientId, secret: text }) as const

describe('client authentication (RFC 6749 §2.3)', () => {
  it('accepts any live secret: during a rotation there are two', async () => {
    const { authenticate } = authentication(confidential)
    assert.equal(await authenticate(present('s1'), NOON), confidential)
    assert.equal(await authenticate(present('next'), NOON), confidential)
  })

  it('refuses a wrong, an expired and an empty secret, and says the same to all', async () => {
    const { authenticate } = authentication(confidential)
    for (const text of ['wrong', 'old', '']) {
      const result = await authenticate(present(text), NOON)
      assert.ok(isRefusal(result))
      assert.deepEqual([result.error, result.description], ['invalid_client', 'client authentication failed'])
    }
    const unknown = await authenticate(present('s1', 'nobody'), NOON)
    assert.ok(isRefusal(unknown) && unknown.description === 'client authentication failed')
  })

  it('refuses a confidential client that shows no secret', async () => {
    const result = await authentication(confidential).authenticate(
      { method: 'none', clientId: confidential.clientId },
      NOON,
    )
    assert.ok(isRefusal(result) && result.error === 'invalid_client')
  })

  it('refuses a method the client is not registered for (OIDC Core §9)', async () => {
    const postOnly = { ...confidential, tokenEndpointAuthMethods: ['client_secret_post'] as const }
    const result = await authentication(postOnly).authenticate(present('s1'), NOON)
    assert.ok(isRefusal(result) && result.error === 'invalid_client')
  })

  it('accepts a public client by its id alone, and refuses a secret it cannot have', async () => {
    const spa = aClient({ type: 'public', tokenEndpointAuthMethods: ['none'] })
    const { authenticate } = authentication(spa)
    assert.equal(await authenticate({ method: 'none', clientId: spa.clientId }, NOON), spa)
    assert.ok(isRefusal(await authenticate(present('x', spa.clientId), NOON)))
  })

  it('refuses a disabled client', async () => {
    const disabled = { ...confidential, disabledAt: NOON }
    assert.ok(isRefusal(await authentication(disabled).authenticate(present('s1'), NOON)))
  })

  it('computes a chosen secret once, remembers it, and computes every wrong one', async () => {
    const chosen = aClient({ secrets: [secret('', { hash: '$argon2id$chosen' })] })
    const { authenticate, verified } = authentication(chosen)
    for (const text of ['chosen', 'chosen', 'wrong', 'wrong']) await authenticate(present(text, chosen.clientId), NOON)
    assert.deepEqual(verified, ['chosen', 'wrong', 'wrong'])
  })

  it('remembers no secret beyond its end: one that was taken away, replaced or has ended is refused to the moment', async () => {
    const [kept, ending] = ['chosen', 'ending'].map(text => secret('', { hash: `$argon2id$${text}` })) as [
      ClientSecret,
      ClientSecret,
    ]
    const client = aClient({ secrets: [kept, { ...ending, expiresAt: addSeconds(NOON, 10) }] })
    const { authenticate } = authentication(client)
    const isTaken = async (text: string, now: Date) =>
      !isRefusal(await authenticate(present(text, client.clientId), now))
    assert.deepEqual([await isTaken('chosen', NOON), await isTaken('ending', NOON)], [true, true])
    const end = addSeconds(NOON, 10)
    assert.deepEqual(
      [await isTaken('ending', new Date(end.getTime() - 1)), await isTaken('ending', end)],
      [true, false],
    )
    const replaced = { ...kept, hash: '$argon2id$another' }
    for (const secrets of [[], [replaced], [{ ...replaced, id: newId(NOON, random) }]]) {
      Object.assign(client, { secrets })
      assert.equal(await isTaken('chosen', NOON), false)
    }
  })

  describe('against guesses at a secret that somebody chose (RFC 6749 §2.3.1)', () => {
    const chosen = aClient({ secrets: [secret('', { hash: '$argon2id$chosen' })] })
    const guess = (text: string) => present(text, chosen.clientId)

    it('makes an address wait that guessed too often, even in a burst, and computes nothing meanwhile', async () => {
      const { authenticate, verified } = authentication(chosen)
      const results = await Promise.all(Array.from({ length: 50 }, () => authenticate(guess('wrong'), NOON)))
      assert.equal(verified.length, SECRET_RULE.capacity)
      const errors = new Set(results.map(result => isRefusal(result) && result.error))
      assert.deepEqual(errors, new Set(['invalid_client', 'temporarily_unavailable']))
      const late = await authenticate(guess('chosen'), NOON)
      assert.ok(isRefusal(late) && late.error === 'temporarily_unavailable', 'not even the right one')
    })

    it('lets other addresses, trusted ones, and an app that has proven itself go on', async () => {
      const { authenticate } = authentication(chosen)
      for (let count = 0; count < 50; count++) await authenticate(guess('wrong'), NOON)
      assert.equal(await authenticate(guess('chosen'), NOON, TRUSTED), chosen)
      assert.equal(await authenticate(guess('chosen'), NOON), chosen, 'it is remembered now')
      for (let count = 0; count < 50; count++) await authenticate(guess('wrong'), NOON, TRUSTED)
      assert.equal(await authentication(chosen).authenticate(guess('chosen'), NOON, '192.0.2.2'), chosen)
    })

    it('does not hold up secrets that we made: 256 bits are not guessed', async () => {
      const { authenticate } = authentication(confidential)
      for (let count = 0; count < 50; count++) await authenticate(present('wrong'), NOON)
      assert.equal(await authenticate(present('s1'), NOON), confidential)
    })
  })
})
