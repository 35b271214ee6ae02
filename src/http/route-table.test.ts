/** Tests of routes that are replaced while the server runs. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Endpoint } from './endpoint.ts'
import { fixed, startServer } from './test-fixtures/server-under-test.ts'

function saying(path: string, body: string): Endpoint {
  return fixed(path, { status: 200, headers: { 'content-type': 'text/plain' }, body })
}

describe('routes that are replaced', () => {
  it('answer the next request, in both lanes, and may come and go for apps', async t => {
    const first = { endpoints: [saying('/token', 'first')], pages: [saying('/login', 'first page')] }
    const { server, origin } = await startServer(t, first)
    const read = async (path: string): Promise<string> => {
      const response = await fetch(origin + path)
      return response.status === 200 ? response.text() : `${response.status}`
    }
    assert.deepEqual(await Promise.all(['/token', '/register', '/login'].map(read)), ['first', '404', 'first page'])
    server.replaceRoutes({
      endpoints: [saying('/token', 'second'), saying('/register', 'new')],
      pages: [saying('/login', 'second page')],
    })
    assert.deepEqual(await Promise.all(['/token', '/register', '/login'].map(read)), ['second', 'new', 'second page'])
    server.replaceRoutes(first)
    assert.deepEqual(await Promise.all(['/token', '/register', '/login'].map(read)), ['first', '404', 'first page'])
  })

  it('leave requests that have begun to the endpoint that they came to', async t => {
    const arrived = Promise.withResolvers<void>()
    const mayGoOn = Promise.withResolvers<void>()
    const slow: Endpoint = {
      ...saying('/token', ''),
      async handle() {
        arrived.resolve()
        await mayGoOn.promise
        return { status: 200, headers: {}, body: 'as it began' }
      },
    }
    const { server, origin } = await startServer(t, { endpoints: [slow] })
    const answer = fetch(`${origin}/token`)
    await arrived.promise
    server.replaceRoutes({ endpoints: [saying('/token', 'new')], pages: [] })
    assert.equal(await (await fetch(`${origin}/token`)).text(), 'new')
    mayGoOn.resolve()
    assert.equal(await (await answer).text(), 'as it began')
  })

  it('are not replaced when pages would come or go, or two want the same path', async t => {
    const { server, origin } = await startServer(t, {
      endpoints: [saying('/token', 'first')],
      pages: [saying('/a', 'a')],
    })
    const twice = [saying('/token', 'one'), saying('/token', 'two')]
    assert.throws(() => server.replaceRoutes({ endpoints: twice, pages: [saying('/a', 'a')] }), /both want \/token/)
    assert.throws(() => server.replaceRoutes({ endpoints: [], pages: [saying('/b', 'b')] }), /pages cannot come or go/)
    assert.equal(await (await fetch(`${origin}/token`)).text(), 'first')
  })
})
