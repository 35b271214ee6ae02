/** Options as a table: one row gives a member its flag, its environment variable and its help, for every command that takes it. */

import { type Command, Option } from 'commander'
import type { SettingsMistake } from '../core/settings-mistake.ts'
import { parseDuration } from '../lib/duration-text.ts'
import { CommandFailure, EXIT } from './exit-codes.ts'
import type { Terminal } from './terminal.ts'

export interface OptionRow<Member extends string> {
  readonly member: Member
  /** As commander writes it: `-u, --redirect-uri <uri>`. A switch has no `<value>`. */
  readonly flags: string
  /** `SALLYPORT_CLIENT_REDIRECT_URIS` */
  readonly variable: string
  /**
   * `list` and `lines` repeat; the variable of a list separates values by commas or line breaks, that of lines by line breaks only.
   * `switch` also has a `--no-` form.
   */
  readonly kind: 'text' | 'list' | 'lines' | 'seconds' | 'switch'
  readonly help: string
}

export type OptionValue = string | readonly string[] | number | boolean

/** `withVariables`: the help names the variable of each option. */
export function addOptions(command: Command, rows: readonly OptionRow<string>[], withVariables: boolean): void {
  for (const { flags, kind, help, variable } of rows) {
    const option = new Option(flags, withVariables ? `${help} [${variable}]` : help)
    if (kind === 'list' || kind === 'lines')
      option.argParser((value: string, before: readonly string[] | undefined) => [...(before ?? []), value])
    command.addOption(option)
    if (kind === 'switch') command.addOption(new Option(flags.replace('--', '--no-'), `the opposite of ${flags}`))
  }
}

/** What was given, and what of it cannot be read: that is reported together with the mistakes in the values themselves. */
export interface ReadOptions<Values> {
  readonly values: Values
  readonly misread: readonly SettingsMistake[]
}

/** The values that were given, by member. The command line wins over the environment; an empty variable counts as not set. */
export function readOptions<Member extends string>(
  command: Command,
  rows: readonly OptionRow<Member>[],
  env: Terminal['env'],
): ReadOptions<{ readonly [M in Member]?: OptionValue }> {
  const values: { [M in Member]?: OptionValue } = {}
  const misread: SettingsMistake[] = []
  for (const row of rows) {
    const value = optionValue(command, row) ?? variableValue(row, env)
    if (isMistake(value)) misread.push(value)
    else if (value !== undefined) values[row.member] = value
  }
  return { values, misread }
}

/** A secret may stand in a file that `…_FILE` names, without its last line break. */
export function readVariable(name: string, { env, readFile }: Pick<Terminal, 'env' | 'readFile'>): string | undefined {
  const value = env[name] || undefined
  const file = env[`${name}_FILE`] || undefined
  if (file === undefined) return value
  if (value !== undefined)
    throw new CommandFailure(EXIT.usage, `${name} and ${name}_FILE are both set: keep one of them`)
  try {
    return readFile(file).replace(/\r?\n$/, '')
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new CommandFailure(EXIT.usage, `${name}_FILE: ${reason}`)
  }
}

function optionValue(command: Command, { flags, kind }: OptionRow<string>): OptionValue | SettingsMistake | undefined {
  const option = new Option(flags)
  const name = option.attributeName()
  if (command.getOptionValueSource(name) !== 'cli') return undefined
  const value = command.getOptionValue(name) as OptionValue
  return kind === 'seconds' && typeof value === 'string' && value !== ''
    ? parseSeconds(option.long ?? flags, value)
    : value
}

function variableValue(
  { variable, kind }: OptionRow<string>,
  env: Terminal['env'],
): OptionValue | SettingsMistake | undefined {
  const text = env[variable]
  if (text === undefined || text === '') return undefined
  switch (kind) {
    case 'text':
      return text
    case 'list':
      return itemsOf(text, /[,\n]/)
    case 'lines':
      return itemsOf(text, /\n/)
    case 'seconds':
      return parseSeconds(variable, text)
    case 'switch':
      if (text === 'true' || text === 'false') return text === 'true'
      return { member: variable, rule: 'switch syntax', message: 'must be true or false' }
  }
}

function itemsOf(text: string, separator: RegExp): readonly string[] {
  return text
    .split(separator)
    .map(item => item.trim())
    .filter(item => item !== '')
}

/** `name`: the option or variable that the text stands in. */
export function parseSeconds(name: string, text: string): number | SettingsMistake {
  const message = 'must be a duration such as 30s, 5m, 12h or 14d, or a number of seconds'
  return parseDuration(text) ?? { member: name, rule: 'duration syntax', message }
}

function isMistake(value: OptionValue | SettingsMistake | undefined): value is SettingsMistake {
  return typeof value === 'object' && 'member' in value
}
