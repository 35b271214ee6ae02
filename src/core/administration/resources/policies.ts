/** Policies: what people have to prove to get to an app, by who they are, their groups and where they come from. */

import {
  checkPolicyName,
  isPolicy,
  type PolicySettings,
  parsePolicy,
  writtenPolicy,
} from '../../policies/parse-policy.ts'
import { BUILT_IN_POLICIES, POLICY_OUTCOMES, type Policy } from '../../policies/policy.ts'
import type { SettingsMistake } from '../../settings-mistake.ts'
import { documentMistakes } from '../document-mistakes.ts'
import type { Field } from '../field.ts'
import { pageOf } from '../page-of.ts'
import type { Acting, Document } from '../ports.ts'
import { conflict, invalid } from '../problem.ts'
import type { Resource } from '../resource.ts'
import { MADE_AND_CHANGED, madeAndChanged, ownedBy } from './made-and-changed.ts'
import { evaluatePolicy } from './policies/evaluate-policy.ts'

const RULE_FIELDS: readonly Field[] = [
  {
    name: 'policy',
    kind: 'text',
    access: 'written',
    required: true,
    choices: POLICY_OUTCOMES,
    about: 'What comes of it: one proof is enough, two are asked for, or the app is closed.',
  },
  {
    name: 'subject',
    kind: 'json',
    access: 'written',
    about:
      'Whom it is about: `user:NAME`, `group:NAME` or `client:ID`. One of the list has to fit; of a list within it, all.',
    standard: 'everybody',
    example: ['user:ada', ['group:staff', 'group:managers']],
  },
  {
    name: 'networks',
    kind: 'list',
    access: 'written',
    about: 'Addresses and networks from which it counts.',
    standard: 'from anywhere',
    example: ['192.168.0.0/16', 'fd00::/8'],
  },
]

const FIELDS: readonly Field[] = [
  {
    name: 'name',
    kind: 'text',
    access: 'made',
    required: true,
    about: 'What apps name in `authorization_policy`. It never changes.',
    finds: ['search', 'sort'],
    example: 'staff-only',
  },
  { name: 'description', kind: 'text', access: 'written', about: 'For people who look after it.', finds: ['search'] },
  {
    name: 'default_policy',
    kind: 'text',
    access: 'written',
    required: true,
    choices: POLICY_OUTCOMES,
    about: 'What counts when no rule fits.',
    finds: ['filter'],
    example: 'deny',
  },
  {
    name: 'rules',
    kind: 'objects',
    access: 'written',
    fields: RULE_FIELDS,
    about: 'The first that fits decides.',
    standard: 'none',
    example: [{ policy: 'two_factor', subject: ['group:staff'] }],
  },
  {
    name: 'clients',
    kind: 'list',
    access: 'shown',
    about: 'The apps that name it, by their client_id.',
    finds: ['search'],
  },
  ...MADE_AND_CHANGED,
]

export const policies: Resource<Policy> = {
  name: 'policies',
  singular: 'policy',
  key: 'name',
  hasChosenNames: true,
  about: `What people have to prove to get to an app. ${BUILT_IN_POLICIES.join(', ')} are always there and are not listed.`,
  fields: FIELDS,
  roles: { read: 'viewer', change: 'administrator' },
  isDeclarable: true,
  actions: [evaluatePolicy],
  confirm: (seen, { repositories }) => repositories.policies.replace(seen, seen),

  async list(query, acting) {
    const all = await acting.repositories.policies.list()
    const rows = await Promise.all(all.map(async thing => ({ thing, document: await documentOf(thing, acting) })))
    return pageOf(rows, query, { key: 'name', fields: FIELDS })
  },
  find: (key, { repositories }) => repositories.policies.find(key),
  documentOf,

  async create(document, acting) {
    const { repositories, now, actor } = acting
    const settings = settingsIn(document, 'making')
    if (!isPolicy(settings)) return invalid(settings)
    const name = `${document.name}`
    if ((await repositories.policies.find(name)) !== undefined) return conflict(`a policy ${name} exists already`)
    const policy: Policy = { name, ...settings, createdAt: now, updatedAt: now, createdBy: actor.name }
    return {
      writes: [repositories.policies.insert(policy)],
      events: [{ type: 'policy.created', detail: { policy: name } }],
      after: await documentOf(policy, acting),
    }
  },

  async replace(policy, document, acting) {
    const { repositories, now, actor } = acting
    const settings = settingsIn(document, 'changing')
    if (!isPolicy(settings)) return invalid(settings)
    const { description: _, ...kept } = policy
    const changed: Policy = { ...kept, ...settings, updatedAt: now, updatedBy: actor.name }
    return {
      writes: [repositories.policies.replace(changed, policy)],
      events: [{ type: 'policy.changed', detail: { policy: policy.name } }],
      after: await documentOf(changed, acting),
    }
  },

  async remove({ name }, acting) {
    const users = await clientsOf(name, acting)
    if (users.length > 0)
      return conflict(
        `it is named by ${users.join(', ')}: give ${users.length === 1 ? 'it' : 'them'} another policy first`,
      )
    return {
      writes: [acting.repositories.policies.delete(name)],
      events: [{ type: 'policy.deleted', detail: { policy: name } }],
    }
  },
}

async function documentOf(policy: Policy, acting: Acting): Promise<Document> {
  const users = await clientsOf(policy.name, acting)
  return {
    name: policy.name,
    ...writtenPolicy(policy),
    ...(users.length === 0 ? {} : { clients: users }),
    ...madeAndChanged(policy),
    ...(await ownedBy('policies', policy.name, acting)),
  }
}

async function clientsOf(name: string, { repositories }: Acting): Promise<readonly string[]> {
  const clients = await repositories.clients.list()
  return clients.filter(({ authorizationPolicy }) => authorizationPolicy === name).map(({ clientId }) => clientId)
}

function settingsIn(document: Document, when: 'making' | 'changing'): PolicySettings | readonly SettingsMistake[] {
  const shape = documentMistakes(document, FIELDS, when)
  const named = when === 'making' && typeof document.name === 'string' ? checkPolicyName(document.name) : []
  const mistakes = [...shape, ...named]
  // A rule that is no object has nothing to look into.
  const isReadable = !shape.some(({ member }) => member === 'rules')
  const parsed = isReadable ? parsePolicy(document) : []
  if (isPolicy(parsed)) return mistakes.length > 0 ? mistakes : parsed
  return [...mistakes, ...parsed.filter(({ member }) => !mistakes.some(known => known.member === member))]
}
