/** Rules about what becomes of an upstream's claims. */

import type { Document } from '../administration/ports.ts'
import { attributeName, attributeProblem } from '../upstreams/mapping/mapped-attribute.ts'
import type { Found } from './finding.ts'
import { foundAt, type LintFacts, liveThings, objectsOf, textOf } from './lint-facts.ts'
import type { LintRule } from './lint-rule.ts'

/** What gives somebody something to do here. */
const RIGHTS: readonly string[] = ['roles.grant', 'roles.remove']
const RIGHT_KINDS: readonly string[] = ['group', 'administrator']

export const MAPPING_RULES: readonly LintRule[] = [
  {
    id: 'mapping-without-source',
    severity: 'info',
    title: 'Rights are given by whatever document has the claim',
    why: 'Without `source` the first document that has the claim counts: a user info that anybody may fill can say what the ID token does not.',
    fix: '`source: id_token`, or `userinfo`: where the provider really keeps it.',
    check: facts =>
      findMappings(facts, 'source', mapping =>
        isAboutRights(mapping) && mapping.source === undefined ? 'does not say where its claim stands' : undefined,
      ),
  },
  {
    id: 'mapping-source-unavailable',
    severity: 'error',
    title: 'A mapping reads a document that never comes',
    why: 'Nothing is ever mapped by it: the user info is switched off, the access token is not read as a JWT, or there is no ID token.',
    fix: 'Change `source`, or the setting that keeps the document away (`disable_userinfo`, `access_token_is_jwt`, `kind`).',
    check: facts => findMappings(facts, 'source', unavailableSource),
  },
  {
    id: 'mapping-unknown-group',
    severity: 'warning',
    title: 'A mapping gives a group that does not exist',
    why: 'Groups are never made by what an upstream says, so nobody gets into it.',
    fix: '`sallyport group create NAME`, or correct the name; the case counts.',
    check: facts =>
      findMappings(facts, 'group', ({ group }) => {
        const name = textOf(group)
        return name === undefined || facts.known.groups?.has(name) !== false
          ? undefined
          : `names the group ${name}, which does not exist`
      }),
  },
  {
    id: 'mapping-unknown-attribute',
    severity: 'error',
    title: 'A mapping fills an attribute that does not exist',
    why: 'The upstream cannot be applied as it stands.',
    fix: 'Correct the name, or make the attribute (`attributes:`, `sallyport attribute create`).',
    check: facts =>
      findMappings(facts, 'attribute', ({ attribute }) => {
        const name = attributeName(textOf(attribute) ?? 'email')
        const { attributes } = facts.known
        return attributes === undefined || attributes.has(name) || attributeProblem(name) === undefined
          ? undefined
          : `fills ${name}, which does not exist`
      }),
  },
  {
    id: 'mapping-gives-role',
    severity: 'warning',
    title: 'An upstream decides who manages this server',
    why: 'Whoever can write the claim there is an administrator here; with `import` they stay it for ever.',
    fix: 'Give the role by hand. Where it has to be so: `sync: force`, an exact value, and a `source` that people cannot write.',
    check: facts =>
      findMappings(facts, 'kind', ({ kind, sync }, upstream) =>
        kind === 'administrator'
          ? `makes administrators${(sync ?? upstream.sync_mode) === 'force' ? '' : ', and never takes it back'}`
          : undefined,
      ),
  },
]

function isAboutRights({ kind, attribute }: Document): boolean {
  return RIGHT_KINDS.includes(`${kind}`) || RIGHTS.includes(attributeName(textOf(attribute) ?? ''))
}

function findMappings(
  facts: LintFacts,
  field: string,
  check: (mapping: Document, upstream: Document) => string | undefined,
): readonly Found[] {
  return liveThings(facts, 'upstreams').flatMap(thing =>
    objectsOf(thing.document.mappings).flatMap((mapping, index) => {
      const message = check(mapping, thing.document)
      return message === undefined
        ? []
        : [foundAt(thing, `mappings[${index}].${field}`, `${nameOf(mapping)}${message}`)]
    }),
  )
}

function nameOf({ name }: Document): string {
  return textOf(name) === undefined ? '' : `"${name}" `
}

function unavailableSource({ source }: Document, upstream: Document): string | undefined {
  if (source === 'userinfo' && upstream.disable_userinfo === true) return 'reads the user info, which is not asked for'
  if (source === 'access_token' && upstream.access_token_is_jwt !== true)
    return 'reads the access token, which is not read as a JWT'
  return source === 'id_token' && upstream.kind === 'oauth2' ? 'reads the ID token, and there is none' : undefined
}
