/** OIDC/OAuth providers of Khoros Aurora, as somebody wrote them down from the settings page: section, label, value. */

import type { JsonObject } from '../../clients/client.ts'
import { type Imported, inOrder, NOTHING, type ReportLine, together } from '../import-report.ts'
import { looksLike } from '../looks-like.ts'
import { joined, readSettings } from '../source-rows.ts'
import { isObject, objectOf, textOf } from '../values.ts'
import { KHOROS_SECTIONS } from './khoros-rows.ts'

/** One provider, or a list of them. */
export function readKhoros(written: unknown): Imported {
  const all = Array.isArray(written) ? written : [written]
  return inOrder(
    together(all.map((provider, index) => readProvider(provider, Array.isArray(written) ? `[${index}]` : ''))),
  )
}

type Sections = Readonly<Record<string, JsonObject>>

function readProvider(written: unknown, path: string): Imported {
  if (!isObject(written))
    return { ...NOTHING, mistakes: [{ path, message: 'is no provider: sections with labels and values' }] }
  const { sections, report: unknown } = sectionsOf(written, path)
  const information = sections['provider information'] ?? {}
  const alias = (textOf(information.id) ?? textOf(information.name) ?? '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9._-]+/g, '-')
  if (alias === '')
    return {
      ...NOTHING,
      mistakes: [
        {
          path: joined(path, 'Provider Information.ID'),
          message: `is missing: it becomes the alias${looksLike(written)}`,
        },
      ],
    }
  const target = { resource: 'upstreams', key: alias }
  const read = Object.entries(sections).map(([name, section]) =>
    readSettings(section, KHOROS_SECTIONS[name] ?? [], joined(path, name), target),
  )
  const fields = Object.fromEntries(read.flatMap(({ fields: some }) => Object.entries(some)))
  const { document, report } = settled(fields, sections, path)
  return {
    things: [{ resource: 'upstreams', key: alias, document, source: path === '' ? alias : path }],
    report: [...unknown, ...read.flatMap(one => one.report), ...report],
    mistakes: read.flatMap(({ mistakes }) => mistakes),
  }
}

/** What several settings say together, and what counts there when nothing is said. */
function settled(
  fields: JsonObject,
  sections: Sections,
  path: string,
): { readonly document: JsonObject; readonly report: readonly ReportLine[] } {
  const isOidc = `${fields.scopes ?? ''}`.split(' ').includes('openid') || fields.jwks_uri !== undefined
  const both = fields.logout_uri !== undefined && fields.end_session_endpoint !== undefined
  const mode =
    fields.logout_uri !== undefined ? 'backchannel' : fields.end_session_endpoint !== undefined ? 'redirect' : 'none'
  const mappings = mappingsOf(sections)
  const document: JsonObject = {
    kind: isOidc ? 'oidc' : 'oauth2',
    pkce_method: 'off',
    ...(isOidc && fields.issuer === undefined ? { validate_issuer: false } : {}),
    ...(fields.userinfo_endpoint === undefined && isOidc ? { disable_userinfo: true } : {}),
    ...fields,
    logout_mode: mode,
    ...(mappings.length === 0 ? {} : { mappings }),
  }
  const why = 'logout_mode is one of the two: a call from us (RP URL, which counts), or the browser'
  return {
    document,
    report: both ? [{ path: joined(path, 'frontend logout.frontend logout url'), outcome: 'no-equivalent', why }] : [],
  }
}

function mappingsOf(sections: Sections): readonly JsonObject[] {
  const of = (section: string) =>
    ['claim mapping', 'add claim mapping', 'claim mappings'].flatMap(label =>
      Object.entries(objectOf(sections[section]?.[label])),
    )
  return [...of('token'), ...of('user info')].flatMap(([attribute, claim]) => {
    const path = textOf(claim)
    return path === undefined ? [] : [{ kind: 'attribute', attribute, claim: path }]
  })
}

/** Sections may stand within `Logout`; labels in brackets and capitals mean nothing. */
function sectionsOf(
  written: JsonObject,
  path: string,
): { readonly sections: Sections; readonly report: readonly ReportLine[] } {
  const entries = Object.entries(written).flatMap(([label, section]) =>
    plain(label) === 'logout' ? Object.entries(objectOf(section)) : [[label, section] as const],
  )
  const known = entries.filter(([label]) => Object.hasOwn(KHOROS_SECTIONS, plain(label)))
  const others = entries.filter(([label]) => !Object.hasOwn(KHOROS_SECTIONS, plain(label)))
  return {
    sections: Object.fromEntries(known.map(([label, section]) => [plain(label), withPlainLabels(objectOf(section))])),
    report: others.map(([label]) => ({
      path: joined(path, label),
      outcome: 'no-equivalent',
      why: 'is no section of a provider',
    })),
  }
}

function withPlainLabels(section: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(section).map(([label, value]) => [plain(label), value]))
}

function plain(label: string): string {
  return label
    .replaceAll(/\([^)]*\)/g, '')
    .trim()
    .toLowerCase()
}
