/** The admin API over HTTP: versions, conflicts, problems, odd requests, and what it says about itself. */

import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { after, before, describe, it } from 'node:test'
import {
  type AdminReply,
  type AdminRequest,
  bearer,
  callAdmin,
  ownToken,
  registerManager,
} from '../support/admin-caller.ts'
import { onBothDatabases } from '../support/both-databases.ts'
import { eventually } from '../support/eventually.ts'
import { freePort } from '../support/free-port.ts'
import type { Fields } from '../support/hand-app.ts'
import { type RunningApp, startApp } from '../support/running-app.ts'
import type { Registered } from '../support/seeding.ts'

const JSON_TYPE = { 'content-type': 'application/json' }

onBothDatabases('the admin API, on the wire', database => {
  let app: RunningApp
  let manager: Registered
  let token: string

  before(async () => {
    app = await startApp({ database: await database() })
    manager = await registerManager(app)
    token = await ownToken(app, manager, 'administrator')
  })
  after(async () => {
    await app.close()
    assert.deepEqual(app.failures, [])
  })

  const call = ({ headers = {}, ...request }: AdminRequest): Promise<AdminReply> =>
    callAdmin(app, { ...request, headers: { ...bearer(token), ...headers } })
  const make = (name: string, description = 'made') =>
    call({ method: 'POST', path: '/groups', body: { name, description } })
  const at = (name: string) => `/groups/${encodeURIComponent(name)}`
  const versionOf = async (name: string) => (await call({ path: at(name) })).headers.get('etag') ?? ''
  const put = (name: string, description: string, ifMatch?: string) =>
    call({ method: 'PUT', path: at(name), body: { description }, headers: ifMatch ? { 'if-match': ifMatch } : {} })

  describe('a thing', () => {
    it('is made, and is where its Location says (RFC 9110 §10.2.2)', async () => {
      const { status, headers, json } = await make('staff')
      assert.deepEqual([status, json.name, json.created_by], [201, 'staff', `client ${manager.client.clientId}`])
      assert.equal(headers.get('location'), `${app.issuer}/api/admin/v1/groups/staff`)
      const read = await call({ path: '/groups/staff' })
      assert.deepEqual(read.json, json)
      assert.equal(read.headers.get('etag'), headers.get('etag'))
    })

    for (const name of ['ops/night', 'a b+c', '100%', 'größe', '日本', 'a?b#c', "o'neill", 'a;b=c', 'constructor']) {
      it(`may be called ${name}, percent-encoded in its path (RFC 3986 §2.4)`, async () => {
        const made = await make(name)
        assert.equal(made.status, 201, made.text)
        const location = new URL(made.headers.get('location') ?? '').pathname.replace('/api/admin/v1', '')
        assert.equal((await call({ path: location })).json.name, name)
        const patched = await call({
          method: 'PATCH',
          path: at(name),
          headers: { 'content-type': 'application/merge-patch+json' },
          body: { description: 'patched' },
        })
        assert.deepEqual([patched.status, patched.json.description], [200, 'patched'])
        assert.equal((await call({ method: 'DELETE', path: at(name) })).status, 204)
        assert.equal((await call({ path: at(name) })).status, 404)
      })
    }

    it('is answered without its content to HEAD (RFC 9110 §9.3.2)', async () => {
      await make('head')
      const { status, text, headers } = await call({ method: 'HEAD', path: '/groups/head' })
      assert.deepEqual([status, text, headers.get('content-type')], [200, '', 'application/json'])
      assert.notEqual(headers.get('etag'), null)
    })

    it('is not sent again to whoever has it (RFC 9110 §13.1.2)', async () => {
      await make('known')
      const etag = await versionOf('known')
      const again = await call({ path: '/groups/known', headers: { 'if-none-match': etag } })
      assert.deepEqual([again.status, again.text], [304, ''])
    })
  })

  describe('a change', () => {
    it('needs the version that was read where it replaces everything (RFC 6585 §3)', async () => {
      await make('versions')
      const { status, json } = await put('versions', 'new')
      assert.deepEqual([status, json.code], [428, 'precondition-required'])
      assert.equal((await put('versions', 'new', await versionOf('versions'))).status, 200)
      assert.equal((await put('versions', 'newer', '*')).status, 200)
    })

    it('is refused when somebody else was faster, and nothing happens (RFC 9110 §13.1.1)', async () => {
      await make('race')
      const seen = await versionOf('race')
      assert.equal((await put('race', 'first', seen)).status, 200)
      const late = await put('race', 'second', seen)
      assert.deepEqual([late.status, late.json.code], [412, 'precondition-failed'])
      const headers = { 'if-match': seen }
      assert.equal((await call({ method: 'PATCH', path: at('race'), body: {}, headers })).status, 412)
      assert.equal((await call({ method: 'DELETE', path: at('race'), headers })).status, 412)
      assert.equal((await call({ path: at('race') })).json.description, 'first')
    })

    it('counts with any of several versions, and with a weak one never (RFC 9110 §13.1.1)', async () => {
      await make('tags')
      assert.equal((await put('tags', 'one', `"other", ${await versionOf('tags')}`)).status, 200)
      assert.equal((await put('tags', 'two', `W/${await versionOf('tags')}`)).status, 412)
      assert.equal((await put('tags', 'three', 'no tag')).status, 400)
    })

    it('is lost when many come at once with the same version, all but one', async () => {
      await make('many')
      const seen = await versionOf('many')
      const answers = await Promise.all(Array.from({ length: 8 }, (_, index) => put('many', `try ${index}`, seen)))
      const statuses = answers.map(({ status }) => status).sort()
      assert.equal(statuses.filter(status => status === 200).length, 1, statuses.join())
      assert.ok(
        statuses.every(status => [200, 409, 412].includes(status)),
        statuses.join(),
      )
    })

    it('says that a thing exists already', async () => {
      await make('twice')
      const { status, json } = await make('twice')
      assert.deepEqual([status, json.code], [409, 'conflict'])
    })

    it('takes away what a merge patch says null about, and leaves the rest (RFC 7396 §2)', async () => {
      await make('patched')
      const headers = { 'content-type': 'application/merge-patch+json' }
      const { status, json } = await call({
        method: 'PATCH',
        path: at('patched'),
        headers,
        body: { description: null },
      })
      assert.deepEqual([status, json.name, json.description], [200, 'patched', undefined])
    })

    it('leaves its trace in the audit, with what was before and after', async () => {
      await make('audited', 'old')
      await call({ method: 'PATCH', path: at('audited'), body: { description: 'new' } })
      const events = await app.house.repositories.audit.list({ type: 'group.changed', limit: 50 })
      const event = events.find(({ detail }) => detail.group === 'audited')
      assert.deepEqual([event?.detail['before.description'], event?.detail['after.description']], ['old', 'new'])
      assert.match(String(event?.detail.by), /^client /)
    })
  })

  describe('a problem (RFC 9457)', () => {
    it('names each field, its rule, and what to do', async () => {
      const body = { nmae: 'x', description: 5 }
      const { status, headers, json } = await call({ method: 'POST', path: '/groups', body })
      assert.deepEqual([status, headers.get('content-type'), json.code], [400, 'application/problem+json', 'invalid'])
      assert.deepEqual([json.status, json.title], [400, 'Bad Request'])
      const fields = (json.errors as readonly Fields[]).map(({ field }) => field).sort()
      assert.deepEqual(fields, ['description', 'name', 'nmae'])
      assert.match(JSON.stringify(json.errors), /did you mean name\?/)
    })

    it('has a type that leads to its explanation', async () => {
      const { json } = await call({ path: '/groups/nobody' })
      const { pathname, hash, origin } = new URL(String(json.type))
      assert.equal(origin, app.issuer)
      const page = await (await fetch(`${origin}${pathname}`)).text()
      assert.match(page, new RegExp(`id="${hash.slice(1)}"`))
    })

    const odd: readonly (readonly [what: string, request: AdminRequest, status: number, code: string])[] = [
      ['an unknown path', { path: '/nothing' }, 404, 'not-found'],
      ['a path that ends in a slash', { path: '/groups/' }, 404, 'not-found'],
      ['a path that cannot be decoded', { path: '/groups/%ff' }, 404, 'not-found'],
      ['a path with a NUL', { path: '/groups/a%00b' }, 404, 'not-found'],
      ['a name that is a prototype', { path: '/groups/__proto__' }, 404, 'not-found'],
      ['the root', { path: '' }, 404, 'not-found'],
      ['an unknown parameter', { path: '/groups?colour=red' }, 400, 'invalid'],
      ['a parameter of another operation', { path: '/groups/x?limit=1' }, 400, 'invalid'],
      ['a cursor of nobody', { path: '/groups?cursor=AAAA' }, 400, 'invalid'],
      ['no JSON', { method: 'POST', path: '/groups', headers: JSON_TYPE, body: '{"name":' }, 400, 'invalid'],
      ['a list', { method: 'POST', path: '/groups', headers: JSON_TYPE, body: '[]' }, 400, 'invalid'],
      [
        'a name twice',
        { method: 'POST', path: '/groups', headers: JSON_TYPE, body: '{"name":"a","name":"b"}' },
        400,
        'invalid',
      ],
      [
        'a prototype',
        { method: 'POST', path: '/groups', headers: JSON_TYPE, body: '{"name":"a","__proto__":{}}' },
        400,
        'invalid',
      ],
      [
        'bytes that are no UTF-8',
        { method: 'POST', path: '/groups', headers: JSON_TYPE, body: new Uint8Array([0x7b, 0xff]) },
        400,
        'invalid',
      ],
      [
        'a NUL in a text',
        { method: 'POST', path: '/groups', headers: JSON_TYPE, body: '{"name":"a\\u0000b"}' },
        400,
        'invalid',
      ],
      [
        'a form',
        {
          method: 'POST',
          path: '/groups',
          headers: { 'content-type': 'application/x-www-form-urlencoded' },
          body: 'name=a',
        },
        415,
        'unsupported-media-type',
      ],
      [
        'a patch where something is made',
        { method: 'POST', path: '/groups', headers: { 'content-type': 'application/merge-patch+json' }, body: '{}' },
        415,
        'unsupported-media-type',
      ],
      [
        'a document that is too large',
        { method: 'POST', path: '/groups', body: { name: 'x'.repeat(300_000) } },
        413,
        'invalid',
      ],
      [
        'a body that is too large',
        { method: 'POST', path: '/groups', body: { name: 'x'.repeat(2_000_000) } },
        413,
        'invalid',
      ],
      ['what the house keeps', { method: 'POST', path: '/groups', body: { name: 'a', colour: 'red' } }, 400, 'invalid'],
    ]
    for (const [what, request, status, code] of odd) {
      it(`is told for ${what}`, async () => {
        const reply = await call(request)
        assert.deepEqual([reply.status, reply.json.code], [status, code], reply.text)
        assert.equal(reply.headers.get('content-type'), 'application/problem+json')
        assert.equal(reply.headers.get('cache-control'), 'no-store')
        assert.equal(reply.headers.get('access-control-allow-origin'), null)
      })
    }

    it('names the methods that mean something (RFC 9110 §15.5.6)', async () => {
      const { status, headers } = await call({ method: 'PUT', path: '/groups', body: {} })
      assert.deepEqual([status, headers.get('allow')], [405, 'GET, HEAD, POST, OPTIONS'])
    })

    it('names the types that are taken (RFC 9110 §15.5.16)', async () => {
      const headers = { 'content-type': 'text/plain' }
      const reply = await call({ method: 'POST', path: '/groups', headers, body: 'name' })
      assert.deepEqual([reply.status, reply.headers.get('accept')], [415, 'application/json'])
    })
  })

  it('tells OPTIONS what is there, and grants no other origin anything', async () => {
    const headers = { origin: 'https://evil.example', 'access-control-request-method': 'DELETE' }
    const reply = await callAdmin(app, { method: 'OPTIONS', path: '/groups/staff', headers })
    assert.deepEqual([reply.status, reply.headers.get('allow')], [204, 'GET, HEAD, PUT, PATCH, DELETE, OPTIONS'])
    const granted = [...reply.headers.keys()].filter(name => name.startsWith('access-control-'))
    assert.deepEqual(granted, [])
  })

  it('is refused, told with a code, and written down with who and what (RFC 6750 §3.1)', async () => {
    const by = await registerManager(app)
    const viewer = await ownToken(app, by, 'viewer')
    const reply = await callAdmin(app, {
      method: 'POST',
      path: '/groups',
      headers: bearer(viewer),
      body: { name: 'no' },
    })
    assert.equal(reply.status, 403)
    assert.match(
      reply.headers.get('www-authenticate') ?? '',
      /^Bearer error="insufficient_scope".*scope="admin\.viewer /,
    )
    assert.equal(reply.headers.get('x-trace-code'), reply.json.trace_code)
    const traceCode = String(reply.json.trace_code).replace('-', '')
    const found = async () => {
      const events = await app.house.repositories.audit.list({ type: 'administration.refused', limit: 100 })
      return events.find(one => one.traceCode === traceCode)
    }
    await eventually(async () => (await found()) !== undefined)
    const event = await found()
    assert.deepEqual(
      [event?.clientUid, event?.detail.operation, event?.detail.role],
      [by.client.uid, 'groups.create', 'viewer'],
    )
    assert.equal(JSON.stringify(event).includes(viewer), false)
  })

  it('pages through a list by its cursor, each once', async () => {
    for (let index = 0; index < 7; index++) await make(`page-${index}`)
    const seen: string[] = []
    let path = '/groups?q=page-&limit=3&sort=-name'
    for (let page = 0; page < 3; page++) {
      const { json } = await call({ path })
      seen.push(...(json.items as readonly Fields[]).map(({ name = '' }) => name))
      path = `/groups?q=page-&limit=3&sort=-name&cursor=${encodeURIComponent(String(json.next))}`
      assert.equal(json.next === undefined, page === 2)
    }
    assert.deepEqual(
      seen,
      [6, 5, 4, 3, 2, 1, 0].map(index => `page-${index}`),
    )
  })
})

describe('the admin API below the path of an issuer', () => {
  let app: RunningApp
  let port: number

  before(async () => {
    port = await freePort()
    app = await startApp({ environment: { SALLYPORT_ISSUER: `http://127.0.0.1:${port}/auth` }, port })
  })
  after(() => app.close())

  it('stands there and nowhere else', async () => {
    const below = await callAdmin(app, { path: '/groups' })
    assert.equal(below.status, 401)
    const root = await fetch(`http://127.0.0.1:${port}/api/admin/v1/groups`)
    assert.equal(root.status, 404)
    const page = await (await fetch(`${app.issuer}/api/admin/v1/docs`)).text()
    const links = [...page.matchAll(/<(?:link|img)[^>]* (?:href|src)="([^"]+)"/g)].map(([, href = '']) => href)
    assert.ok(links.length >= 3)
    for (const href of links)
      assert.equal((await fetch(new URL(href, `${app.issuer}/api/admin/v1/docs`))).status, 200, href)
  })

  it('answers a path that was sent in its absolute form, and no other spelling of it (RFC 9112 §3.2.2)', async () => {
    const send = async (target: string) => {
      const socket = connect(port, '127.0.0.1')
      socket.end(`GET ${target} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n`)
      return (await text(socket)).slice(9, 12)
    }
    assert.equal(await send(`${app.issuer}/api/admin/v1/groups`), '401')
    assert.equal(await send('/auth/api/admin/v1/../v1/groups'), '404')
    assert.equal(await send('/auth/api/admin%2Fv1/groups'), '404')
    assert.equal(await send('/auth//api/admin/v1/groups'), '404')
  })
})
