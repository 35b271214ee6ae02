/** Our cookies: `__Host-` names on https, plain ones on http://localhost, always HttpOnly and SameSite=Lax. */

import { parseCookie, stringifySetCookie } from 'cookie'

export type CookieName = 'session' | 'device' | `flow-${string}`

export interface Cookies {
  read(header: string | undefined, name: CookieName): string | undefined
  /** The ids in the names of all flow cookies that came with a request. */
  flowIds(header: string | undefined): readonly string[]
  /** A `Set-Cookie` value. Without `maxAgeSeconds` it ends with the browser. */
  set(name: CookieName, value: string, maxAgeSeconds?: number): string
  drop(name: CookieName): string
}

export interface CookieSettings {
  /** The issuer is https. */
  readonly secure: boolean
  /** The issuer's path, or `/`. */
  readonly path: string
}

/** RFC 6265bis §4.1.3.2: a `__Host-` cookie cannot be set by another host or for another path; it needs Secure and Path=/. */
export function cookiePrefix(secure: boolean): string {
  return secure ? '__Host-sallyport-' : 'sallyport-'
}

export function createCookies({ secure, path }: CookieSettings): Cookies {
  const prefix = cookiePrefix(secure)
  const attributes = { httpOnly: true, secure, sameSite: 'lax', path: secure ? '/' : path } as const
  const flowPrefix = `${prefix}flow-`
  return {
    read(header, name) {
      return header === undefined ? undefined : parseCookie(header)[prefix + name]
    },
    flowIds(header) {
      if (header === undefined || !header.includes(flowPrefix)) return []
      return Object.keys(parseCookie(header))
        .filter(name => name.startsWith(flowPrefix))
        .map(name => name.slice(flowPrefix.length))
        .filter(id => /^\w+$/.test(id))
    },
    set(name, value, maxAgeSeconds) {
      return stringifySetCookie({
        name: prefix + name,
        value,
        ...attributes,
        ...(maxAgeSeconds === undefined ? {} : { maxAge: maxAgeSeconds }),
      })
    },
    drop(name) {
      return stringifySetCookie({ name: prefix + name, value: '', ...attributes, maxAge: 0 })
    },
  }
}
