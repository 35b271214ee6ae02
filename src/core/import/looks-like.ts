/** What a file is that was given to the wrong importer. */

import { isObject, objectOf } from './values.ts'

/** `: this looks like …`; empty when it looks like nothing that is known. */
export function looksLike(source: unknown): string {
  const found = KINDS.find(([, , isIt]) => isIt(source))
  return found === undefined ? '' : `; this looks like ${found[0]}: sallyport import ${found[1]}`
}

type Kind = readonly [what: string, command: string, isIt: (source: unknown) => boolean]

const has = (source: unknown, ...names: readonly string[]): boolean =>
  isObject(source) && names.every(name => Object.hasOwn(source, name))

const KINDS: readonly Kind[] = [
  [
    'several realms of Keycloak, and one is imported at a time (kc.sh export --realm NAME)',
    'keycloak',
    source => Array.isArray(source) && has(source[0], 'realm'),
  ],
  ['a fixture of Django', 'django-oidc-provider', source => Array.isArray(source) && has(source[0], 'model', 'fields')],
  ['a realm of Keycloak', 'keycloak', source => has(source, 'realm')],
  ['the configuration of Authelia', 'authelia', source => has(objectOf(source).identity_providers, 'oidc')],
  [
    'a users file of Authelia',
    'authelia configuration.yml --users FILE',
    source => Object.values(objectOf(objectOf(source).users)).some(user => has(user, 'displayname')),
  ],
  [
    'the settings of Khoros Aurora',
    'khoros',
    source => has(source, 'Provider Information') || has(source, 'Providers'),
  ],
]
