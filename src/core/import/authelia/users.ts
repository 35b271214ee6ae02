/** Authelia's users file (`authentication_backend.file.path`) and its exported identifiers: accounts with the digests of their passwords. */

import { isDigestProblem, parseDigest } from '../../../lib/digests/digest.ts'
import type { JsonObject } from '../../clients/client.ts'
import type { WrittenThing } from '../../declarations/plan.ts'
import { withAttributes } from '../account-attributes.ts'
import { attributeName } from '../attribute-name.ts'
import { type Imported, NOTHING, type ReportLine, together } from '../import-report.ts'
import { readSettings, type SourceRow } from '../source-rows.ts'
import { isObject, isTrue, objectOf, objectsOf, textOf, textsOf } from '../values.ts'

const attribute = (setting: string, name: string): SourceRow => ({
  setting,
  outcome: 'mapped',
  field: `attributes.${name}`,
  take: value => ({ fields: { [`attributes.${name}`]: value } }),
})

export const USER_ROWS: readonly SourceRow[] = [
  {
    setting: 'disabled',
    outcome: 'mapped',
    field: 'disabled',
    take: value => ({ fields: { disabled: isTrue(value) } }),
  },
  attribute('displayname', 'name'),
  {
    setting: 'password',
    outcome: 'mapped',
    field: 'password_hash',
    why: 'The digest verifies as it is, and is replaced by one of ours at the next sign-in.',
    take: value => {
      const digest = (textOf(value) ?? '').replace(/^\{[A-Z0-9-]+\}/, '')
      const parsed = parseDigest(digest)
      return isDigestProblem(parsed)
        ? { outcome: 'no-equivalent', why: `${parsed.problem}; the account has no password` }
        : { fields: { password_hash: digest } }
    },
  },
  {
    setting: 'email',
    outcome: 'mapped',
    field: 'email',
    why: 'It counts as verified, as it does there.',
    take: value =>
      textOf(value) === undefined ? { outcome: 'ignored' } : { fields: { email: value, email_verified: true } },
  },
  { setting: 'groups', outcome: 'mapped', field: 'groups', take: value => ({ fields: { groups: textsOf(value) } }) },
  ...[
    'given_name',
    'family_name',
    'middle_name',
    'nickname',
    'gender',
    'birthdate',
    'website',
    'profile',
    'picture',
    'zoneinfo',
    'locale',
    'phone_number',
    'address',
  ].map(name => attribute(name, name)),
  {
    setting: 'phone_extension',
    outcome: 'approximated',
    field: 'attributes.phone_number',
    why: 'It follows the number, as RFC 3966 writes it.',
    take: (value, { phone_number: number }) =>
      textOf(number) === undefined
        ? { outcome: 'no-equivalent', why: 'there is no number that it could follow' }
        : { fields: { 'attributes.phone_number': `${textOf(number)};ext=${textOf(value)}` } },
  },
  {
    setting: 'extra',
    outcome: 'approximated',
    why: 'Attributes of their own, of the type that the values have.',
    take: value => ({
      fields: Object.fromEntries(
        Object.entries(objectOf(value)).map(([name, one]) => [`attributes.${attributeName(name)}`, one]),
      ),
    }),
  },
]

/** `identifiers`: what `authelia storage user identifiers export` prints, where it was given. */
export function importUsers(users: JsonObject, identifiers: JsonObject | undefined): Imported {
  const all = Object.entries(objectOf(users.users))
  const { subjects, report } = readIdentifiers(identifiers)
  const read = all.map(([username, user]) => readUser(username, user, subjects.get(username)))
  const groups = read.flatMap(({ things }) => things).flatMap(({ document }) => textsOf(document.groups))
  return together([
    { ...NOTHING, things: groups.map(group), report },
    { ...NOTHING, things: all.flatMap(([, user]) => extraAttributes(objectOf(objectOf(user).extra))) },
    ...read,
  ])
}

export function group(name: string): WrittenThing {
  return { resource: 'groups', key: name, document: {}, source: 'groups' }
}

function readUser(username: string, user: unknown, subject: string | undefined): Imported {
  const path = `users.${username}`
  const target = { resource: 'accounts', key: username }
  if (!isObject(user)) return { ...NOTHING, mistakes: [{ path, message: 'is no user' }] }
  const { fields, report, mistakes } = readSettings(user, USER_ROWS, path, target)
  const document = withAttributes({ ...fields, ...(subject === undefined ? {} : { sub: subject }) })
  return { things: [{ resource: 'accounts', key: username, document, source: path }], report, mistakes }
}

function extraAttributes(extra: JsonObject): readonly WrittenThing[] {
  return Object.entries(extra).map(([name, value]) => ({
    resource: 'attributes',
    key: attributeName(name),
    source: 'users.*.extra',
    document: typeOf(value),
  }))
}

function typeOf(value: unknown): JsonObject {
  const one = Array.isArray(value) ? value[0] : value
  const type =
    typeof one === 'number' ? 'number' : typeof one === 'boolean' ? 'boolean' : isObject(one) ? 'json' : 'text'
  return { type, ...(Array.isArray(value) ? { list: true } : {}) }
}

/** Only those of OpenID Connect without a sector are what every app knows a person as. */
function readIdentifiers(identifiers: JsonObject | undefined): {
  readonly subjects: ReadonlyMap<string, string>
  readonly report: readonly ReportLine[]
} {
  const listed = objectsOf(identifiers?.identifiers)
  const isGeneral = (one: JsonObject) => one.service === 'openid' && (textOf(one.sector_id) ?? '') === ''
  const report = listed.map((one, index): ReportLine => {
    const path = `identifiers[${index}]`
    const username = textOf(one.username) ?? ''
    return isGeneral(one)
      ? { path, outcome: 'mapped', target: { resource: 'accounts', key: username, field: 'sub' } }
      : { path, outcome: 'no-equivalent', why: 'the sub of one sector: pairwise ones are computed here, not stored' }
  })
  const subjects = listed.filter(isGeneral).flatMap(one => {
    const [username, identifier] = [textOf(one.username), textOf(one.identifier)]
    return username === undefined || identifier === undefined ? [] : [[username, identifier] as const]
  })
  return { subjects: new Map(subjects), report }
}
