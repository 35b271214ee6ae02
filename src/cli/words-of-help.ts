/** `sallyport help client create` says the same as `sallyport client create --help`. */

import { didYouMean } from '../lib/nearest-name.ts'
import { COMMANDS, GROUPS } from './commands.ts'
import { CommandFailure, EXIT } from './exit-codes.ts'

/** Ends with exit code 2 where there is no such command. */
export function wordsOfHelp(words: readonly string[]): readonly string[] {
  const [first, second] = words
  if (first === undefined) return ['--help']
  const isGroup = Object.hasOwn(GROUPS, first)
  const names = COMMANDS.filter(({ hidden }) => hidden !== true).map(entry => entry.words)
  if (!isGroup && !COMMANDS.some(entry => entry.words[0] === first)) {
    throw unknown(first, [
      ...Object.keys(GROUPS),
      ...names.flatMap(([name, inner]) => (inner === undefined ? [name] : [])),
    ])
  }
  if (!isGroup || second === undefined) return [first, '--help']
  const ofGroup = names.flatMap(([group, name]) => (group === first && name !== undefined ? [name] : []))
  if (!ofGroup.includes(second))
    throw unknown(
      `${first} ${second}`,
      ofGroup.map(name => `${first} ${name}`),
    )
  return [first, second, '--help']
}

function unknown(name: string, known: readonly string[]): CommandFailure {
  return new CommandFailure(
    EXIT.usage,
    `there is no command ${name}${didYouMean(name, known)}; sallyport help lists all`,
  )
}
