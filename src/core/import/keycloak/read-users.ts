/** The people of a realm: accounts with their `sub`, groups, password digests, links and consents. */

import type { JsonObject } from '../../clients/client.ts'
import type { WrittenThing } from '../../declarations/plan.ts'
import { withAttributes } from '../account-attributes.ts'
import { keycloakPassword } from '../foreign-password.ts'
import { type Imported, NOTHING, type ReportLine, together } from '../import-report.ts'
import { readSettings, type SourceRow } from '../source-rows.ts'
import { isTrue, objectOf, objectsOf, textOf, textsOf } from '../values.ts'
import { aliasHere } from './alias-here.ts'
import { groupName, isBuiltInRole, OWN_CLIENTS } from './groups.ts'
import { groupThing } from './read-clients.ts'
import { attributeNames, attributesOf, definitionOf } from './user-attributes.ts'

const attribute = (setting: string, name: string): SourceRow => ({
  setting,
  outcome: 'mapped',
  field: `attributes.${name}`,
  take: value =>
    textOf(value) === undefined ? { outcome: 'ignored', why: 'empty' } : { fields: { [`attributes.${name}`]: value } },
})

export const USER_ROWS: readonly SourceRow[] = [
  { setting: 'id', outcome: 'mapped', field: 'sub', take: value => ({ fields: { sub: value } }) },
  { setting: 'username', outcome: 'mapped', field: 'username', take: () => ({}) },
  {
    setting: 'email',
    outcome: 'mapped',
    field: 'email',
    take: value => (textOf(value) === undefined ? { outcome: 'ignored' } : { fields: { email: value } }),
  },
  {
    setting: 'emailVerified',
    outcome: 'mapped',
    field: 'email_verified',
    take: (value, { email }) =>
      textOf(email) === undefined ? { outcome: 'ignored' } : { fields: { email_verified: isTrue(value) } },
  },
  {
    setting: 'enabled',
    outcome: 'mapped',
    field: 'disabled',
    take: value => ({ fields: { disabled: !isTrue(value) } }),
  },
  attribute('firstName', 'given_name'),
  attribute('lastName', 'family_name'),
  {
    setting: 'attributes',
    outcome: 'mapped',
    field: 'attributes',
    why: 'Those of OpenID Connect, and others as attributes of this house, whose names are in small letters: employee_number.',
    take: () => ({}),
  },
  {
    setting: 'credentials',
    outcome: 'mapped',
    field: 'password_hash',
    why: 'A digest verifies as it is, and is replaced by one of ours at the next sign-in.',
    take: (value, { requiredActions }) => passwordOf(objectsOf(value), textsOf(requiredActions)),
  },
  { setting: 'groups', outcome: 'mapped', field: 'groups', take: () => ({}) },
  {
    setting: 'realmRoles',
    outcome: 'approximated',
    field: 'groups',
    why: 'Roles are groups here.',
    take: value =>
      textsOf(value).every(isBuiltInRole) ? { outcome: 'ignored', why: 'roles that every realm has for itself' } : {},
  },
  {
    setting: 'clientRoles',
    outcome: 'approximated',
    field: 'groups',
    why: 'Roles are groups here; who may manage Keycloak may not manage this server.',
    take: () => ({}),
  },
  { setting: 'federatedIdentities', outcome: 'mapped', why: 'Links to upstreams.' },
  { setting: 'clientConsents', outcome: 'mapped', why: 'Consents.' },
  {
    setting: 'requiredActions',
    outcome: 'no-equivalent',
    why: 'Nothing is asked for at the next sign-in. A password that was to be changed is left out.',
  },
  { setting: 'createdTimestamp', outcome: 'no-equivalent', why: 'created_at says when it came here.' },
  { setting: 'totp', outcome: 'no-equivalent', why: 'See the credentials.' },
  { setting: 'notBefore', outcome: 'ignored', why: 'Everybody signs in anew.' },
  {
    setting: 'federationLink',
    outcome: 'no-equivalent',
    why: 'People of a directory have an account here, or come through an upstream.',
  },
  ...['disableableCredentialTypes', 'origin', 'self', 'access', 'userProfileMetadata'].map(
    (setting): SourceRow => ({ setting, outcome: 'ignored', why: 'Keycloak’s own.' }),
  ),
]

const TEMPORARY =
  'was to be changed at the next sign-in: the account has no password; sallyport account set-password gives it one'

function passwordOf(credentials: readonly JsonObject[], actions: readonly string[]) {
  const password = credentials.find(({ type }) => type === 'password')
  const others = credentials.filter(({ type }) => type !== 'password').map(({ type }) => textOf(type))
  const left = others.length === 0 ? undefined : `left out: ${others.join(', ')}`
  if (password === undefined) return { outcome: 'no-equivalent' as const, why: left ?? 'no password' }
  // Somebody else knows it, as a rule, and nothing here would ask for another one.
  if (isTrue(password.temporary) || actions.includes('UPDATE_PASSWORD')) {
    return { outcome: 'no-equivalent' as const, why: TEMPORARY }
  }
  const plain = textOf(password.value)
  if (plain !== undefined && password.secretData === undefined) {
    return { fields: { password: plain }, why: 'In the clear in that file: it is hashed here.' }
  }
  const read = keycloakPassword(password)
  if (!('hash' in read)) return { outcome: 'no-equivalent' as const, why: read.why }
  return {
    fields: { password_hash: read.hash },
    ...(left === undefined ? {} : { outcome: 'approximated' as const, why: left }),
  }
}

export function importUsers(realm: JsonObject): Imported {
  const users = objectsOf(realm.users)
  const { names, lists } = attributeNames(users)
  return together([
    { ...NOTHING, things: names.map(name => definitionOf(name, lists)) },
    ...users.map((user, index) => importUser(user, `users[${index}]`, lists)),
  ])
}

function importUser(user: JsonObject, path: string, lists: ReadonlySet<string>): Imported {
  const username = textOf(user.username)
  if (username === undefined) return { ...NOTHING, mistakes: [{ path, message: 'has no username' }] }
  const at = `${path} ${username}`
  if (user.serviceAccountClientId !== undefined) {
    return {
      ...NOTHING,
      report: [
        { path: at, outcome: 'ignored', why: 'stands for an app that acts for itself: apps need no account for that' },
      ],
    }
  }
  const { fields, report, mistakes } = readSettings(user, USER_ROWS, path, { resource: 'accounts', key: username })
  const groups = groupsOf(user)
  const name = [textOf(user.firstName), textOf(user.lastName)].filter(part => part !== undefined).join(' ')
  const document = withAttributes({
    ...(name === '' ? {} : { 'attributes.name': name }),
    ...attributesOf(user.attributes, lists),
    // Whoever is not said to be enabled is not, and an address that is not said to be verified is not.
    disabled: true,
    ...(textOf(user.email) === undefined ? {} : { email_verified: false }),
    ...fields,
    ...(groups.length === 0 ? {} : { groups }),
  })
  const related = [...linksOf(user, username, path), ...consentsOf(user, username, path)]
  return {
    things: [
      ...groups.map(group => groupThing(group, path)),
      { resource: 'accounts', key: username, document, source: path },
      ...related,
    ],
    report: [
      ...report,
      ...related.map(
        ({ resource, key, source }): ReportLine => ({ path: source, outcome: 'mapped', target: { resource, key } }),
      ),
    ],
    mistakes,
  }
}

function groupsOf(user: JsonObject): readonly string[] {
  const roles = textsOf(user.realmRoles).filter(role => !isBuiltInRole(role))
  const ofClients = Object.entries(objectOf(user.clientRoles)).flatMap(([client, all]) =>
    OWN_CLIENTS.includes(client) ? [] : textsOf(all).map(role => `${client}/${role}`),
  )
  return [...new Set([...textsOf(user.groups).map(groupName), ...roles, ...ofClients])]
}

function linksOf(user: JsonObject, username: string, path: string): readonly WrittenThing[] {
  return objectsOf(user.federatedIdentities).flatMap((link, index) => {
    const [alias, subject, label] = [textOf(link.identityProvider), textOf(link.userId), textOf(link.userName)]
    if (alias === undefined || subject === undefined) return []
    const upstream = aliasHere(alias)
    return [
      {
        resource: 'identities',
        key: `${upstream}/${subject}`,
        source: `${path}.federatedIdentities[${index}]`,
        document: { account: username, upstream, subject, ...(label === undefined ? {} : { label }) },
      },
    ]
  })
}

function consentsOf(user: JsonObject, username: string, path: string): readonly WrittenThing[] {
  return objectsOf(user.clientConsents).flatMap((consent, index) => {
    const client = textOf(consent.clientId)
    if (client === undefined) return []
    const given = Number(consent.lastUpdatedDate ?? consent.createdDate)
    return [
      {
        resource: 'consents',
        key: `${username}/${client}`,
        source: `${path}.clientConsents[${index}]`,
        document: {
          account: username,
          client,
          scopes: [...new Set(['openid', ...textsOf(consent.grantedClientScopes)])],
          ...(Number.isFinite(given) ? { granted_at: new Date(given).toISOString() } : {}),
        },
      },
    ]
  })
}
