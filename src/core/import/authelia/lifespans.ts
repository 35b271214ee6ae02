/** Authelia's lifespans: those of a client become its own, those of all clients are settings of the server. */

import type { JsonObject } from '../../clients/client.ts'
import type { Imported, ReportLine } from '../import-report.ts'
import { NOTHING } from '../import-report.ts'
import { isObject, objectOf } from '../values.ts'
import { autheliaSeconds } from './authelia-duration.ts'

/** Their tokens, and the fields of a client here. */
const FIELDS: Readonly<Record<string, string>> = {
  access_token: 'access_token_lifetime',
  refresh_token: 'refresh_token_lifetime',
  id_token: 'id_token_lifetime',
  authorize_code: 'authorization_code_lifetime',
}

/** What counts for everybody there, and is no field of a client here. */
const SETTINGS: Readonly<Record<string, string>> = { device_code: 'device.lifetime' }

/** What the grant that most apps use says wins over what is said for all grants. */
export function lifetimesOf(lifespan: JsonObject): JsonObject {
  const byGrant = objectOf(objectOf(lifespan.grants).authorize_code)
  return Object.fromEntries(
    Object.entries(FIELDS).flatMap(([token, field]) => {
      const seconds = autheliaSeconds(byGrant[token] ?? lifespan[token])
      return seconds === undefined ? [] : [[field, seconds]]
    }),
  )
}

/** `lifespans.*`, `lifespans.custom.NAME.*`, `lifespans.custom.NAME.grants.GRANT.*` */
export function importLifespans(lifespans: JsonObject, path: string): Imported {
  const report = Object.entries(lifespans).flatMap(([name, value]) =>
    name === 'custom'
      ? Object.entries(objectOf(value)).flatMap(([custom, lifespan]) =>
          customLines(objectOf(lifespan), `${path}.custom.${custom}`),
        )
      : [settingLine(name, value, `${path}.${name}`)],
  )
  return { ...NOTHING, report }
}

/** Of old versions: `access_token_lifespan` beside the clients. */
export function olderLifespan(name: string, value: unknown, path: string): ReportLine {
  return settingLine(name.replace(/_lifespan$/, ''), value, path)
}

function settingLine(name: string, value: unknown, path: string): ReportLine {
  if (name === 'jwt_secured_authorization') {
    return { path, outcome: 'no-equivalent', why: 'How long signed answers count is not for choosing.' }
  }
  const seconds = autheliaSeconds(value)
  if (Object.hasOwn(FIELDS, name) && seconds !== undefined) {
    return { path, outcome: 'mapped', why: `${FIELDS[name]} of every client that has no lifespan of its own` }
  }
  const setting = Object.hasOwn(SETTINGS, name) ? SETTINGS[name] : undefined
  if (setting === undefined || seconds === undefined) return { path, outcome: 'no-equivalent', why: 'is not known' }
  return {
    path,
    outcome: 'approximated',
    why: `a setting of the server: write ${setting}: ${seconds}s in sallyport.yaml`,
  }
}

function customLines(lifespan: JsonObject, path: string): readonly ReportLine[] {
  return Object.entries(lifespan).flatMap(([name, value]) => {
    if (name !== 'grants') return [customLine(name, value, `${path}.${name}`)]
    return Object.entries(objectOf(value)).flatMap(([grant, tokens]) =>
      Object.entries(objectOf(tokens)).map(([token, time]) =>
        grantLine(grant, token, time, `${path}.grants.${grant}.${token}`),
      ),
    )
  })
}

function customLine(name: string, value: unknown, path: string): ReportLine {
  const isKnown = Object.hasOwn(FIELDS, name) && autheliaSeconds(value) !== undefined
  return isKnown
    ? { path, outcome: 'mapped', why: `${FIELDS[name]} of the clients with this lifespan` }
    : { path, outcome: 'no-equivalent', why: isObject(value) ? 'is not known' : 'no lifetime of a client here' }
}

function grantLine(grant: string, token: string, value: unknown, path: string): ReportLine {
  if (grant === 'authorize_code') return customLine(token, value, path)
  return {
    path,
    outcome: 'no-equivalent',
    why: 'Lifetimes are those of the client, whatever the grant: see those of authorize_code.',
  }
}
