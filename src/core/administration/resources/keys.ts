/** Keys: what tokens are signed with and what apps encrypt to. Private halves come in and never go out. */

import { type ImportedKey, importKey } from '../../keys/import-key.ts'
import { isEncryptionKey } from '../../keys/key-names.ts'
import { keyState, listableKeys } from '../../keys/key-state.ts'
import { checkRemovable } from '../../keys/rotate-key.ts'
import type { SealedKey } from '../../keys/signing-key.ts'
import { documentMistakes } from '../document-mistakes.ts'
import { pageOf } from '../page-of.ts'
import type { Acting, Document } from '../ports.ts'
import { conflict, invalid } from '../problem.ts'
import type { Change, Resource } from '../resource.ts'
import { KEY_FIELDS, KIND } from './keys/key-fields.ts'
import { rotation } from './keys/rotate-keys.ts'

export const keys: Resource<SealedKey> = {
  ...KIND,
  key: 'kid',
  about: 'What tokens are signed with, and what apps encrypt to. Making one imports it from another server.',
  fields: KEY_FIELDS,
  standardSort: 'created_at',
  roles: { read: 'viewer', change: 'administrator' },

  async list(query, { repositories, now }) {
    const all = listableKeys(await repositories.keys.list())
    const rows = all.map(thing => ({ thing, document: documentOf(thing, now) }))
    return pageOf(rows, query, { key: 'kid', fields: KEY_FIELDS })
  },
  async find(kid, { repositories }) {
    return listableKeys(await repositories.keys.list()).find(key => key.kid === kid)
  },
  documentOf: (key, { now }) => documentOf(key, now),

  async create(document, acting) {
    const { state = 'published', unpublish_at: end } = document
    const mistakes = [
      ...documentMistakes(document, KEY_FIELDS, 'making'),
      ...(state === 'withdrawn'
        ? [{ member: 'state', rule: 'choice', message: 'a key is imported to be published or in use' }]
        : []),
    ]
    if (mistakes.length > 0) return invalid(mistakes)
    const imported = await importKey(
      {
        ...textOf(document, 'pem'),
        ...textOf(document, 'kid'),
        ...textOf(document, 'alg'),
        ...(document.jwk === undefined || document.jwk === null ? {} : { jwk: document.jwk as Document }),
        isLive: state === 'in use',
        ...(typeof end === 'string' ? { unpublishAt: new Date(end) } : {}),
      },
      { keys: acting.repositories.keys, sealer: await acting.openSealer(), now: acting.now },
    )
    if ('taken' in imported) return conflict(`the key ${imported.taken} is there already; nothing was changed`)
    return 'mistakes' in imported ? invalid(imported.mistakes) : importation(imported, acting)
  },

  async remove(key, { repositories }) {
    const mistake = checkRemovable(key)
    if (mistake !== undefined) return invalid([mistake])
    const { kid, alg } = key
    return {
      writes: [repositories.keys.remove(kid)],
      events: [{ type: 'key.retired', detail: { alg, kid } }],
    }
  },

  actions: [rotation],
}

function importation({ made, retired, writes }: ImportedKey, { now }: Acting): Change {
  const { kid, alg } = made
  const old = retired === undefined ? {} : { old_kid: retired.kid }
  return {
    writes,
    events: [{ type: 'key.imported', detail: { alg, kid, ...old } }],
    after: documentOf(made, now),
  }
}

function textOf<Name extends string>(document: Document, name: Name): { readonly [N in Name]?: string } {
  const value = document[name]
  return typeof value === 'string' ? ({ [name]: value } as { readonly [N in Name]: string }) : {}
}

function documentOf(key: SealedKey, now: Date): Document {
  const { kid, alg, createdAt, retiredAt, unpublishAt, publicJwk } = key
  return {
    kid,
    alg,
    state: keyState(key, now),
    ...(unpublishAt === undefined ? {} : { unpublish_at: unpublishAt.toISOString() }),
    use: isEncryptionKey(alg) ? 'enc' : 'sig',
    public_jwk: JSON.parse(publicJwk) as Document,
    created_at: createdAt.toISOString(),
    ...(retiredAt === undefined ? {} : { retired_at: retiredAt.toISOString() }),
  }
}
