/** Whether an issuer is the one that was configured (OIDC Discovery §4.3, OIDC Core §3.1.3.7). */

/** Entra signs for every tenant, and says so with a placeholder: `https://login.microsoftonline.com/{tenantid}/v2.0`. */
export const TENANT_PLACE = '{tenantid}'

/** The issuer that a discovery URL was made from (OIDC Discovery §4.1, RFC 8414 §3.1), without a final slash. */
export function issuerOfDiscoveryUri(uri: string): string | undefined {
  const url = URL.parse(uri)
  if (url === null) return undefined
  const [, before = '', after = ''] =
    /^(.*)\/\.well-known\/(?:openid-configuration|oauth-authorization-server)(\/.*)?$/.exec(url.pathname) ?? []
  if (!url.pathname.includes('/.well-known/')) return undefined
  return `${url.origin}${before}${after}`.replace(/\/$/, '')
}

/**
 * The issuer that a document names is that of its URL. Discovery §4.1 takes a final slash off before it makes the URL, so both spellings
 * lead there; whichever the document has is then the one that tokens have.
 */
export function isIssuerOfUri(issuer: string, uri: string): boolean {
  const prefix = issuerOfDiscoveryUri(uri)
  if (prefix === undefined) return false
  return issuer === prefix || issuer === `${prefix}/` || matchesTemplate(prefix, issuer)
}

/** `iss` of a token or of a response. `tid`: the tenant that the token names; nothing where there is none to compare. */
export function isIssuer(iss: unknown, issuer: string, tid?: unknown): boolean {
  if (typeof iss !== 'string') return false
  if (!isTemplate(issuer)) return iss === issuer
  if (tid === undefined) return matchesTemplate(iss, issuer)
  return typeof tid === 'string' && /^[\w.-]{1,100}$/.test(tid) && iss === issuer.replace(TENANT_PLACE, tid)
}

/** One issuer for each tenant. */
export function isTemplate(issuer: string): boolean {
  return issuer.includes(TENANT_PLACE)
}

function matchesTemplate(text: string, template: string): boolean {
  const [before, after] = template.split(TENANT_PLACE)
  if (before === undefined || after === undefined) return false
  const tenant = text.slice(before.length, text.length - after.length)
  return text === `${before}${tenant}${after}` && /^[\w.-]{1,100}$/.test(tenant)
}
