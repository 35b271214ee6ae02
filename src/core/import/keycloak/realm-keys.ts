/** The keys that a realm signed with, where the export has them: ID tokens that apps still hold stay provable. */

import { createHash, createPublicKey } from 'node:crypto'
import type { JsonObject } from '../../clients/client.ts'
import { keyThing, readPrivateKey } from '../foreign-key.ts'
import { type Imported, NOTHING, type ReportLine, together } from '../import-report.ts'
import { listOf, objectOf, objectsOf, textOf } from '../values.ts'

const PROVIDER = 'org.keycloak.keys.KeyProvider'

export function importKeys(realm: JsonObject): Imported {
  const components = objectOf(realm.components)
  const others = Object.keys(components)
    .filter(kind => kind !== PROVIDER)
    .map(
      (kind): ReportLine => ({
        path: `components.${kind}`,
        outcome: 'no-equivalent',
        why: 'A part of Keycloak: nothing was made of it.',
      }),
    )
  const keys = objectsOf(components[PROVIDER]).map((component, index) =>
    importKey(component, `components.${PROVIDER}[${index}]`),
  )
  return together([{ ...NOTHING, report: others }, ...keys])
}

function importKey(component: JsonObject, path: string): Imported {
  const at = `${path} ${textOf(component.name) ?? ''}`.trim()
  const unused = (why: string): Imported => ({ ...NOTHING, report: [{ path: at, outcome: 'no-equivalent', why }] })
  const config = objectOf(component.config)
  const said = (name: string): string | undefined => textOf(listOf(config[name])[0])
  if (said('secret') !== undefined) return unused('a secret of Keycloak for its own tokens: they end')
  if (said('keyUse') === 'ENC') return unused('Keys that others encrypt to are made here.')
  const text = said('privateKey') ?? said('ecPrivateKey') ?? said('ecdsaPrivateKey') ?? said('eddsaPrivateKey')
  if (text === undefined) return unused('is not in the export: tokens that it signed are no id_token_hint here')
  const key = readPrivateKey(text)
  if (key === undefined) return unused('is no private key that can be read')
  const alg = said('algorithm') ?? key.algorithms[0] ?? 'RS256'
  // Keycloak names a key by the digest of its public half (SubjectPublicKeyInfo).
  const spki = createPublicKey(key.pem).export({ format: 'der', type: 'spki' })
  const kid = said('kid') ?? createHash('sha256').update(spki).digest('base64url')
  return {
    ...NOTHING,
    things: [keyThing({ kid, alg, pem: key.pem, source: path })],
    report: [
      {
        path: at,
        outcome: 'mapped',
        target: { resource: 'keys', key: kid },
        why: 'It verifies the ID tokens that it signed; our own keys sign from now on.',
      },
    ],
  }
}
