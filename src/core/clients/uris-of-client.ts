/** Every address that a client has registered, by the name of its metadata: for moves to another host. */

import type { Client } from './client.ts'
import { METADATA } from './metadata-table.ts'

export interface ClientUri {
  /** The registered name: `redirect_uris`, `client_uri#de`. */
  readonly member: string
  readonly uri: string
}

/** Lists of addresses; the other lists hold words. */
const URI_LISTS = ['redirect_uris', 'post_logout_redirect_uris', 'request_uris', 'resources']
/** Links that people follow, in several languages. */
const IS_LINK = /^(?:client|logo|tos|policy)_uri#/

export function urisOf(client: Client): readonly ClientUri[] {
  const registered = METADATA.flatMap(({ name, member, kind }): readonly ClientUri[] => {
    const value: unknown = client[member]
    if (kind === 'uri') return typeof value === 'string' ? [{ member: name, uri: value }] : []
    return URI_LISTS.includes(name) && Array.isArray(value) ? value.map(uri => ({ member: name, uri: `${uri}` })) : []
  })
  const localized = Object.entries(client.localized ?? {}).flatMap(([member, uri]) =>
    IS_LINK.test(member) ? [{ member, uri }] : [],
  )
  return [...registered, ...localized]
}

/** `resources` name APIs, not places. */
export function placesOf(client: Client): readonly ClientUri[] {
  return urisOf(client).filter(({ member }) => member !== 'resources')
}

/** The same client with each address passed through `change`; `resources` stay. An address that is there already is there once. */
export function withUris(client: Client, change: (uri: string) => string): Client {
  const changed = METADATA.flatMap(({ name, member, kind }): readonly (readonly [string, unknown])[] => {
    const value: unknown = client[member]
    if (kind === 'uri' && typeof value === 'string') return [[member, change(value)]]
    if (name === 'resources' || !URI_LISTS.includes(name) || !Array.isArray(value)) return []
    return [[member, [...new Set(value.map(uri => change(`${uri}`)))]]]
  })
  const { localized } = client
  const texts = Object.entries(localized ?? {}).map(([name, text]) => [name, IS_LINK.test(name) ? change(text) : text])
  return {
    ...client,
    ...Object.fromEntries(changed),
    ...(localized === undefined ? {} : { localized: Object.fromEntries(texts) }),
  }
}
