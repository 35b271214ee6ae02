/** A kind of attribute that accounts of this house have besides the standard claims (OIDC Core §5.1.2). */

import type { Write } from '../unit-of-work.ts'

export const ATTRIBUTE_TYPES = ['text', 'number', 'boolean', 'date', 'url', 'email', 'phone', 'json'] as const
export type AttributeType = (typeof ATTRIBUTE_TYPES)[number]

export interface AttributeDefinition {
  /** Unique, and none of the standard names: `department`. */
  readonly name: string
  /** For people. */
  readonly title?: string
  readonly description?: string
  readonly type: AttributeType
  /** A list of values of the type. */
  readonly isList: boolean
  /** For `text`: the only values. Empty: any. */
  readonly choices: readonly string[]
  /** The claim that apps read; absent: the name. */
  readonly claim?: string
  /** An app that was given one of these reads the claim. Empty: none does. May be new names: then apps can ask for them. */
  readonly scopes: readonly string[]
  readonly createdAt: Date
  readonly updatedAt: Date
  readonly createdBy?: string
  readonly updatedBy?: string
}

/** Few and read with every user info: kept in memory and checked against the revision. */
export interface AttributeDefinitionRepository {
  find(name: string): Promise<AttributeDefinition | undefined>
  /** By name. */
  list(): Promise<readonly AttributeDefinition[]>
  /** Lost (`attributeDefinitions.insert`) when the name is taken. */
  insert(definition: AttributeDefinition): Write
  /** Lost (`attributeDefinitions.replace`) when it is gone or was changed since `seen`. */
  replace(definition: AttributeDefinition, seen: AttributeDefinition): Write
  /** Lost (`attributeDefinitions.delete`) when it is gone already. */
  delete(name: string): Write
}
