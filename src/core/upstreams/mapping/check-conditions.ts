/** The conditions of a mapping that gives a group or a right: pairs of claim paths and the values that are wanted there. */

import type { SettingsMistake } from '../../settings-mistake.ts'
import { parseClaimPattern } from './claim-pattern.ts'
import { checkChoice, checkPath, checkText, isObject, LONGEST_TEXT, mistake, type Written } from './written-values.ts'

type Mistakes = readonly SettingsMistake[]

const MOST_CONDITIONS = 20

export function checkConditions(written: Written, at: string): Mistakes {
  const { claims, match } = written
  const choice = checkChoice(match, `${at}.match`, ['exact', 'contains', 'regex'])
  if (claims === undefined) return choice
  const pairs = isObject(claims) ? Object.entries(claims) : []
  if (pairs.length === 0 || pairs.length > MOST_CONDITIONS) {
    const message = `must be an object of 1 to ${MOST_CONDITIONS} claims and the values that they must have`
    return [...choice, mistake(`${at}.claims`, 'conditions', message)]
  }
  const perPair = pairs.flatMap(([path, wanted]) => {
    const where = `${at}.claims.${path}`
    return [...checkPath(path, where), ...checkWanted(wanted, where, match === 'regex')]
  })
  return [...choice, ...perPair]
}

function checkWanted(wanted: unknown, at: string, isRegex: boolean): Mistakes {
  const values: readonly unknown[] = Array.isArray(wanted) ? wanted : [wanted]
  if (values.length === 0 || values.length > 50) return [mistake(at, 'wanted values', 'must be 1 to 50 texts')]
  return values.flatMap(value => {
    const wrong = checkText(value, at, LONGEST_TEXT)
    if (wrong.length > 0 || value === undefined)
      return value === undefined ? [mistake(at, 'text', 'must be a text')] : wrong
    const pattern = isRegex && typeof value === 'string' ? parseClaimPattern(value) : undefined
    return typeof pattern === 'string' ? [mistake(at, 'regular expression', pattern)] : []
  })
}
