/** Resource indicators (RFC 8707): which APIs an access token is for. */

import { type Refusal, refuse } from './refusal.ts'

/** More APIs than one token has any business at. */
const MAX_RESOURCES = 20
// RFC 3986 §4.3: a scheme, something behind it, and no fragment; nothing that is not a URI's character.
const ABSOLUTE_URI = /^[A-Za-z][A-Za-z0-9+.-]*:[\x21\x24-\x3B\x3D\x3F-\x5B\x5D\x5F\x61-\x7A\x7E]+$/
const RULE = 'RFC 8707 §2 resource is an absolute URI without a fragment'

/** The distinct URIs in the order they came; nothing when none was sent. */
export function parseResources(texts: readonly string[]): readonly string[] | undefined | Refusal {
  if (texts.length === 0) return undefined
  if (texts.length > MAX_RESOURCES) return refuse('invalid_target', 'resource was sent too often', RULE)
  return texts.every(text => ABSOLUTE_URI.test(text))
    ? [...new Set(texts)]
    : refuse('invalid_target', 'resource must be an absolute URI without a fragment', RULE)
}
