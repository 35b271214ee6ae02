/** What the words of a command line may go on with: commands, options, values of options, and the names of what there is. */

import { Command, type Option } from 'commander'
import { COMMANDS, type CommandEntry, GROUPS } from './commands.ts'
import { type Candidate, nameCandidates } from './complete-names.ts'
import type { Terminal } from './terminal.ts'

export type Candidates = readonly Candidate[] | 'files'

/** `words`: what stands behind the program's name; the last is the one under way, and may be empty. */
export async function candidatesFor(words: readonly string[], terminal: Terminal): Promise<Candidates> {
  const current = words.at(-1) ?? ''
  const before = words.slice(0, -1)
  const command = before[0] === 'help' ? undefined : findCommand(before)
  if (command === undefined)
    return beginningWith(commandNames(before[0] === 'help' ? before.slice(1) : before), current)
  const candidates = await ofCommand(command, before.slice(command.words.length), current, terminal)
  return candidates === 'files' ? 'files' : beginningWith(candidates, current)
}

function findCommand(before: readonly string[]): CommandEntry | undefined {
  return COMMANDS.find(({ words }) => words.every((word, index) => before[index] === word))
}

/** Groups and commands, or the commands of a group. */
function commandNames(before: readonly string[]): readonly Candidate[] {
  const visible = COMMANDS.filter(({ hidden }) => hidden !== true)
  const [group] = before
  if (group !== undefined) {
    if (before.length > 1) return []
    return visible.flatMap(({ words: [first, name], summary }) =>
      first === group && name !== undefined ? [{ value: name, about: summary }] : [],
    )
  }
  const groups = Object.entries(GROUPS).map(([value, about]) => ({ value, about }))
  const alone = visible.filter(({ words }) => words.length === 1)
  return [...groups, ...alone.map(({ words: [value], summary }) => ({ value, about: summary }))]
}

async function ofCommand(
  entry: CommandEntry,
  given: readonly string[],
  current: string,
  terminal: Terminal,
): Promise<Candidates> {
  const command = new Command(entry.words.at(-1))
  ;(await entry.load()).define(command, terminal)
  const { options, operands, awaiting } = readGiven(command, given)
  const server = options.get('--server')
  const config = options.get('--config')
  const place = { ...(server === undefined ? {} : { server }), ...(config === undefined ? {} : { config }) }
  const names = (thing: string, written: string): Promise<Candidates> => nameCandidates(thing, written, place, terminal)
  if (awaiting !== undefined) return valuesOf(awaiting, current, names)
  const [, flag, written] = /^(--[\w-]+)=(.*)$/s.exec(current) ?? []
  const option = command.options.find(({ long }) => long === flag)
  if (flag !== undefined && option !== undefined) {
    const values = await valuesOf(option, written ?? '', names)
    return values === 'files' ? [] : values.map(({ value, ...rest }) => ({ value: `${flag}=${value}`, ...rest }))
  }
  if (current.startsWith('-')) return optionNames(command)
  return operandValues(command, entry, operands, current, names)
}

type Names = (thing: string, written: string) => Promise<Candidates>

interface Given {
  /** The values of options that take one. */
  readonly options: ReadonlyMap<string, string>
  readonly operands: number
  /** The option whose value is under way. */
  readonly awaiting?: Option
}

function readGiven(command: Command, given: readonly string[]): Given {
  const options = new Map<string, string>()
  let operands = 0
  let awaiting: Option | undefined
  for (const word of given) {
    if (awaiting !== undefined) {
      options.set(awaiting.long ?? '', word)
      awaiting = undefined
    } else if (word.startsWith('-') && word !== '-') {
      const [, flag = word, value] = /^(--[\w-]+)=(.*)$/s.exec(word) ?? []
      const option = command.options.find(({ long, short }) => long === flag || short === flag)
      if (option !== undefined && value !== undefined) options.set(option.long ?? '', value)
      else if (option?.required === true) awaiting = option
    } else operands++
  }
  return { options, operands, ...(awaiting === undefined ? {} : { awaiting }) }
}

const FILE_VALUES = /<(?:file|path|folder)>/

async function valuesOf({ argChoices, flags, long }: Option, written: string, names: Names): Promise<Candidates> {
  if (argChoices !== undefined) return argChoices.map(value => ({ value }))
  if (flags.includes('<yes or no>')) return [{ value: 'yes' }, { value: 'no' }]
  return FILE_VALUES.test(flags) ? 'files' : names((long ?? '').replace(/^--/, ''), written)
}

function optionNames(command: Command): Candidates {
  const shown = command.options.filter(({ hidden }) => !hidden)
  const named = shown.map(({ long, short, description }) => ({ value: long ?? short ?? '', about: description }))
  return [...named, { value: '--help', about: 'print this help' }]
}

/** What is made has no name yet; every other command begins with the name of what it is about. */
async function operandValues(
  command: Command,
  { words: [group, act] }: CommandEntry,
  operands: number,
  current: string,
  names: Names,
): Promise<Candidates> {
  const { registeredArguments: all } = command
  const last = all.at(-1)
  const argument = all[operands] ?? (last?.variadic === true ? last : undefined)
  if (argument === undefined) return []
  if (argument.argChoices !== undefined) return argument.argChoices.map(value => ({ value }))
  if (/^(?:file|path|folder)$/.test(argument.name())) return 'files'
  const ofArgument = await names(argument.name(), current)
  const isFirst = all.indexOf(argument) === 0
  return ofArgument.length > 0 || act === undefined || act === 'create' || !isFirst ? ofArgument : names(group, current)
}

/** A description is one line, and no name may hold what a shell or a terminal obeys. */
function beginningWith(candidates: readonly Candidate[], current: string): readonly Candidate[] {
  return candidates.flatMap(({ value, about }) =>
    value.startsWith(current) && !/\p{Cc}/u.test(value)
      ? [{ value, ...(about === undefined ? {} : { about: about.replace(/\p{Cc}+/gu, ' ') }) }]
      : [],
  )
}
