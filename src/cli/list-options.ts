/** What of a list is wanted: `--search`, `--sort`, `--limit`, and an option for each field that it can be narrowed by. */

import { type Command, Option } from 'commander'
import type { Field } from '../core/administration/field.ts'
import { listParameters } from '../core/administration/list-query.ts'
import { listedBy } from '../core/administration/resource.ts'
import { resourceOf } from '../core/administration/resources.ts'
import { CommandFailure, EXIT } from './exit-codes.ts'

type QueryValue = string | number | boolean

/** `without`: fields that the command has options of its own for. */
export function withListOptions(command: Command, resource: string, without: readonly string[] = []): Command {
  for (const parameter of parametersOf(resource)) {
    if (!without.includes(parameter.name)) command.addOption(optionOf(parameter))
  }
  return withLimit(command)
}

export function withLimit(command: Command): Command {
  return command.option('--limit <number>', 'print this many at most')
}

/** The query that the options stand for, and how many at most. */
export function readListOptions(
  command: Command,
  resource: string,
): { readonly query: Readonly<Record<string, QueryValue>>; readonly limit: number } {
  const options = command.opts<Readonly<Record<string, QueryValue | undefined>>>()
  const query = parametersOf(resource).flatMap(parameter => {
    const value = options[optionOf(parameter).attributeName()]
    return value === undefined ? [] : [[parameter.name, value] as const]
  })
  return { query: Object.fromEntries(query), limit: readLimit(options.limit) }
}

/** The first of them: no page is asked for that nobody wants to see. */
export async function* firstOf<Item>(items: AsyncIterable<Item>, limit: number): AsyncGenerator<Item, void> {
  let left = limit
  if (left <= 0) return
  for await (const item of items) {
    yield item
    if (--left <= 0) return
  }
}

function parametersOf(resource: string): readonly Field[] {
  const found = resourceOf(resource)
  return listParameters(found === undefined ? [] : listedBy(found)).filter(
    ({ name, choices }) => name !== 'limit' && name !== 'cursor' && !(name === 'sort' && choices?.length === 0),
  )
}

function optionOf({ name, kind, about, choices }: Field): Option {
  if (name === 'q') return new Option('--search <words>', 'only what has all of these words').argParser(String)
  const flag = `--${name.replaceAll('_', '-')}`
  const help = about.replace(/^Only with this value\. /, 'only with this: ').replace(/\.$/, '')
  const option = new Option(kind === 'boolean' ? `${flag} <yes or no>` : `${flag} <value>`, help)
  if (kind === 'boolean') return option.argParser(yesOrNo)
  return choices === undefined ? option : option.choices(choices)
}

function yesOrNo(text: string): boolean {
  if (text === 'yes' || text === 'true') return true
  if (text === 'no' || text === 'false') return false
  throw new CommandFailure(EXIT.usage, `"${text}" must be yes or no`)
}

/** Without a limit: all of them. */
export function readLimit(text: QueryValue | undefined): number {
  if (text === undefined) return Number.POSITIVE_INFINITY
  if (/^[1-9]\d{0,8}$/.test(`${text}`)) return Number(text)
  throw new CommandFailure(EXIT.usage, '--limit must be a whole number, 1 or more')
}
