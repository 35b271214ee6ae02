/** How a browser came to the logout URL of an upstream: by itself, or in a frame on a page that may do so. */

import type { HttpRequest } from '../../http/endpoint.ts'
import { type Refusal, refuse } from '../../spec/refusal.ts'

/**
 * Fetch Metadata §2.1: browsers say what a request is for, and no page can change it. `frame-ancestors` keeps a refused page from showing
 * the frame, but the request has come by then: so that it does nothing, what can be known of the page is looked at before.
 */
export function howItCame(
  { header }: Pick<HttpRequest, 'header'>,
  frameAncestors: readonly string[],
): 'by-itself' | 'framed' | 'framed-by-unknown' | Refusal {
  // A browser that fetches ahead has been asked by nobody yet.
  const isAhead = ['sec-purpose', 'purpose'].some(name => header(name)?.startsWith('prefetch') === true)
  const destination = isAhead ? 'prefetch' : header('sec-fetch-dest')
  if (destination === undefined || destination === 'document') return 'by-itself'
  if (destination !== 'iframe' && destination !== 'frame')
    return refuse(
      'invalid_request',
      'this address is for people and frames',
      'Front-Channel Logout §2 the logout URL is visited or framed',
      { destination: destination.slice(0, 40) },
    )
  const parent = originOf(header('referer'))
  // Without a Referer the page is not known. The browser holds it to the list, but only when we have answered.
  if (parent === undefined && frameAncestors.length > 0) return 'framed-by-unknown'
  return parent !== undefined && frameAncestors.includes(parent)
    ? 'framed'
    : refuse(
        'invalid_request',
        'this page may not frame the logout URL',
        'frontchannel_logout_frame_ancestors has it',
        {
          parent: parent ?? null,
          allowed: frameAncestors,
        },
      )
}

function originOf(referer: string | undefined): string | undefined {
  return referer === undefined ? undefined : URL.parse(referer)?.origin
}
