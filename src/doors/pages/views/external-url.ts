/** Addresses that others have given us, before they become links and images: escaping alone does not stop `javascript:`. */

const LINK = /^https?:/
const IMAGE = /^(?:https:|data:image\/)/

/** Safe as the target of a link, or nothing. */
export function externalLink(url: string | undefined): string | undefined {
  return matching(url, LINK)
}

/** Safe as an image under `img-src https: data:`, or nothing. */
export function externalImage(url: string | undefined): string | undefined {
  return matching(url, IMAGE)
}

// The pattern sees what the browser will see: parsed, in lower case, without the blanks that browsers skip.
function matching(url: string | undefined, pattern: RegExp): string | undefined {
  const parsed = url === undefined ? null : URL.parse(url)
  return parsed !== null && pattern.test(parsed.href) ? parsed.href : undefined
}
