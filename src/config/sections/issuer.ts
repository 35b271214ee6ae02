/** `issuer`: the URL that people and apps know this server by. Every other URL begins with it. */

import { z } from 'zod'
import { isLoopbackHost } from '../../lib/loopback-host.ts'

export const issuer = z
  .string()
  .superRefine((text, context) => {
    const broken = brokenIssuerRule(text)
    if (broken !== undefined) context.addIssue(broken)
  })
  .prefault('http://localhost:4000')
  .describe(
    'The URL of this server as browsers and apps reach it, without a slash at the end. It is the `iss` of every token, so changing it later breaks the apps.',
  )

function brokenIssuerRule(text: string): string | undefined {
  if (!URL.canParse(text)) return 'must be a URL such as https://id.example.com'
  const url = new URL(text)
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    return 'must be an https URL such as https://id.example.com'
  if (url.username !== '' || url.password !== '') return 'must not contain a user name or password'
  // OpenID Connect Discovery §3, RFC 8414 §2: https, no query, no fragment.
  if (text.includes('?') || text.includes('#')) return 'must have no query and no fragment'
  if (url.protocol === 'http:' && !isLoopbackHost(url.hostname)) {
    return `must be https: plain http is for localhost only (write https://${url.host}${url.pathname.replace(/\/+$/, '')}; a proxy in front may do the TLS)`
  }
  if (text.endsWith('/')) return `must not end with a slash: write ${url.href.replace(/\/+$/, '')}`
  // Apps compare the issuer as text (OpenID Connect Discovery §4.3), so it is written the way URLs are sent.
  const canonical = url.href.replace(/\/$/, '')
  return canonical === text ? undefined : `must be written as ${canonical}`
}
