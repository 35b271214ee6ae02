/** Checks of what stands in a mapping as a person wrote it: texts, choices, claim paths. What is absent is right. */

import { checkOneOf } from '../../clients/check-members.ts'
import type { SettingsMistake } from '../../settings-mistake.ts'
import { parseClaimPath } from './claim-path.ts'

type Mistakes = readonly SettingsMistake[]
export const LONGEST_TEXT = 1_000

export type Written = Readonly<Record<string, unknown>>

export function checkPath(path: unknown, at: string): Mistakes {
  if (path === undefined) return []
  const parsed = typeof path === 'string' ? parseClaimPath(path) : 'must be a text'
  return typeof parsed === 'string' ? [mistake(at, 'claim path', parsed)] : []
}

export function checkText(text: unknown, at: string, most: number): Mistakes {
  if (text === undefined) return []
  if (typeof text !== 'string') return [mistake(at, 'text', 'must be a text')]
  if (text.trim() === '') return [mistake(at, 'text', 'is empty')]
  return text.length <= most ? [] : [mistake(at, `at most ${most} characters`, `is longer than ${most} characters`)]
}

export function checkChoice(value: unknown, at: string, choices: readonly string[]): Mistakes {
  if (value === undefined) return []
  return typeof value === 'string'
    ? checkOneOf(at, value, choices, 'known choice')
    : [mistake(at, 'known choice', `must be one of ${choices.join(', ')}`)]
}

export function isObject(value: unknown): value is Written {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function mistake(member: string, rule: string, message: string): SettingsMistake {
  return { member, rule, message }
}
