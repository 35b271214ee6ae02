/** The schema applied to what was written: the parsed settings, and every broken rule with its place. */

import type { z } from 'zod'
import { didYouMean } from '../lib/nearest-name.ts'
import { configSchema, type ParsedSettings } from './config-schema.ts'
import { type Mistake, settingName } from './mistake.ts'
import { keysBelow, listSettings } from './settings.ts'
import { valueAt, type WrittenSettings } from './written-settings.ts'

export interface CheckedSettings {
  /** Absent when the schema found a mistake. */
  readonly settings?: ParsedSettings
  readonly mistakes: readonly Mistake[]
}

export function checkSettings(written: WrittenSettings): CheckedSettings {
  const twice = listSettings().flatMap(({ path, fileSibling }) => {
    if (fileSibling === undefined) return []
    const filePath = [...path.slice(0, -1), fileSibling]
    const both = valueAt(written.tree, path) !== undefined && valueAt(written.tree, filePath) !== undefined
    return both
      ? [
          {
            place: written.place(filePath),
            setting: filePath.join('.'),
            rule: `and ${path.join('.')} are both set: keep one of them`,
          },
        ]
      : []
  })
  const parsed = configSchema.safeParse(written.tree)
  if (parsed.success) return { settings: parsed.data, mistakes: twice }
  return { mistakes: [...twice, ...parsed.error.issues.flatMap(issue => mistakesOf(issue, written))] }
}

function mistakesOf(issue: z.core.$ZodIssue, written: WrittenSettings): readonly Mistake[] {
  const path = issue.path.map(String)
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map(key => ({
      place: written.place([...issue.path, key], true),
      setting: [...path, key].join('.'),
      rule: `is no setting${didYouMean(key, keysBelow(path))}`,
    }))
  }
  const isEmpty = valueAt(written.tree, path) === null
  const rule = isEmpty ? 'has no value' : ruleOf(issue)
  return [{ place: written.place(issue.path), setting: settingName(issue.path), rule }]
}

const KINDS: Readonly<Record<string, string>> = {
  string: 'text',
  boolean: 'true or false',
  number: 'a number',
  int: 'a whole number',
  array: 'a list',
  object: 'a section with settings below it',
}

function ruleOf(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      // A setting may say it better itself.
      if (issue.message.startsWith('must ')) return issue.message
      return `must be ${KINDS[issue.expected] ?? issue.expected}`
    case 'invalid_value':
      return `must be one of ${issue.values.map(String).join(', ')}`
    case 'too_small':
      return issue.origin === 'string' ? 'must not be empty' : `must be ${issue.minimum} or more`
    case 'too_big':
      return issue.origin === 'string'
        ? `must have at most ${issue.maximum} characters`
        : `must be ${issue.maximum} or less`
    default:
      return issue.message
  }
}
