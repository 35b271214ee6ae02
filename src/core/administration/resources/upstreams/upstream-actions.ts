/** What else can be done with upstreams: edit, test, forget keys, count links; and the presets. */

import type { WrittenMapping } from '../../../upstreams/settings/edit-upstream.ts'
import { PRESETS } from '../../../upstreams/settings/presets.ts'
import type { Upstream } from '../../../upstreams/upstream.ts'
import { documentMistakes } from '../../document-mistakes.ts'
import { type Field, shown } from '../../field.ts'
import type { Call, Operation, Outcome } from '../../operation.ts'
import { performChange } from '../../perform-change.ts'
import type { Acting, Document } from '../../ports.ts'
import { invalid, notFound, type Problem } from '../../problem.ts'
import { edition } from './change-upstream.ts'
import { upstreamDocument } from './upstream-document.ts'
import { UPSTREAM_FIELDS } from './upstream-fields.ts'

export const KIND = { name: 'upstreams', singular: 'upstream' } as const
/** More are not counted. */
export const MOST_COUNTED = 10_000

async function withUpstream(
  { path: { alias = '' } }: Call,
  { repositories }: Acting,
  act: (upstream: Upstream) => Promise<Outcome | Problem>,
): Promise<Outcome | Problem> {
  const upstream = await repositories.upstreams.findByAlias(alias)
  return upstream === undefined ? notFound(KIND.singular, alias) : act(upstream)
}

function field(name: string, kind: Field['kind'], access: Field['access'], about: string, fields?: readonly Field[]) {
  return { name, kind, access, about, ...(fields === undefined ? {} : { fields }) } satisfies Field
}

const EDIT: readonly Field[] = [
  field('set', 'object', 'written', 'Settings by their names. A list or a map takes the place of the whole of it.'),
  field('unset', 'list', 'written', 'Settings whose standards count again.'),
  field('map', 'objects', 'written', 'Mappings that take the place of those of the same attribute.'),
  field('unmap', 'list', 'written', 'Attributes whose mappings go.'),
  field('offline', 'boolean', 'written', 'Do not read the discovery document of a new place now.'),
]

export const editOperation: Operation = {
  name: 'upstreams.edit',
  method: 'POST',
  path: '/upstreams/{alias}/edit',
  role: 'administrator',
  summary: 'Change some settings of an upstream',
  about: 'What is not mentioned stays. Another discovery_uri takes away what was typed in about the place before.',
  body: EDIT,
  ifMatch: 'optional',
  answer: { kind: 'document', fields: shown(UPSTREAM_FIELDS) },
  perform: (call, acting) =>
    withUpstream(call, acting, async upstream => {
      const { body = {}, ifMatch } = call
      const mistakes = documentMistakes(body, EDIT, 'changing')
      if (mistakes.length > 0) return invalid(mistakes)
      // null says nothing, like what is left out.
      const change = {
        set: (body.set ?? {}) as Document,
        unset: (body.unset ?? []) as readonly string[],
        map: (body.map ?? []) as readonly WrittenMapping[],
        unmap: (body.unmap ?? []) as readonly string[],
      }
      const taken = Object.fromEntries(change.unset.map(name => [name, '']))
      const about = {
        resource: { ...KIND, key: 'alias', fields: UPSTREAM_FIELDS, isDeclarable: true as const },
        key: upstream.alias,
        before: await upstreamDocument(upstream, acting),
        sent: { ...taken, ...change.set },
        ifMatch,
      }
      return performChange(about, () => edition(upstream, change, body.offline === true, acting), acting)
    }),
}

const CHECK: readonly Field[] = [
  field('what', 'text', 'shown', 'What was looked at.'),
  { ...field('outcome', 'text', 'shown', 'What came of it.'), choices: ['good', 'warning', 'bad'] },
  field('detail', 'text', 'shown', 'A sentence.'),
]

export const testOperation: Operation = {
  name: 'upstreams.test',
  method: 'POST',
  path: '/upstreams/{alias}/test',
  role: 'administrator',
  summary: 'Test an upstream without signing anybody in',
  about: 'Reads its discovery document and its keys, and tries our credentials with a code that nobody was given.',
  answer: { kind: 'document', fields: [field('checks', 'objects', 'shown', 'In their order.', CHECK)] },
  perform: (call, acting) =>
    withUpstream(call, acting, async upstream => ({
      document: { checks: await (await acting.openRelyingParty()).check(upstream) },
    })),
}

export const clearCacheOperation: Operation = {
  name: 'upstreams.clear_cache',
  method: 'POST',
  path: '/upstreams/{alias}/clear-cache',
  role: 'administrator',
  summary: 'Forget the keys of an upstream',
  about: 'On all nodes: a key that was read before counts no more, until it is read again.',
  answer: { kind: 'document', fields: shown(UPSTREAM_FIELDS) },
  perform: (call, acting) =>
    withUpstream(call, acting, async upstream => {
      const { repositories, now: keysClearedAt } = acting
      const before = await upstreamDocument(upstream, acting)
      const { alias } = upstream
      return performChange(
        { resource: KIND, key: alias, before, ignoresOwnership: true },
        async () => ({
          writes: [repositories.upstreams.replace({ ...upstream, keysClearedAt }, upstream)],
          events: [{ type: 'upstream.cache-cleared', detail: { alias } }],
          after: before,
        }),
        acting,
      )
    }),
}

export const countLinksOperation: Operation = {
  name: 'upstreams.count_links',
  method: 'GET',
  path: '/upstreams/{alias}/count-links',
  role: 'viewer',
  summary: 'How many people are linked to an upstream',
  about: `Their links go when it is deleted. More than ${MOST_COUNTED} are not counted.`,
  answer: { kind: 'document', fields: [field('links', 'integer', 'shown', 'How many links there are.')] },
  perform: (call, acting) =>
    withUpstream(call, acting, async ({ uid }) => ({ document: { links: await countLinks(uid, acting) } })),
}

export async function countLinks(uid: Upstream['uid'], { repositories: { identities } }: Acting): Promise<number> {
  return (await identities.listOfUpstream(uid, MOST_COUNTED)).length
}

const PRESET: readonly Field[] = [
  field('name', 'text', 'shown', 'What preset is set to.'),
  field('title', 'text', 'shown', 'For people.'),
  field('about', 'text', 'shown', 'What to know when it is set up there.'),
  field('needs_discovery', 'text', 'shown', 'Everybody has an own one: an example of its discovery_uri.'),
  field('settings', 'object', 'shown', 'What it begins with.'),
]

export const presetsOperation: Operation = {
  name: 'upstreams.presets',
  method: 'GET',
  path: '/upstream-presets',
  role: 'viewer',
  summary: 'List the presets of upstreams',
  about: 'An upstream that is made with preset begins with these settings; what is said besides wins.',
  answer: { kind: 'document', fields: [field('presets', 'objects', 'shown', 'In their order.', PRESET)] },
  perform: async () => ({
    document: {
      presets: PRESETS.map(({ name, title, about, needsDiscovery, settings }) => ({
        name,
        title,
        about,
        ...(needsDiscovery === undefined ? {} : { needs_discovery: needsDiscovery }),
        settings,
      })),
    },
  }),
}
