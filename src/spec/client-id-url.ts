/** Client Identifier URLs (draft-ietf-oauth-client-id-metadata-document §3): a `client_id` that says where the app describes itself. */

/** Host in the form that URLs are sent in, so that what people read is what is asked. */
const SHAPE = /^https:\/\/([a-z0-9.-]+|\[[0-9a-f:.]+\])(?::([1-9][0-9]{0,4}))?(\/[^?#\\]*)$/
/** RFC 6749 appendix A.1: VSCHAR; URLs have no blanks. */
const VISIBLE = /^[\x21-\x7e]{1,255}$/
const DOT = /^(?:\.|%2e){1,2}$/i

/**
 * The URL, or nothing when the text is none that may be a client_id. A query is refused, too: §3 says that there should be none, and with
 * one a single document could pass for any number of apps.
 */
export function parseClientIdUrl(clientId: string): URL | undefined {
  if (!clientId.startsWith('https://') || !VISIBLE.test(clientId)) return undefined
  const [, , , path] = SHAPE.exec(clientId) ?? []
  // §3: no single-dot or double-dot path components.
  if (path === undefined || path.split('/').some(part => DOT.test(part))) return undefined
  return URL.parse(clientId) ?? undefined
}
