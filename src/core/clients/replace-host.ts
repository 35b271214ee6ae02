/** Another host in an address, and nothing else of it: redirect URIs are compared character by character. */

import type { SettingsMistake } from '../settings-mistake.ts'

export interface HostChange {
  /** `old.example.com`, `old.example.com:8443`, or with a scheme `http://old.example.com`. */
  readonly from: string
  readonly to: string
}

const HOST = String.raw`(?:\[[0-9a-f:.]+\]|[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?)(?::\d{1,5})?`
const PLACE = new RegExp(`^(?:[a-z][a-z0-9+.-]*://)?${HOST}$`, 'i')
const URI = /^([a-z][a-z0-9+.-]*:\/\/)([^/?#]*)(.*)$/is

export function checkHostChange({ from, to }: HostChange): readonly SettingsMistake[] {
  const wrong = Object.entries({ from, to }).filter(([, place]) => !PLACE.test(place))
  if (wrong.length > 0) {
    return wrong.map(([member, place]) => ({
      member,
      rule: 'host',
      message: `"${place}" is no host such as app.example.com, app.example.com:8443 or https://app.example.com`,
    }))
  }
  if (from.includes('://') === to.includes('://')) return []
  return [{ member: 'to', rule: 'host', message: 'names a scheme, or none, as the old one does' }]
}

/** RFC 3986 §3.2.2: hosts are compared without regard to case; a port belongs to the place. */
export function withOtherHost(uri: string, { from, to }: HostChange): string {
  const parts = URI.exec(uri)
  if (parts === null) return uri
  const [, scheme = '', authority = '', rest = ''] = parts
  const place = from.includes('://') ? scheme + authority : authority
  if (place.toLowerCase() !== from.toLowerCase()) return uri
  return from.includes('://') ? to + rest : scheme + to + rest
}
