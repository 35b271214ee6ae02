/** Importers: what becomes of every setting of another system. The whole answer stands in golden files. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { ReportLine } from '../../src/core/import/import-report.ts'
import { assertGolden } from '../support/golden.ts'
import { IMPORTED } from '../support/import-sources.ts'
import {
  AUTHELIA_SETTINGS,
  DJANGO_FIELDS,
  KEYCLOAK_PROVIDER_SETTINGS,
  KHOROS_SETTINGS,
} from '../support/settings-of-others.ts'

const SECRETS: readonly string[] = ['client_secret', 'client_secret_hash', 'password_hash', 'pem']

function withoutSecrets(document: Readonly<Record<string, unknown>>): object {
  return Object.fromEntries(
    Object.entries(document).map(([name, value]) => [name, SECRETS.includes(name) ? '(secret)' : value]),
  )
}

/** Every part of each path that the report names, and every end of it, without numbers. */
function namedIn(report: readonly ReportLine[]): ReadonlySet<string> {
  return new Set(
    report.flatMap(({ path }) => {
      const words = path.replaceAll(/\[\d+\]/g, '').split(' ')[0] ?? ''
      const parts = words.split('.')
      return [...parts, ...parts.map((_, index) => parts.slice(index).join('.'))]
    }),
  )
}

describe('what an importer says', () => {
  for (const [name, read] of Object.entries(IMPORTED)) {
    it(`is the same as ever: ${name}`, () => {
      const { things, report, mistakes } = read()
      assertGolden(`import-${name}`, {
        things: things.map(thing => ({ ...thing, document: withoutSecrets(thing.document) })),
        report,
        mistakes,
      })
    })

    it(`holds no secret of the source: ${name}`, () => {
      const { things, report } = read()
      const told = JSON.stringify(report)
      const secrets = things.flatMap(({ document }) => SECRETS.flatMap(field => document[field] ?? []))
      assert.ok(secrets.length > 0)
      for (const secret of secrets) assert.ok(!told.includes(`${secret}`), `${secret}`.slice(0, 10))
    })
  }

  const lists = {
    authelia: AUTHELIA_SETTINGS,
    'django-oidc-provider': DJANGO_FIELDS,
    keycloak: KEYCLOAK_PROVIDER_SETTINGS,
    khoros: KHOROS_SETTINGS,
  }
  for (const [name, settings] of Object.entries(lists)) {
    it(`names every setting that there is: ${name}`, () => {
      const { report } = IMPORTED[name]?.() ?? { report: [] }
      const named = namedIn(report)
      const missing = settings.filter(
        setting => !named.has(setting) && !report.some(({ path }) => path.endsWith(setting)),
      )
      assert.deepEqual(missing, [])
    })
  }

  it('names what it does not know, and drops nothing in silence', () => {
    const unknown = (name: string) =>
      IMPORTED[name]?.()
        .report.filter(({ outcome, why }) => outcome === 'no-equivalent' && /not known|is no section/.test(why ?? ''))
        .map(({ path }) => path)
    assert.deepEqual(unknown('authelia'), ['clients[4].surprising_option'])
    assert.deepEqual(unknown('django-oidc-provider'), ['shop.order 1'])
    assert.deepEqual(unknown('khoros'), ['Appearance'])
    assert.ok(unknown('keycloak')?.includes('somethingNew'))
  })
})
