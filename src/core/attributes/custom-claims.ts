/** What apps get of the attributes of this house: claims, the scopes that bring them, and what people call them. Pure. */

import type { CustomClaim } from '../../spec/claims.ts'
import { SCOPES } from '../../spec/scope.ts'
import type { SupportedByServer } from '../clients/client-settings.ts'
import type { AttributeDefinition, AttributeDefinitionRepository } from './attribute-definition.ts'

type Definitions = readonly AttributeDefinition[]

export function claimOf({ name, claim }: Pick<AttributeDefinition, 'name' | 'claim'>): string {
  return claim ?? name
}

const made = new WeakMap<Definitions, readonly CustomClaim[]>()

/** Asked with every token and user info, and the list stays the same until a definition changes. */
export function customClaims(definitions: Definitions): readonly CustomClaim[] {
  const before = made.get(definitions)
  if (before !== undefined) return before
  const claims = definitions
    .filter(({ scopes }) => scopes.length > 0)
    .map(definition => ({ claim: claimOf(definition), attribute: definition.name, scopes: definition.scopes }))
  made.set(definitions, claims)
  return claims
}

/** Scopes that are there because of attributes, and besides the standard ones. */
export function attributeScopes(definitions: Definitions): readonly string[] {
  const standard: readonly string[] = SCOPES
  return [...new Set(definitions.flatMap(({ scopes }) => scopes))].filter(scope => !standard.includes(scope)).sort()
}

/** What clients may be registered for, with the scopes that attributes have added by now. */
export async function supportedNow({ supported, repositories }: SupportedPorts): Promise<SupportedByServer> {
  const scopes = attributeScopes(await repositories.attributeDefinitions.list())
  return scopes.length === 0 ? supported : { ...supported, attributeScopes: scopes }
}

interface SupportedPorts {
  readonly supported: SupportedByServer
  readonly repositories: { readonly attributeDefinitions: Pick<AttributeDefinitionRepository, 'list'> }
}

/** What a scope of this house tells, for the person who is asked: the titles of its attributes. */
export function titlesOfScope(scope: string, definitions: Definitions): readonly string[] {
  return definitions.filter(({ scopes }) => scopes.includes(scope)).map(({ title, name }) => title ?? name)
}

export function titleOfClaim(claim: string, definitions: Definitions): string | undefined {
  const definition = definitions.find(defined => claimOf(defined) === claim)
  return definition && (definition.title ?? definition.name)
}
