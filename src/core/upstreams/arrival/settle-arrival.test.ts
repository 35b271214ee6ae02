/** Tests of what is kept of an arrival. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { anAttempt, anIdentity, anUpstream, NOON, random } from '../../../../test/support/builders.ts'
import { masterKeyFromText } from '../../../lib/master-key.ts'
import { createSealer } from '../../../lib/seal.ts'
import type { UpstreamAnswer } from '../attempt.ts'
import type { Identity } from '../identity.ts'
import { openTokens, sealTokens } from '../tokens/stored-tokens.ts'
import { freshIdentity } from './settle-arrival.ts'

const sealer = createSealer(masterKeyFromText('a master key of a test, 32 characters or more'), random)

describe('the tokens of an arrival (store_tokens)', () => {
  const arrive = (before: Identity, answer: Partial<UpstreamAnswer>, storeTokens = true): Identity => {
    const patch = {
      subject: before.subject,
      isEmailVerified: false,
      attributes: [],
      addGroups: [],
      removeGroups: [],
      amr: [],
    }
    const arrival = {
      attempt: anAttempt(),
      upstream: anUpstream({ storeTokens }),
      patch,
      answer: { sources: {}, receivedAt: NOON.toISOString(), accessToken: 'new', ...answer },
      lines: [],
    }
    return freshIdentity(before, arrival, NOON, { upstreams: { sealer } })
  }
  const kept = ({ id, sealedTokens }: Identity) => sealedTokens && openTokens(sealer, id, sealedTokens)
  const withTokens = (): Identity => {
    const identity = anIdentity()
    return { ...identity, sealedTokens: sealTokens(sealer, identity.id, { accessToken: 'old', refreshToken: 'rt' }) }
  }

  it('take the place of those before, but for a refresh token that the upstream gives only once', () => {
    assert.deepEqual(kept(arrive(withTokens(), {})), { accessToken: 'new', refreshToken: 'rt' })
    assert.equal(kept(arrive(withTokens(), { refreshToken: 'next' }))?.refreshToken, 'next')
    assert.deepEqual(kept(arrive(anIdentity(), {})), { accessToken: 'new' })
  })

  it('go at the next sign-in where they are no longer to be kept', () => {
    assert.equal(arrive(withTokens(), {}, false).sealedTokens, undefined)
  })
})
