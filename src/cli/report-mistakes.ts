/** Mistakes in values, as a command reports them: all at once, then exit code 2. */

import type { Decided, SettingsMistake } from '../core/settings-mistake.ts'
import { CommandFailure, EXIT } from './exit-codes.ts'

/** `headline`: what was not done, such as `the client was not created`. */
export function failWithMistakes(headline: string, mistakes: readonly SettingsMistake[]): never {
  const lines = mistakes.map(({ member, message }) => `  ${member}: ${message}`)
  throw new CommandFailure(EXIT.usage, [`${headline}:`, ...lines].join('\n'))
}

export function mistakesOf(decided: Decided<object>): readonly SettingsMistake[] {
  return 'mistakes' in decided ? decided.mistakes : []
}
