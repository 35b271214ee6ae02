/** Groups and roles of a realm: both are groups here, by name. */

import type { JsonObject } from '../../clients/client.ts'
import type { WrittenThing } from '../../declarations/plan.ts'
import { type Imported, NOTHING, type ReportLine } from '../import-report.ts'
import { listOf, objectOf, objectsOf, textOf } from '../values.ts'

/** `/staff/editors` → `staff/editors` */
export function groupName(path: string): string {
  return path.replace(/^\//, '')
}

/** Roles that every realm has for its own doings. */
export function isBuiltInRole(name: string): boolean {
  return name === 'offline_access' || name === 'uma_authorization' || name.startsWith('default-roles-')
}

/** Roles of Keycloak's own clients say who may manage Keycloak. */
export const OWN_CLIENTS: readonly string[] = [
  'realm-management',
  'account',
  'broker',
  'account-console',
  'security-admin-console',
  'admin-cli',
]

export function importGroups(realm: JsonObject): Imported {
  const groups = objectsOf(realm.groups).flatMap((group, index) => readGroup(group, '', `groups[${index}]`))
  const roles = objectOf(realm.roles)
  const ofRealm = objectsOf(roles.realm).map((role, index) =>
    readRole(role, textOf(role.name) ?? '', `roles.realm[${index}]`),
  )
  const ofClients = Object.entries(objectOf(roles.client)).flatMap(([client, all]) =>
    objectsOf(all).map((role, index) =>
      OWN_CLIENTS.includes(client)
        ? {
            report: [
              { path: `roles.client.${client}[${index}]`, outcome: 'ignored' as const, why: 'who may manage Keycloak' },
            ],
          }
        : readRole(role, `${client}/${textOf(role.name) ?? ''}`, `roles.client.${client}[${index}]`),
    ),
  )
  const all: readonly ReadGroup[] = [...groups, ...ofRealm, ...ofClients]
  return { ...NOTHING, things: all.flatMap(({ thing }) => thing ?? []), report: all.flatMap(({ report }) => report) }
}

interface ReadGroup {
  readonly thing?: WrittenThing
  readonly report: readonly ReportLine[]
}

const MEMBERS: Readonly<Record<string, Omit<ReportLine, 'path'>>> = {
  attributes: { outcome: 'no-equivalent', why: 'Groups have no attributes.' },
  realmRoles: { outcome: 'no-equivalent', why: 'A group has no roles: put its members into the group of the role.' },
  clientRoles: { outcome: 'no-equivalent', why: 'A group has no roles: put its members into the group of the role.' },
}

function readGroup(group: JsonObject, within: string, path: string): readonly ReadGroup[] {
  const name = textOf(group.name)
  if (name === undefined) return [{ report: [{ path, outcome: 'no-equivalent', why: 'has no name' }] }]
  const full = `${within}${name}`
  const target = { resource: 'groups', key: full }
  const isNested = within !== ''
  const description = textOf(group.description)
  const lines = Object.entries(MEMBERS)
    .filter(([member]) => listOf(group[member]).some(value => Object.keys(Object(value)).length > 0))
    .map(([member, line]) => ({ path: `${path}.${member}`, ...line }))
  return [
    {
      thing: {
        resource: 'groups',
        key: full,
        source: path,
        document: description === undefined ? {} : { description },
      },
      report: [
        {
          path,
          outcome: isNested ? 'approximated' : 'mapped',
          target,
          ...(isNested ? { why: '`/` means nothing in a name: who is in it is not in the group above' } : {}),
        },
        ...lines,
      ],
    },
    ...objectsOf(group.subGroups).flatMap((sub, index) => readGroup(sub, `${full}/`, `${path}.subGroups[${index}]`)),
  ]
}

function readRole(role: JsonObject, name: string, path: string): ReadGroup {
  if (isBuiltInRole(name))
    return { report: [{ path, outcome: 'ignored', why: 'a role that every realm has for itself' }] }
  const said = textOf(role.description)
  const description = said?.startsWith('${') === true ? undefined : said
  const composite =
    role.composite === true
      ? [{ path: `${path}.composite`, outcome: 'no-equivalent' as const, why: 'A group has no groups in it.' }]
      : []
  return {
    thing: { resource: 'groups', key: name, source: path, document: description === undefined ? {} : { description } },
    report: [
      { path, outcome: 'approximated', target: { resource: 'groups', key: name }, why: 'A role is a group here.' },
      ...composite,
    ],
  }
}
