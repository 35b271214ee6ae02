/** Tests of request objects by reference. */

import assert from 'node:assert/strict'
import { hash } from 'node:crypto'
import { describe, it } from 'node:test'
import { aClient } from '../../../../test/support/builders.ts'
import type { GuardedFetch, OutboundAnswer } from '../../../lib/guarded-fetch.ts'
import { isRefusal } from '../../../spec/refusal.ts'
import { createRequestObjectFetch } from './fetch-request-object.ts'

const URI = 'https://app.example.org/request'

function answer(body: string, status = 200): OutboundAnswer {
  return { kind: 'answered', status, headers: {}, body: Buffer.from(body) }
}

/** Answers always the same, and keeps what it was asked for. */
function aFetch(given: OutboundAnswer): { readonly fetch: GuardedFetch; readonly urls: string[] } {
  const urls: string[] = []
  return {
    urls,
    fetch: async ({ url }) => {
      urls.push(url)
      return given
    },
  }
}

describe('request objects by reference (RFC 9101 §5.2, OIDC Core §6.2)', () => {
  it('are asked for without the fragment, and without the white space around them', async () => {
    const { fetch, urls } = aFetch(answer('a.b.c\n'))
    const requestUri = `${URI}#part`
    const text = await createRequestObjectFetch()(requestUri, aClient({ requestUris: [requestUri] }), {
      clientDocuments: fetch,
    })
    assert.deepEqual([text, urls], ['a.b.c', [URI]])
  })

  it('are kept when the fragment is their hash, for every client that registered them, and only then (OIDC Core §6.2)', async () => {
    const body = 'a.b.c'
    for (const [fragment, asked] of [
      [hash('sha256', body, 'base64url'), 1],
      [hash('sha256', 'x.y.z', 'base64url'), 2],
    ] as const) {
      const { fetch, urls } = aFetch(answer(body))
      const fetchObject = createRequestObjectFetch()
      const requestUri = `${URI}#${fragment}`
      const client = aClient({ requestUris: [requestUri] })
      for (let count = 0; count < 2; count++)
        assert.equal(await fetchObject(requestUri, client, { clientDocuments: fetch }), body)
      assert.equal(urls.length, asked)
      const refusal = await fetchObject(requestUri, aClient(), { clientDocuments: fetch })
      assert.ok(isRefusal(refusal) && refusal.error === 'invalid_request_uri', 'another client gets nothing of it')
    }
  })

  it('are not asked for by the hundred at once (RFC 9101 §10.4.1)', async () => {
    const { promise, resolve } = Promise.withResolvers<OutboundAnswer>()
    const fetchObject = createRequestObjectFetch()
    const client = aClient({ requestUris: [URI] })
    const ask = () => fetchObject(URI, client, { clientDocuments: () => promise })
    const waiting = Array.from({ length: 100 }, ask)
    const refusal = await ask()
    assert.ok(isRefusal(refusal) && refusal.error === 'temporarily_unavailable')
    resolve(answer('a.b.c'))
    assert.ok((await Promise.all(waiting)).every(text => text === 'a.b.c'))
    assert.equal(await ask(), 'a.b.c')
  })

  it('tell the app nothing of why they could not be had', async () => {
    const told = new Set<string>()
    for (const given of [answer('', 404), answer('x'.repeat(40_000)), answer('', 301)]) {
      const refusal = await createRequestObjectFetch()(URI, aClient({ requestUris: [URI] }), {
        clientDocuments: aFetch(given).fetch,
      })
      assert.ok(isRefusal(refusal))
      told.add(`${refusal.error} ${refusal.description}`)
    }
    assert.equal(told.size, 1)
  })
})
