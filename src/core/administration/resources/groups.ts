/** Groups: names that accounts carry, policies ask for and apps read. */

import type { Account } from '../../accounts/account.ts'
import { orderValue } from '../../accounts/account-repository.ts'
import { checkGroup } from '../../accounts/account-settings.ts'
import type { Group } from '../../groups/group.ts'
import { withoutGroups } from '../../groups/without-group.ts'
import { subjectText } from '../../policies/policy-subject.ts'
import { groupsIn } from '../../upstreams/mapping/groups-in.ts'
import { documentMistakes } from '../document-mistakes.ts'
import type { Field } from '../field.ts'
import { ownershipGuard } from '../ownership.ts'
import { pageOf } from '../page-of.ts'
import type { Acting, Document } from '../ports.ts'
import { conflict, invalid } from '../problem.ts'
import type { Resource } from '../resource.ts'
import { checkMembership } from './groups/change-members.ts'
import { GROUP_ACTIONS } from './groups/group-members.ts'
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
  hasChosenNames: true,
  about: 'Names that accounts carry, policies ask for and apps read. A group exists before anybody is in it.',
  fields: FIELDS,
  roles: { read: 'viewer', change: 'operator' },
  isDeclarable: true,

  async list(query, acting) {
    const all = await acting.repositories.groups.list()
    // Which file owns it is looked up for the page alone: there may be thousands.
    const rows = all.map(thing => ({ thing, document: briefDocument(thing) }))
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

  async remove({ name }, acting) {
    const { repositories, now } = acting
    const members = await membersOf(name, acting)
    const isFile = acting.actor.kind === 'file'
    const guards = isFile ? [] : members.map(({ username }) => ownershipGuard('accounts', username, acting))
    const held = await Promise.all(guards)
    for (const member of members) {
      const refused = await checkMembership(member, withoutGroups(member, [name], now).groups, acting)
      if (refused !== undefined) return refused
    }
    return {
      writes: [
        repositories.groups.delete(name),
        ...members.map(account => repositories.accounts.replace(withoutGroups(account, [name], now), account)),
        ...held,
      ],
      events: [
        { type: 'group.deleted', detail: { group: name, members: members.length } },
        ...members.map(({ id, username }) => ({
          type: 'account.changed' as const,
          accountId: id,
          detail: { username, left_groups: [name] },
        })),
      ],
      warnings: await mentionsOf(name, acting),
    }
  },
  actions: GROUP_ACTIONS,
  confirm: (seen, { repositories }) => repositories.groups.replace(seen, seen),
}

const MEMBERS_AT_ONCE = 1000

async function membersOf(group: string, { repositories: { accounts } }: Acting): Promise<readonly Account[]> {
  const members: Account[] = []
  for (;;) {
    const last = members.at(-1)
    const after = last === undefined ? {} : { after: { value: orderValue(last, 'username'), id: last.id } }
    const found = await accounts.search({ group, order: 'username', limit: MEMBERS_AT_ONCE, ...after })
    members.push(...found)
    if (found.length < MEMBERS_AT_ONCE) return members
  }
}

/** Who still speaks of it: what they say about it means nothing then. */
async function mentionsOf(name: string, { repositories }: Acting): Promise<readonly string[]> {
  const [upstreams, policies] = await Promise.all([repositories.upstreams.list(), repositories.policies.list()])
  const subject = subjectText({ kind: 'group', name })
  return [
    ...upstreams
      .filter(({ mappings }) => mappings.flatMap(groupsIn).includes(name))
      .map(({ alias }) => `a mapping of the upstream ${alias} gives such a group; it gives nothing now`),
    ...policies
      .filter(({ rules }) => rules.some(({ subjects }) => subjects.flat().includes(subject)))
      .map(policy => `a rule of the policy ${policy.name} is about this group; it fits nobody by it now`),
  ]
}

function briefDocument(group: Group): Document {
  return { name: group.name, ...describedBy(group), ...madeAndChanged(group) }
}

async function documentOf(group: Group, acting: Acting): Promise<Document> {
  return {
    ...briefDocument(group),
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
