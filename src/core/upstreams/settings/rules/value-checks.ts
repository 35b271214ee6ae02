/** Makers of checks that several settings share: a line of text, some of a list, a number within bounds. */

import { checkLine, checkOneOf } from '../../../clients/check-members.ts'
import type { SettingsMistake } from '../../../settings-mistake.ts'
import type { PlaceRules } from './place-rules.ts'

type Mistakes = readonly SettingsMistake[]

export function line(most: number) {
  return (name: string, text: string): Mistakes =>
    text === ''
      ? [{ member: name, rule: 'not empty', message: 'is empty: say one, or leave it out' }]
      : checkLine(name, text, most)
}

export function oneOf(allowed: readonly string[], rule: string) {
  return (name: string, value: string): Mistakes => checkOneOf(name, value, allowed, rule)
}

export function matching(syntax: RegExp, rule: string, message: string) {
  return (member: string, text: string): Mistakes =>
    syntax.test(text) ? [] : [{ member, rule, message: `"${text}" ${message}` }]
}

/** A parser that answers with a text has found a mistake. */
export function parsing(parse: (text: string) => object | string, rule: string) {
  return (member: string, text: string): Mistakes => {
    const parsed = parse(text)
    return typeof parsed === 'string' ? [{ member, rule, message: parsed }] : []
  }
}

export function each(most: number, check: (name: string, value: string, rules: PlaceRules) => Mistakes) {
  return (member: string, values: readonly string[], rules: PlaceRules): Mistakes => [
    ...values.flatMap(value => check(member, value, rules)),
    ...(values.length <= most
      ? []
      : [{ member, rule: `at most ${most} values`, message: `has ${values.length} values, more than ${most}` }]),
  ]
}

export function within(least: number, most: number) {
  return (member: string, value: number): Mistakes =>
    Number.isSafeInteger(value) && value >= least && value <= most
      ? []
      : [{ member, rule: `${least} to ${most}`, message: `must be a whole number, ${least} to ${most}` }]
}
