/** Tests of the page about the admin API: whole, for people, and without a script. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { OPERATIONS } from '../../../../core/administration/operations.ts'
import { RESOURCES } from '../../../../core/administration/resources.ts'
import { anOperation } from '../test-fixtures/an-operation.ts'
import { curlExample } from './curl-example.ts'
import { docsPage } from './docs-page.ts'
import { prose } from './prose.ts'

const ISSUER = 'https://id.example.com'
const FRAME = { brandName: 'Sallyport', stylesheets: ['/a.css', '/b.css'], icon: '/logo.svg' }
const page = docsPage({ issuer: ISSUER, operations: OPERATIONS, resources: RESOURCES }, FRAME)

describe('the page about the admin API', () => {
  it('has every operation, every resource and every field', () => {
    for (const { name, path } of OPERATIONS) {
      assert.ok(page.includes(`<article id="${name}">`), name)
      assert.ok(page.includes(`<code>${path}</code>`), path)
    }
    for (const { name, fields } of RESOURCES) {
      assert.ok(page.includes(`<section id="${name}"`), name)
      for (const field of fields) assert.ok(page.includes(`<code>${field.name}</code>`), `${name}.${field.name}`)
    }
  })

  it('needs no script, no inline style and no event attribute', () => {
    assert.doesNotMatch(page, /<script|<style|<[^>]+\s(?:style|on[a-z]+)=/)
  })

  it('has each id once, and no link to one that is not there', () => {
    const ids = [...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id)
    assert.equal(new Set(ids).size, ids.length)
    for (const [, id = ''] of page.matchAll(/href="#([^"]+)"/g)) assert.ok(ids.includes(id), id)
  })

  it('lets no text become markup', () => {
    const hostile = '<script>alert(1)</script>"\'`<b>`'
    const operation = anOperation({ name: 'things.read', summary: hostile, about: hostile })
    const resource = { ...RESOURCES[0], name: 'things', about: hostile } as (typeof RESOURCES)[number]
    const described = { issuer: ISSUER, operations: [operation], resources: [resource] }
    assert.doesNotMatch(docsPage(described, { ...FRAME, brandName: hostile }), /<script>|<b>/)
  })
})

describe('names between backticks', () => {
  const written = (text: string) => prose(text).map(String).join('')

  it('are code, and a lone backtick is none', () => {
    assert.equal(written('a `b` c `d`'), 'a <code>b</code> c <code>d</code>')
    assert.equal(written('a ` b'), 'a ` b')
    assert.equal(written('`a` `b'), '<code>a</code> `b')
  })
})

describe('an example of an operation', () => {
  const api = `${ISSUER}/api/admin/v1`

  it('is a command with what the operation needs', () => {
    const name = {
      name: 'name',
      kind: 'text',
      access: 'made',
      about: 'A name.',
      required: true,
      example: 'o/x',
    } as const
    const note = { name: 'note', kind: 'text', access: 'written', about: 'A note.', example: "it's" } as const
    const resource = { ...RESOURCES[0], key: 'name', fields: [name, note] } as (typeof RESOURCES)[number]
    const create = anOperation({ method: 'POST', path: '/things', body: [name, note] })
    assert.equal(
      curlExample(create, resource, api),
      [
        `curl -X POST ${api}/things`,
        '-H "Authorization: Bearer $TOKEN"',
        "-H 'Content-Type: application/json'",
        `-d '{"name":"o/x","note":"it'\\''s"}'`,
      ].join(' \\\n  '),
    )
    const patch = anOperation({ method: 'PATCH', body: [note], isPatch: true, ifMatch: 'optional' })
    assert.match(curlExample(patch, resource, api), /things\/o%2Fx.*merge-patch\+json.*\{"note"/s)
    const replace = anOperation({ method: 'PUT', body: [note], ifMatch: 'required' })
    assert.match(curlExample(replace, resource, api), /If-Match: "VERSION"/)
    const upload = anOperation({ method: 'PUT', takesBytes: ['image/png'] })
    assert.match(curlExample(upload, undefined, api), /things\/NAME.*Content-Type: image\/png.*--data-binary @FILE/s)
  })

  it('can be made of every operation there is', () => {
    for (const operation of OPERATIONS) {
      const resource = RESOURCES.find(({ name }) => operation.name.startsWith(`${name}.`))
      assert.doesNotMatch(curlExample(operation, resource, api), /undefined|\{\w+\}(?!")/, operation.name)
    }
  })
})
