/** Groups: names that accounts carry, policies ask for and apps read. */

import { checkGroup } from '../../accounts/account-settings.ts'
import type { Group } from '../../groups/group.ts'
import { withoutGroups } from '../../groups/without-group.ts'
import { documentMistakes } from '../document-mistakes.ts'
import type { Field } from '../field.ts'
import { pageOf } from '../page-of.ts'
import type { Acting, Document } from '../ports.ts'
import { conflict, invalid } from '../problem.ts'
import type { Resource } from '../resource.ts'
import { MADE_AND_CHANGED, madeAndChanged, ownedBy } from './made-and-changed.ts'

const FIELDS: readonly Field[] = [
  {
    name: 'name',
    kind: 'text',
    access: 'made',
    required: true,
    about: 'What it is called; the case counts. It never changes.',
    finds: ['search', 'sort'],
    example: 'staff',
  },
  {
    name: 'description',
    kind: 'text',
    access: 'written',
    about: 'For people who give it.',
    finds: ['search'],
    example: 'Everybody who works here',
  },
  ...MADE_AND_CHANGED,
]

export const groups: Resource<Group> = {
  name: 'groups',
  singular: 'group',
  key: 'name',
  about: 'Names that accounts carry, policies ask for and apps read. A group exists before anybody is in it.',
  fields: FIELDS,
  roles: { read: 'viewer', change: 'operator' },
  isDeclarable: true,

  async list(query, acting) {
    const all = await acting.repositories.groups.list()
    const rows = await Promise.all(all.map(async thing => ({ thing, document: await documentOf(thing, acting) })))
    return pageOf(rows, query, { key: 'name', fields: FIELDS })
  },
  find: (key, { repositories }) => repositories.groups.find(key),
  documentOf,

  async create(document, acting) {
    const { repositories, now, actor } = acting
    const mistakes = mistakesIn(document, 'making')
    if (mistakes.length > 0) return invalid(mistakes)
    const name = `${document.name}`
    if ((await repositories.groups.find(name)) !== undefined) return conflict(`a group ${name} exists already`)
    const group: Group = { name, ...describedBy(document), createdAt: now, createdBy: actor.name }
    return {
      writes: [repositories.groups.insert(group)],
      events: [{ type: 'group.created', detail: { group: name } }],
      after: await documentOf(group, acting),
    }
  },

  async replace(group, document, acting) {
    const { repositories, now, actor } = acting
    const mistakes = mistakesIn(document, 'changing')
    if (mistakes.length > 0) return invalid(mistakes)
    const { description: _, ...kept } = group
    const changed: Group = { ...kept, ...describedBy(document), updatedAt: now, updatedBy: actor.name }
    return {
      writes: [repositories.groups.replace(changed, group)],
      events: [{ type: 'group.changed', detail: { group: group.name } }],
      after: await documentOf(changed, acting),
    }
  },

  async remove({ name }, { repositories, now }) {
    const members = (await repositories.accounts.list()).filter(account => account.groups.includes(name))
    return {
      writes: [
        repositories.groups.delete(name),
        ...members.map(account => repositories.accounts.replace(withoutGroups(account, [name], now), account)),
      ],
      events: [
        { type: 'group.deleted', detail: { group: name, members: members.length } },
        ...members.map(({ id, username }) => ({
          type: 'account.changed' as const,
          accountId: id,
          detail: { username, left_groups: [name] },
        })),
      ],
    }
  },
}

async function documentOf(group: Group, acting: Acting): Promise<Document> {
  return {
    name: group.name,
    ...describedBy(group),
    ...madeAndChanged(group),
    ...(await ownedBy('groups', group.name, acting)),
  }
}

function mistakesIn(document: Document, when: 'making' | 'changing') {
  const mistakes = documentMistakes(document, FIELDS, when)
  if (when === 'changing' || typeof document.name !== 'string') return mistakes
  return [...mistakes, ...checkGroup(document.name).map(mistake => ({ ...mistake, member: 'name' }))]
}

function describedBy({ description }: { readonly description?: unknown }): { readonly description?: string } {
  return typeof description === 'string' && description !== '' ? { description } : {}
}
