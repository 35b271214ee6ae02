/** Tests of the way to a running server. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { AdminProblem, createAdminClient } from './admin-client.ts'
import { requestToken } from './client-credentials.ts'
import { httpTransport, WARNINGS_HEADER } from './http-transport.ts'
import { parseServerUrl } from './server-url.ts'

const SERVER = 'https://id.example.com/auth'

interface Sent {
  readonly url: string
  readonly method: string
  readonly headers: Headers
  readonly body: unknown
  readonly redirect: string | undefined
}

/** Answers in turn, and keeps what was sent. */
function aServer(...answers: readonly (Response | Error)[]) {
  const sent: Sent[] = []
  const fetch = async (url: string | URL | Request, init: RequestInit = {}): Promise<Response> => {
    const { method = 'GET', headers, body, redirect } = init
    sent.push({ url: `${url}`, method, headers: new Headers(headers), body, redirect })
    const answer = answers[sent.length - 1]
    assert.ok(answer !== undefined, 'one request too many')
    if (answer instanceof Error) throw answer
    return answer
  }
  return { sent, fetch }
}

function json(document: object, headers: Readonly<Record<string, string>> = {}, status = 200): Response {
  return new Response(JSON.stringify(document), { status, headers: { 'content-type': 'application/json', ...headers } })
}

function problem(status: number, document: object): Response {
  return json(document, { 'content-type': 'application/problem+json; charset=utf-8' }, status)
}

async function failureOf(work: Promise<unknown>): Promise<AdminProblem> {
  const failure = await work.then(
    () => assert.fail('it was done'),
    (error: unknown) => error,
  )
  assert.ok(failure instanceof AdminProblem, String(failure))
  return failure
}

describe('an operation over HTTP', () => {
  it('goes to its path below the issuer, names as one encoded segment each (RFC 3986 §3.3), with the token', async () => {
    const { sent, fetch } = aServer(json({ name: 'a/b ?', created_at: 'x' }, { etag: '"v1"' }))
    const client = createAdminClient(httpTransport({ server: `${SERVER}/`, token: 'the-token', fetch }))
    const answer = await client.call('groups.read', { path: { name: 'a/b ?' } })
    assert.deepEqual(answer, { document: { name: 'a/b ?', created_at: 'x' }, version: 'v1', warnings: [] })
    const [request] = sent
    assert.equal(request?.url, `${SERVER}/api/admin/v1/groups/a%2Fb%20%3F`)
    assert.equal(request?.headers.get('authorization'), 'Bearer the-token')
    assert.equal(request?.redirect, 'manual')
  })

  it('sends a merge patch as one (RFC 7396 §4), with the version that was seen (RFC 9110 §8.8.3), and takes warnings', async () => {
    const { sent, fetch } = aServer(json({ name: 'staff' }, { [WARNINGS_HEADER]: '["caf\\u00e9"]' }))
    const client = createAdminClient(httpTransport({ server: SERVER, fetch }))
    const body = { description: null }
    const { warnings } = await client.call('groups.patch', { path: { name: 'staff' }, body, ifMatch: 'v1' })
    assert.deepEqual(warnings, ['café'])
    const [request] = sent
    assert.deepEqual(
      [request?.method, request?.headers.get('content-type'), request?.headers.get('if-match'), request?.body],
      ['PATCH', 'application/merge-patch+json', '"v1"', '{"description":null}'],
    )
    assert.equal(request?.headers.get('authorization'), null)
  })

  it('reads a list page by page, and leaves out parameters that are undefined', async () => {
    const { sent, fetch } = aServer(json({ items: [{ name: 'a' }], next: 'n&1' }), json({ items: [{ name: 'b' }] }))
    const client = createAdminClient(httpTransport({ server: SERVER, fetch }))
    const names: string[] = []
    for await (const { name } of client.all('groups.list', { q: 'x y', sort: undefined } as { q: string })) {
      names.push(name)
    }
    assert.deepEqual(names, ['a', 'b'])
    const queries = sent.map(({ url }) => new URL(url).search)
    assert.deepEqual(queries, ['?limit=200&q=x+y', '?limit=200&q=x+y&cursor=n%261'])
  })

  it('with a name that a URL would lose is not sent (RFC 3986 §5.2.4)', async () => {
    const { sent, fetch } = aServer()
    const client = createAdminClient(httpTransport({ server: SERVER, fetch }))
    for (const name of ['', '.', '..']) {
      const { kind, mistakes } = await failureOf(client.call('groups.delete', { path: { name } }))
      assert.deepEqual([kind, mistakes.map(({ member }) => member)], ['invalid', ['name']])
    }
    assert.deepEqual(sent, [])
  })

  it('answers nothing with 204, and bytes as they are', async () => {
    const { fetch } = aServer(
      new Response(null, { status: 204 }),
      new Response(new Uint8Array([1, 2]), { headers: { 'content-type': 'image/png' } }),
    )
    const transport = httpTransport({ server: SERVER, fetch })
    assert.deepEqual(await transport.send('groups.delete', { path: { name: 'a' } }), { warnings: [] })
    const { bytes } = await transport.send('groups.read', { path: { name: 'a' } })
    assert.deepEqual(bytes, { mediaType: 'image/png', content: new Uint8Array([1, 2]) })
  })

  it('asks once more for who asks when that did not count (RFC 6750 §3.1)', async () => {
    const { sent, fetch } = aServer(problem(401, { code: 'unauthenticated' }), json({ name: 'a' }))
    const asked: boolean[] = []
    const authorize = async (refused: boolean) => {
      asked.push(refused)
      return { authorization: `Bearer ${asked.length}` }
    }
    await httpTransport({ server: SERVER, authorize, fetch }).send('groups.read', { path: { name: 'a' } })
    assert.deepEqual(asked, [false, true])
    assert.equal(sent[1]?.headers.get('authorization'), 'Bearer 2')
  })
})

describe('what says no', () => {
  async function refusedBy(answer: Response | Error): Promise<AdminProblem> {
    const { fetch } = aServer(answer)
    return failureOf(httpTransport({ server: SERVER, token: 'the-token', fetch }).send('groups.list', {}))
  }

  it('is a problem with its kind, its sentence and the fields (RFC 9457 §3)', async () => {
    const errors = [{ field: 'name', rule: 'required', message: 'is missing' }, { nothing: true }]
    const { kind, message, mistakes } = await refusedBy(problem(400, { code: 'invalid', detail: 'broken', errors }))
    assert.deepEqual([kind, message], ['invalid', 'broken'])
    assert.deepEqual(mistakes, [{ member: 'name', rule: 'required', message: 'is missing' }])
  })

  it('is never followed anywhere: a redirect would carry the token there (RFC 6750 §5.3)', async () => {
    const { kind, message } = await refusedBy(
      new Response(null, { status: 302, headers: { location: 'https://b.example/x?y' } }),
    )
    assert.equal(kind, 'unavailable')
    assert.match(message, /answered 302, a redirect to https:\/\/b\.example; name the server by its issuer/)
  })

  it('is told apart from a server that is away, slow, another one, or of another version', async () => {
    const refused = new TypeError('fetch failed', { cause: new Error('connect ECONNREFUSED 192.0.2.1:443') })
    const plain = Object.assign(new Error('0A00010B:SSL routines'), { code: 'ERR_SSL_WRONG_VERSION_NUMBER' })
    const slow = Object.assign(new Error('timed out'), { name: 'TimeoutError' })
    const html = (status: number) => new Response('<p>hello', { status, headers: { 'content-type': 'text/html' } })
    const rows: readonly (readonly [Response | Error, RegExp])[] = [
      [refused, /https:\/\/id\.example\.com does not answer \(connect ECONNREFUSED 192\.0\.2\.1:443\)/],
      [new TypeError('fetch failed', { cause: plain }), /does not speak TLS with us \(ERR_SSL_WRONG_VERSION_NUMBER\)/],
      [slow, /did not answer within 60 s/],
      [html(200), /answered 200 with text\/html; this is no answer of the admin API of version 1/],
      [html(404), /answered 404 with text\/html; there is no admin API of version 1/],
      [json({ code: 'not-found' }, {}, 404), /there is no admin API of version 1/],
      [html(502), /answered 502 with text\/html; the server, or what stands before it, failed/],
      [new Response('{', { headers: { 'content-type': 'application/json' } }), /no answer of the admin API/],
    ]
    for (const [answer, expected] of rows) {
      const { kind, message } = await refusedBy(answer)
      assert.equal(kind, 'unavailable')
      assert.match(message, expected)
      assert.doesNotMatch(message, /the-token/)
    }
  })
})

describe('the address of a server', () => {
  it('is https, or loopback: nobody reads the token on the way (RFC 6750 §5.2)', () => {
    for (const good of ['https://id.example.com', 'http://localhost:9080', 'http://127.0.0.1:1/a', 'http://[::1]:90']) {
      assert.equal(parseServerUrl(`${good}/`), good)
    }
    const bad = [
      'http://id.example.com',
      'http://127.0.0.1.example.com',
      'http://localhost.example.com',
      'ftp://localhost',
      'id.example.com',
      'https://ada:pw@id.example.com',
      'https://id.example.com?x',
      'https://id.example.com#x',
    ]
    for (const text of bad) assert.throws(() => parseServerUrl(text), AdminProblem, text)
    assert.throws(
      () => httpTransport({ server: 'http://id.example.com', token: 'x', fetch: globalThis.fetch }),
      /plain http/,
    )
  })
})

describe('a token by client credentials (RFC 6749 §4.4)', () => {
  const asked = { issuer: SERVER, clientId: 'deployer', clientSecret: 'a:b/c', resource: `${SERVER}/api/admin/v1` }
  const discovery = { issuer: SERVER, token_endpoint: `${SERVER}/token` }

  it('is asked for at the endpoint that discovery names, for the admin API (RFC 8707 §2)', async () => {
    const { sent, fetch } = aServer(json(discovery), json({ access_token: 'fresh', token_type: 'Bearer' }))
    assert.equal(await requestToken({ ...asked, fetch }), 'fresh')
    assert.equal(sent[0]?.url, `${SERVER}/.well-known/openid-configuration`)
    assert.deepEqual([sent[1]?.url, sent[1]?.method], [`${SERVER}/token`, 'POST'])
    assert.deepEqual(Object.fromEntries(new URLSearchParams(`${sent[1]?.body}`)), {
      grant_type: 'client_credentials',
      resource: asked.resource,
    })
    // RFC 6749 §2.3.1: form-encoded before they are put together.
    assert.equal(atob((sent[1]?.headers.get('authorization') ?? '').replace('Basic ', '')), 'deployer:a%3Ab%2Fc')
  })

  it('sends the secret nowhere else, whatever the discovery document says (OIDC Discovery §4.3)', async () => {
    for (const document of [
      { ...discovery, issuer: 'https://other.example' },
      { ...discovery, token_endpoint: 'https://other.example/token' },
      { issuer: SERVER },
    ]) {
      const { sent, fetch } = aServer(json(document))
      const { kind } = await failureOf(requestToken({ ...asked, fetch }))
      assert.deepEqual([kind, sent.length], ['unavailable', 1])
    }
  })

  it('that is refused is told with the reason, without the secret', async () => {
    const refusal = json({ error: 'invalid_client', error_description: 'no such client' }, {}, 401)
    const { fetch } = aServer(json(discovery), refusal)
    const { kind, message } = await failureOf(requestToken({ ...asked, fetch }))
    assert.equal(kind, 'unauthenticated')
    assert.match(message, /gives the client deployer no token \(invalid_client: no such client\)/)
    assert.doesNotMatch(message, /a:b/)
  })
})
