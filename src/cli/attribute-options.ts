/** The options of `attribute create` and `attribute edit`. */

import { type Command, Option } from 'commander'
import { ATTRIBUTE_TYPES, type AttributeType } from '../core/attributes/attribute-definition.ts'
import { appended } from './document-options.ts'

export interface AttributeOptions {
  readonly title?: string
  readonly description?: string
  readonly type?: AttributeType
  readonly list?: boolean
  readonly choice?: readonly string[]
  readonly claim?: string
  readonly scope?: readonly string[]
}

export function withAttributeOptions(command: Command): Command {
  return command
    .option('--title <text>', 'what people read')
    .option('--description <text>', 'for people who write its values')
    .addOption(new Option('--type <type>', 'what a value is like').choices(ATTRIBUTE_TYPES))
    .option('--list', 'it has a list of values')
    .addOption(new Option('--choice <value>', 'one of the only values; repeat for more').argParser(appended))
    .option('--claim <name>', 'the claim that apps read it as, where that is not its name')
    .addOption(new Option('--scope <scope>', 'apps that have this scope read it; repeat for more').argParser(appended))
}

/** An empty text takes away. */
export function attributeBody({ title, description, type, list, choice, claim, scope }: AttributeOptions) {
  const without = (texts: readonly string[]): readonly string[] => texts.filter(text => text !== '')
  return {
    ...(title === undefined ? {} : { title }),
    ...(description === undefined ? {} : { description }),
    ...(type === undefined ? {} : { type }),
    ...(list === undefined ? {} : { list }),
    ...(choice === undefined ? {} : { choices: without(choice) }),
    ...(claim === undefined ? {} : { claim }),
    ...(scope === undefined ? {} : { scopes: without(scope) }),
  }
}
