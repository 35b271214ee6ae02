/** What other systems wrote, for the tests of importers: every setting of theirs is used at least once. */

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readYaml } from '../../src/config/read-yaml.ts'
import type { JsonObject } from '../../src/core/clients/client.ts'
import { readAuthelia } from '../../src/core/import/authelia/read-authelia.ts'
import { readDjango } from '../../src/core/import/django/read-django.ts'
import type { Imported } from '../../src/core/import/import-report.ts'
import { readKeycloak } from '../../src/core/import/keycloak/read-keycloak.ts'
import { readKhoros } from '../../src/core/import/khoros/read-khoros.ts'

const FOLDER = join(import.meta.dirname, '../fixtures/import')

export function sourceFile(name: string): string {
  return join(FOLDER, name)
}

export function yamlSource(name: string): JsonObject {
  const { tree, mistakes } = readYaml(name, readFileSync(sourceFile(name), 'utf8'))
  if (mistakes.length > 0) throw new Error(JSON.stringify(mistakes))
  return tree as JsonObject
}

export function jsonSource(name: string): unknown {
  return JSON.parse(readFileSync(sourceFile(name), 'utf8'))
}

/** What the export of the realm hides, or cannot say. */
export const KEYCLOAK_ANSWERS = {
  redirectUris: new Map([['spa', ['https://spa.example.com/callback']]]),
  upstreamSecrets: new Map([['corp', 'corp-secret']]),
}

export const IMPORTED: Readonly<Record<string, () => Imported>> = {
  authelia: () =>
    readAuthelia({
      configuration: yamlSource('authelia.yml'),
      users: yamlSource('authelia-users.yml'),
      identifiers: yamlSource('authelia-identifiers.yml'),
    }),
  'django-oidc-provider': () => readDjango(jsonSource('django-oidc-provider.json')),
  keycloak: () => readKeycloak(jsonSource('keycloak.json'), KEYCLOAK_ANSWERS),
  khoros: () => readKhoros(yamlSource('khoros.yml')),
}

export const IMPORT_WORDS: Readonly<Record<string, readonly string[]>> = {
  authelia: [
    'import',
    'authelia',
    sourceFile('authelia.yml'),
    '--users',
    sourceFile('authelia-users.yml'),
    '--identifiers',
    sourceFile('authelia-identifiers.yml'),
  ],
  'django-oidc-provider': ['import', 'django-oidc-provider', sourceFile('django-oidc-provider.json')],
  keycloak: [
    'import',
    'keycloak',
    sourceFile('keycloak.json'),
    '--redirect-uri',
    'spa=https://spa.example.com/callback',
    '--upstream-secret',
    'corp=corp-secret',
  ],
  khoros: ['import', 'khoros', sourceFile('khoros.yml')],
}
