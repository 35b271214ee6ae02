/** The list of all settings, read off the schema: for environment variables, the reference and "did you mean". */

import { z } from 'zod'
import { configSchema } from './config-schema.ts'
import { INCLUDE, THING_SECTIONS } from './thing-sections.ts'

/** How the text of an environment variable or a `${…}` reference becomes a value. */
export type SettingKind = 'text' | 'boolean' | 'number' | 'list'

export interface Setting {
  /** `['tokens', 'access_token']` */
  readonly path: readonly string[]
  /** `SALLYPORT_TOKENS_ACCESS_TOKEN` */
  readonly variable: string
  readonly kind: SettingKind
  readonly description: string
  /** As it would be written in the file. */
  readonly standard: unknown
  /** `SALLYPORT_MASTER_KEY` may come as `SALLYPORT_MASTER_KEY_FILE`: the setting beside it that names a file. */
  readonly fileSibling: string | undefined
}

export interface Section {
  /** Empty for the settings that stand in no section. */
  readonly name: string
  readonly description: string
  readonly settings: readonly Setting[]
}

/** The settings by section, in the order of the schema; those outside a section come first. */
export function listSections(): readonly Section[] {
  const topLevel: Setting[] = []
  const sections: Section[] = []
  for (const [name, schema] of Object.entries(configSchema.shape)) {
    const inner = coreOf(schema)
    if (inner instanceof z.ZodObject) {
      const settings = Object.entries(inner.shape).map(([member, leaf]) => settingOf([name, member], leaf, inner.shape))
      sections.push({ name, description: schema.description ?? '', settings })
    } else {
      topLevel.push(settingOf([name], schema, configSchema.shape))
    }
  }
  return [{ name: '', description: 'The server itself.', settings: topLevel }, ...sections]
}

export function listSettings(): readonly Setting[] {
  return listSections().flatMap(section => section.settings)
}

/** The keys that may stand below a path: for "did you mean". */
export function keysBelow(path: readonly string[]): readonly string[] {
  const [section] = path
  const found = listSections().find(({ name }) => name === (section ?? ''))
  return section === undefined
    ? [...Object.keys(configSchema.shape), INCLUDE, ...THING_SECTIONS]
    : (found?.settings ?? []).map(({ path: [, key = ''] }) => key)
}

/** One rule for all: `SALLYPORT_` and the path in capitals, dots as underscores. */
export function variableOf(path: readonly string[]): string {
  return `SALLYPORT_${path.join('_').toUpperCase()}`
}

function settingOf(path: readonly string[], schema: z.core.$ZodType, siblings: object): Setting {
  const sibling = `${path.at(-1)}_file`
  return {
    path,
    variable: variableOf(path),
    kind: kindOf(coreOf(schema)),
    description: schema instanceof z.ZodType ? (schema.description ?? '') : '',
    standard: standardOf(schema),
    fileSibling: sibling in siblings ? sibling : undefined,
  }
}

/** The schema inside defaults, optionals and transforms: what is written, not what comes out. */
function coreOf(schema: z.core.$ZodType): z.core.$ZodType {
  if (schema instanceof z.ZodPrefault || schema instanceof z.ZodOptional) return coreOf(schema.unwrap())
  return schema instanceof z.ZodPipe ? coreOf(schema.in) : schema
}

function standardOf(schema: z.core.$ZodType): unknown {
  return schema instanceof z.ZodPrefault ? schema._zod.def.defaultValue : undefined
}

function kindOf(schema: z.core.$ZodType): SettingKind {
  if (schema instanceof z.ZodArray) return 'list'
  if (schema instanceof z.ZodBoolean) return 'boolean'
  return schema instanceof z.ZodNumber ? 'number' : 'text'
}
