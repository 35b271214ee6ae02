/** Every field of everything that files may declare: applied it is so, applied again nothing changes, and left out it is as it was before. */

import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { stringify } from 'yaml'
import { type Field, writable } from '../../src/core/administration/field.ts'
import type { Document } from '../../src/core/administration/ports.ts'
import { declarableResources } from '../../src/core/declarations/export-things.ts'
import { aDeclaringPlace, type DeclaringPlace } from '../support/declaring.ts'
import { ADDITIONS, SHOWN, VALUES } from '../support/every-field.ts'

const BASES: Readonly<Record<string, Document>> = {
  groups: {},
  attributes: {},
  policies: { default_policy: 'deny' },
  clients: { redirect_uris: ['https://app.example.com/callback'], client_secret: 'a secret of an app, 0123456789-abc' },
  upstreams: {
    enabled: false,
    issuer: 'https://work.example',
    authorization_endpoint: 'https://work.example/authorize',
    token_endpoint: 'https://work.example/token',
    jwks_uri: 'https://work.example/jwks',
    client_id: 'us',
    client_secret: 'a secret of the upstream, 0123456789',
  },
  accounts: {},
}

/** What others name. */
const HOUSE = { policies: { inside: { default_policy: 'deny' } }, attributes: { department: {} } }

const SETTINGS = {
  resources: [{ uri: 'https://api.example.com/' }],
  authorization_details: { types: ['payment'] },
  proxies: {
    trusted: ['127.0.0.1'],
    client_certificate_header: 'client-cert',
    client_certificates_verified: true,
  },
}

interface Case {
  readonly resource: string
  readonly field: string
  readonly key: string
  readonly value: unknown
  /** Without the field. */
  readonly rest: Document
  readonly isSecret: boolean
  readonly isMade: boolean
}

function valuesOf(resource: string, { name, kind, choices }: Field): readonly unknown[] {
  const said = VALUES[`${resource}.${name}`]
  if (said !== undefined) return said
  if (choices !== undefined) return kind === 'list' ? [choices.slice(0, 1)] : choices
  if (kind === 'boolean') return [true, false]
  if (kind === 'seconds' || kind === 'integer') return [77]
  if (kind === 'uri') return [`https://app.example.com/${name}`]
  if (kind === 'text') return [`Some ${name}: "x" #1`]
  if (kind === 'map') return [{ 'x-name': 'a value' }]
  return assert.fail(`${resource}.${name} has no value: add one`)
}

const CASES: readonly Case[] = declarableResources().flatMap(({ name: resource, fields, key: keyField }) =>
  writable(fields, 'making')
    .filter(({ name }) => name !== keyField)
    .flatMap(field =>
      valuesOf(resource, field).map((value, index): Case => {
        const additions = ADDITIONS[`${resource}.${field.name}`] ?? {}
        const { [field.name]: _, ...rest } = { ...BASES[resource], ...additions }
        const said = Object.fromEntries(Object.entries(rest).filter(([, other]) => other !== undefined))
        return {
          resource,
          field: field.name,
          key: `${field.name}_${index}`.replace(/_/g, resource === 'upstreams' ? '-' : '_'),
          value,
          rest: said,
          isSecret: field.access === 'secret',
          isMade: field.access === 'made',
        }
      }),
    ),
)

type Sections = Record<string, Record<string, unknown>>

function sectionsOf(documentOf: (one: Case) => Document): Sections {
  const sections: Sections = structuredClone(HOUSE)
  for (const one of CASES) {
    const section = sections[one.resource] ?? {}
    sections[one.resource] = section
    section[one.key] = documentOf(one)
  }
  // What nothing but the usual is said of, to compare with.
  for (const [resource, base] of Object.entries(BASES)) {
    sections[resource] = { ...sections[resource], [usualKey(resource)]: base }
  }
  return sections
}

function usualKey(resource: string): string {
  return resource === 'upstreams' ? 'usual' : `usual_${resource}`
}

describe('every field that a file may say', () => {
  let place: DeclaringPlace

  before(async () => {
    place = await aDeclaringPlace(undefined)
  })
  after(() => place.close())

  async function apply(sections: Sections): Promise<readonly string[]> {
    place.write({ ...SETTINGS, ...sections })
    const done = await place.sallyport('apply', '--yes', '--json')
    assert.equal(done.code, 0, done.err)
    const { things } = done.json() as { readonly things: ReadonlyArray<{ resource: string; key: string }> }
    return things.map(({ resource, key }) => `${resource} ${key}`)
  }

  const whole = sectionsOf(({ rest, field, value }) => ({ ...rest, [field]: value }))

  it('is as the file says, and nothing changes when it is applied again', async () => {
    const made = await apply(whole)
    assert.ok(made.length >= CASES.length)
    assert.deepEqual(await apply(whole), [])
    for (const { resource, key, field, value, isSecret } of CASES) {
      const document = await place.document(resource, key)
      const shown = SHOWN[`${resource}.${field}`] ?? value
      if (!isSecret) assert.deepEqual(said(document?.[field], value), shown, `${resource}.${field}`)
    }
  })

  it('goes back to its standard when the file says it no more, and stays there', async () => {
    const less = sectionsOf(({ resource, field, value, isMade }) => ({
      ...BASES[resource],
      ...(isMade ? { [field]: value } : {}),
    }))
    await place.perform('accounts.create', { body: { username: 'keeper', role: 'administrator' } })
    await apply(less)
    assert.deepEqual(await apply(less), [])
    for (const { resource, key, field, isSecret, isMade } of CASES) {
      if (isSecret || isMade) continue
      const usual = (await place.document(resource, usualKey(resource)))?.[field]
      // Some are called by their key when nothing is said.
      const standard = usual === usualKey(resource) ? key : usual
      assert.deepEqual((await place.document(resource, key))?.[field], standard, `${resource}.${field}`)
    }
  })

  it('may be said again', async () => {
    await apply(whole)
    assert.deepEqual(await apply(whole), [])
  })

  it('is exported so that the same database stays as it is when that is applied', async () => {
    const { out, code, err } = await place.sallyport('export', '--all')
    assert.equal(code, 0, err)
    place.writeText(`${stringify(SETTINGS)}${out}`)
    const plan = await place.sallyport('plan', '--json')
    assert.equal(plan.code, 0, plan.err)
    const { things } = plan.json() as { readonly things: ReadonlyArray<{ action: string; isAdopted?: true }> }
    assert.deepEqual(
      things.filter(({ action, isAdopted }) => action !== 'keep' || isAdopted !== true),
      [],
    )
  })
})

/** Of objects only what the file says. */
function said(shown: unknown, value: unknown): unknown {
  if (Array.isArray(value) || typeof value !== 'object' || value === null) return shown
  return Object.fromEntries(Object.keys(value).map(name => [name, (shown as Document | undefined)?.[name]]))
}
