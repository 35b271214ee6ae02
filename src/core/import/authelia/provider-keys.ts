/** The keys that Authelia signed with: ID tokens that apps still hold stay provable. */

import type { JsonObject } from '../../clients/client.ts'
import { keyThing, readPrivateKey, thumbprintOf } from '../foreign-key.ts'
import { type Imported, NOTHING, together } from '../import-report.ts'
import { objectsOf, textOf } from '../values.ts'
import { isTemplate } from './client-rows.ts'

/** `issuer_private_key`, and `jwks` (of the first beta with several keys: `issuer_private_keys`). */
export function importProviderKeys(oidc: JsonObject, path: string): Imported {
  const listed = (name: string) =>
    objectsOf(oidc[name]).map((jwk, index) => importKey(jwk, `${path}.${name}[${index}]`))
  const single = textOf(oidc.issuer_private_key)
  return together([
    ...(single === undefined ? [] : [importKey({ key: single }, `${path}.issuer_private_key`)]),
    ...listed('jwks'),
    ...listed('issuer_private_keys'),
  ])
}

function importKey(jwk: JsonObject, path: string): Imported {
  const text = textOf(jwk.key) ?? ''
  if (isTemplate(text)) {
    const why = 'a template: `authelia config template` prints the file with the key in its place'
    return { ...NOTHING, report: [{ path, outcome: 'no-equivalent', why }] }
  }
  const key = readPrivateKey(text)
  if (key === undefined) {
    return { ...NOTHING, report: [{ path, outcome: 'no-equivalent', why: 'is no private key (PEM) that can be read' }] }
  }
  if (jwk.use === 'enc') {
    return { ...NOTHING, report: [{ path, outcome: 'no-equivalent', why: 'Keys that apps encrypt to are made here.' }] }
  }
  const alg = textOf(jwk.algorithm) ?? key.algorithms[0] ?? 'RS256'
  const kid = textOf(jwk.key_id) ?? kidOf(key.publicJwk, alg)
  const target = { resource: 'keys', key: kid }
  return {
    ...NOTHING,
    things: [keyThing({ kid, alg, pem: key.pem, source: path })],
    report: [
      {
        path,
        outcome: 'mapped',
        target,
        why: 'It verifies the ID tokens that it signed; our own keys sign from now on.',
      },
      ...Object.keys(jwk)
        .filter(name => name === 'certificate_chain')
        .map(name => ({
          path: `${path}.${name}`,
          outcome: 'no-equivalent' as const,
          why: 'Keys are published without certificates.',
        })),
    ],
  }
}

/** As Authelia names a key without a key_id. */
function kidOf(publicJwk: JsonObject, alg: string): string {
  return `${thumbprintOf(publicJwk).toString('hex').slice(0, 7)}-${alg.toLowerCase()}`
}
