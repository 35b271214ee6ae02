/** The checks that several members of a client share: one of a list, some of a list, a link, a line of text. */

import { didYouMean } from '../../lib/nearest-name.ts'
import type { SettingsMistake } from '../settings-mistake.ts'

export function checkOneOf<Value extends string>(
  member: string,
  value: string,
  allowed: readonly Value[],
  rule: string,
): readonly SettingsMistake[] {
  return isOneOf(value, allowed)
    ? []
    : [
        {
          member,
          rule,
          message: `"${value}" is not possible${didYouMean(value, allowed)}; ${allowed.length === 0 ? 'there is none' : `choose ${allowed.join(', ')}`}`,
        },
      ]
}

export function isOneOf<Value extends string>(value: string, allowed: readonly Value[]): value is Value {
  return (allowed as readonly string[]).includes(value)
}

export function checkSomeOf(
  member: string,
  values: readonly string[],
  allowed: readonly string[],
  rule: string,
): readonly SettingsMistake[] {
  return values.flatMap(value => checkOneOf(member, value, allowed, rule))
}

/** A link that we show to people: the web only, so that nobody is led to `javascript:`. */
export function checkLink(member: string, link: string | undefined): readonly SettingsMistake[] {
  if (link === undefined || (/^https?:\/\/[^/\s]\S*$/i.test(link) && URL.canParse(link))) return []
  return [{ member, rule: 'http or https URL', message: `"${link}" is not a URL such as https://app.example.com` }]
}

/** At least one character that is no blank and does not vanish; U+2800 is a blank, too. */
const VISIBLE = /[^\p{Z}\p{C}\p{Default_Ignorable_Code_Point}\u2800]/u

/** A line of text that people read. */
export function checkLine(member: string, text: string | undefined, most: number): readonly SettingsMistake[] {
  if (text === undefined) return []
  if ([...text].length > most)
    return [{ member, rule: `at most ${most} characters`, message: `is longer than ${most} characters` }]
  if (/\p{Cc}/u.test(text))
    return [{ member, rule: 'no control characters', message: 'contains control characters (line breaks, tabs)' }]
  // UAX #9 §2.1 to §2.3: embeddings, overrides and isolates reach beyond the text, and turn around the sentence that it stands in.
  if (/[\u202A-\u202E\u2066-\u2069]/.test(text))
    return [{ member, rule: 'no bidirectional controls', message: 'contains characters that turn the writing around' }]
  return text === '' || VISIBLE.test(text)
    ? []
    : [{ member, rule: 'visible text', message: 'has nothing that anybody could see' }]
}

export function checkSeconds(member: string, seconds: number | undefined): readonly SettingsMistake[] {
  return seconds === undefined || (Number.isSafeInteger(seconds) && seconds >= 0)
    ? []
    : [{ member, rule: 'whole number of seconds', message: 'must be a whole number of seconds, 0 or more' }]
}
