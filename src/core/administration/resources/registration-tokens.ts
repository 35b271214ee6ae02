/** Registration tokens: initial access tokens (RFC 7591 §1.2), with which somebody registers apps. */

import { addSeconds } from '../../../lib/clock.ts'
import { newId, parseId } from '../../../lib/id.ts'
import type { InitialAccessToken } from '../../clients/initial-access-token.ts'
import { readRegistrationMetadata, unknownNames } from '../../clients/registration-metadata.ts'
import { sealInitialAccessToken } from '../../registration/registration-handles.ts'
import type { SettingsMistake } from '../../settings-mistake.ts'
import { documentMistakes } from '../document-mistakes.ts'
import type { Field } from '../field.ts'
import { pageOf } from '../page-of.ts'
import type { Document } from '../ports.ts'
import { invalid } from '../problem.ts'
import type { Resource } from '../resource.ts'
import { renewal } from './registration-tokens/renew-registration-token.ts'

const FIELDS: readonly Field[] = [
  { name: 'id', kind: 'text', access: 'shown', about: 'Its name. Not the token, which is not kept.' },
  {
    name: 'label',
    kind: 'text',
    access: 'made',
    about: 'Whom it is for: stands in the audit and in the list.',
    standard: 'unnamed',
    finds: ['search', 'sort'],
    example: 'CI of the wiki team',
  },
  {
    name: 'remaining_uses',
    kind: 'integer',
    access: 'made',
    about: 'How many apps it still registers.',
    standard: 'any number',
  },
  {
    name: 'expires_at',
    kind: 'time',
    access: 'made',
    about: 'How long it counts.',
    standard: 'until it is revoked',
    finds: ['sort'],
  },
  {
    name: 'fixed_metadata',
    kind: 'object',
    access: 'made',
    about: 'What every app gets that is registered with it, and keeps: metadata of clients.',
    example: { scope: 'openid email' },
  },
  { name: 'token', kind: 'text', access: 'once', about: 'The token itself: keep it, it is not shown again.' },
  { name: 'created_at', kind: 'time', access: 'shown', about: 'When it was made.', finds: ['sort'] },
]

const EXPIRES_IN: Field = {
  name: 'expires_in',
  kind: 'seconds',
  access: 'written',
  about: 'How long it counts from now on, instead of expires_at.',
}

export const registrationTokens: Resource<InitialAccessToken> = {
  name: 'registration-tokens',
  singular: 'registration token',
  key: 'id',
  about: 'Tokens with which somebody may register apps by themselves (RFC 7591 §1.2).',
  fields: FIELDS,
  besides: { making: [EXPIRES_IN] },
  standardSort: 'created_at',
  roles: { read: 'viewer', change: 'administrator' },

  async list(query, { repositories }) {
    const rows = (await repositories.initialAccessTokens.list()).map(thing => ({ thing, document: documentOf(thing) }))
    return pageOf(rows, query, { key: 'id', fields: FIELDS })
  },
  async find(key, { repositories }) {
    const id = parseId<'initial-access-token'>(key)
    return id === undefined ? undefined : repositories.initialAccessTokens.find(id)
  },
  documentOf,

  async create(document, acting) {
    const { repositories, random, now, settings } = acting
    const { expires_in: expiresIn, ...said } = document
    const mistakes = [...documentMistakes(said, FIELDS, 'making'), ...mistakesIn(document, now)]
    if (mistakes.length > 0) return invalid(mistakes)
    const { label = 'unnamed', remaining_uses: uses, expires_at: end, fixed_metadata: fixedMetadata } = said
    const expiresAt =
      typeof expiresIn === 'number' ? addSeconds(now, expiresIn) : typeof end === 'string' ? new Date(end) : undefined
    const token: InitialAccessToken = {
      id: newId(now, random),
      label: `${label}`,
      fixedMetadata: (fixedMetadata ?? {}) as Document,
      ...(typeof uses === 'number' ? { remainingUses: uses } : {}),
      createdAt: now,
      ...(expiresAt === undefined ? {} : { expiresAt }),
    }
    const { handles } = await acting.openKeys()
    return {
      writes: [repositories.initialAccessTokens.insert(token)],
      events: [{ type: 'registration-token.created', detail: { id: token.id, label: token.label } }],
      after: documentOf(token),
      once: { token: sealInitialAccessToken(handles, token.id) },
      warnings: settings.registersApps === false ? ['registration.mode is off, so nobody can use it yet'] : [],
    }
  },

  async remove({ id, label }, { repositories }) {
    return {
      writes: [repositories.initialAccessTokens.delete(id)],
      events: [{ type: 'registration-token.revoked', detail: { id, label } }],
    }
  },

  actions: [renewal],
}

const MOST_USES = 999_999_999

function mistakesIn(document: Document, now: Date): readonly SettingsMistake[] {
  const { label, remaining_uses: uses, expires_in: seconds, expires_at: end, fixed_metadata: fixed } = document
  const mistake = (member: string, message: string) => [{ member, rule: 'registration token', message }]
  const isLabel = typeof label !== 'string' || (label.trim() !== '' && label.length <= 100 && !/\p{Cc}/u.test(label))
  const isUses = typeof uses !== 'number' || (uses >= 1 && uses <= MOST_USES)
  const isSeconds = seconds === undefined || seconds === null || isDuration(seconds)
  const isOver = typeof end === 'string' && new Date(end) <= now
  return [
    ...(isLabel ? [] : mistake('label', 'must be 1 to 100 characters in one line')),
    ...(isUses ? [] : mistake('remaining_uses', `must be a whole number, 1 to ${MOST_USES}`)),
    ...(isSeconds ? [] : mistake('expires_in', 'must be a whole number of seconds, one second to a hundred years')),
    ...(isDuration(seconds) && typeof end === 'string' ? mistake('expires_in', 'say it or expires_at, not both') : []),
    ...(isOver ? mistake('expires_at', 'is over') : []),
    ...fixedMistakes(fixed),
  ]
}

function isDuration(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 1 && value <= 100 * 365 * 86_400
}

function fixedMistakes(fixed: unknown): readonly SettingsMistake[] {
  if (typeof fixed !== 'object' || fixed === null || Array.isArray(fixed)) return []
  const read = readRegistrationMetadata(fixed as Document)
  if ('mistakes' in read) return read.mistakes
  return read.unknown.length > 0 ? unknownNames(read.unknown) : []
}

function documentOf({ id, label, remainingUses, expiresAt, fixedMetadata, createdAt }: InitialAccessToken): Document {
  return {
    id,
    label,
    ...(remainingUses === undefined ? {} : { remaining_uses: remainingUses }),
    ...(expiresAt === undefined ? {} : { expires_at: expiresAt.toISOString() }),
    fixed_metadata: fixedMetadata,
    created_at: createdAt.toISOString(),
  }
}
