/** Addresses that others have given us, before they become links and images: escaping alone does not stop `javascript:`. */

const LINK = /^https?:/
const IMAGE = /^(?:https:|data:image\/)/
/** A logo that was uploaded here (`client-logo.ts`); others give us absolute addresses only. */
const OWN_IMAGE = /^(?:\/[\w.~-]+)*\/clients\/logo\/[0-9a-f]{32}\/[\w-]{43}$/

/** Safe as the target of a link, or nothing. */
export function externalLink(url: string | undefined): string | undefined {
  return matching(url, LINK)
}

/** Safe as an image under `img-src 'self' https: data:`, or nothing. */
export function externalImage(url: string | undefined): string | undefined {
  return url !== undefined && OWN_IMAGE.test(url) ? url : matching(url, IMAGE)
}

// The pattern sees what the browser will see: parsed, in lower case, without the blanks that browsers skip.
function matching(url: string | undefined, pattern: RegExp): string | undefined {
  const parsed = url === undefined ? null : URL.parse(url)
  return parsed !== null && pattern.test(parsed.href) ? parsed.href : undefined
}
