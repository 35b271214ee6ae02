/** Upstreams: identity providers that people sign in through. Only administrators change them: whoever does can become anybody. */

import { problemOfDefault } from '../../upstreams/setting-out/usable-upstreams.ts'
import type { Upstream } from '../../upstreams/upstream.ts'
import { pageOf } from '../page-of.ts'
import type { Resource } from '../resource.ts'
import { creation, patchWithPlace, replacement } from './upstreams/change-upstream.ts'
import { dryRunOperation } from './upstreams/dry-run-action.ts'
import {
  clearCacheOperation,
  countLinks,
  countLinksOperation,
  editOperation,
  KIND,
  presetsOperation,
  testOperation,
} from './upstreams/upstream-actions.ts'
import { upstreamDocument } from './upstreams/upstream-document.ts'
import { METADATA, OFFLINE, UPSTREAM_FIELDS } from './upstreams/upstream-fields.ts'

export const upstreams: Resource<Upstream> = {
  ...KIND,
  key: 'alias',
  about: 'Identity providers that people sign in through.',
  fields: UPSTREAM_FIELDS,
  besides: { making: [METADATA, OFFLINE], changing: [OFFLINE] },
  // As the sign-in page has them.
  standardSort: 'order',
  roles: { read: 'viewer', change: 'administrator' },
  isDeclarable: true,

  async list(query, acting) {
    const all = await acting.repositories.upstreams.list()
    const problem = problemOfDefault(acting.settings.defaultUpstream, all)
    const rows = await Promise.all(all.map(async thing => ({ thing, document: await upstreamDocument(thing, acting) })))
    return {
      ...pageOf(rows, query, { key: 'alias', fields: UPSTREAM_FIELDS }),
      ...(problem === undefined ? {} : { warnings: [`${problem}.`] }),
    }
  },
  find: (key, { repositories }) => repositories.upstreams.findByAlias(key),
  documentOf: upstreamDocument,
  confirm: (seen, { repositories }) => repositories.upstreams.replace(seen, seen),
  create: creation,
  replace: replacement,
  completePatch: patchWithPlace,

  async remove({ uid, alias }, acting) {
    const links = await countLinks(uid, acting)
    const isDefault = acting.settings.defaultUpstream === alias
    return {
      writes: [acting.repositories.upstreams.delete(uid)],
      events: [{ type: 'upstream.deleted', detail: { alias, identities: links } }],
      // The settings are another place, so nothing is refused for them.
      warnings: isDefault ? [`broker.default in the settings still names ${alias}.`] : [],
    }
  },

  actions: [editOperation, testOperation, clearCacheOperation, dryRunOperation, countLinksOperation, presetsOperation],
}
