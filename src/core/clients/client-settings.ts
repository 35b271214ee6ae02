/** What an operator says about a client, before any rule was applied. Every way in (CLI, registration, console, YAML) ends in this shape. */

import type { Client } from './client.ts'

/** What the house keeps about a client; nobody sets it, and no edit loses it. */
export const KEPT_BY_HOUSE = [
  'uid',
  'secrets',
  'origin',
  'registeredWith',
  'softwareStatement',
  'registrationGeneration',
  'fetchedAt',
  'freshUntil',
  'sectorIdentifier',
  'logoDigest',
  'createdAt',
  'updatedAt',
  'createdBy',
  'updatedBy',
  'disabledAt',
] as const

export type KeptByHouse = (typeof KEPT_BY_HOUSE)[number]

/** Names of algorithms, methods and modes are any text until a rule was applied. */
type Unchecked<Value> = Value extends string
  ? string
  : Value extends readonly (infer Item)[]
    ? readonly Unchecked<Item>[]
    : Value

export type SettableMember = Exclude<keyof Client, KeptByHouse>

export type ClientSettings = {
  readonly clientId: string
  /** `public` or `confidential`. */
  readonly type: string
} & {
  /** `name`, empty: the `client_id` is shown instead. */
  readonly [Member in Exclude<SettableMember, 'clientId' | 'type'>]?: Unchecked<NonNullable<Client[Member]>>
}

/** What this server speaks, so that a client never waits for something that does not come. */
export interface SupportedByServer {
  readonly responseTypes: readonly string[]
  readonly responseModes: readonly string[]
  readonly grantTypes: readonly string[]
  /** About people: what a client may ask for when nothing is said. */
  readonly scopes: readonly string[]
  /** Of the resource servers; a client has them only when they are named. */
  readonly resourceScopes?: readonly string[]
  /** Of the attributes of this house; a client has them only when they are named. */
  readonly attributeScopes?: readonly string[]
  /** A resource server takes any scope. */
  readonly takesAnyScope?: boolean
  /** What it signs and verifies with, HS* by the client's secret included. */
  readonly idTokenAlgorithms: readonly string[]
  readonly authenticationMethods: readonly string[]
  /** Types of authorization details (RFC 9396 §10); absent: any. */
  readonly authorizationDetailsTypes?: readonly string[]
  /** Resource servers (RFC 8707); absent: any. */
  readonly resources?: readonly string[]
}
