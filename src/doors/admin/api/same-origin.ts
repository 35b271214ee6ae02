/** Whether a request with our session cookie comes from a page of ours: what another site sends in somebody's browser never counts. Pure. */

import type { HttpRequest } from '../../../http/endpoint.ts'
import { type Refusal, refuse } from '../../../spec/refusal.ts'

const RULE = 'Fetch Metadata §2.3 the request comes from a page of this server'

/** What any page can send anywhere without being asked first (Fetch §2.2.2, "CORS-safelisted"). */
const SENT_BY_FORMS = ['', 'application/x-www-form-urlencoded', 'multipart/form-data', 'text/plain']

/** `ownOrigin`: of the issuer. */
export function checkSameOrigin(request: HttpRequest, ownOrigin: string): Refusal | undefined {
  const { method, origin } = request
  const site = request.header('sec-fetch-site')
  const isReading = method === 'GET'
  // RFC 6454 §7.3: `null` and every other origin are somebody else.
  if (origin !== undefined && origin !== ownOrigin) return foreign({ origin: origin.slice(0, 200) })
  // Fetch Metadata §2.3: `none` is a person who typed the address, and nobody types a POST.
  const isOurs = site === 'same-origin' || (site === 'none' && isReading)
  if (site !== undefined && !isOurs) return foreign({ sec_fetch_site: site.slice(0, 50) })
  // A browser that says neither leaves it open who asks.
  if (origin === undefined && site === undefined) return foreign({})
  return isReading ? undefined : checkNoForm(request)
}

function foreign(facts: Refusal['facts']): Refusal {
  return refuse('access_denied', 'with a session cookie only pages of this server can ask', RULE, facts)
}

/** The second lock: even a browser whose headers lie asks us first (a preflight) before it sends anything else from another site. */
function checkNoForm(request: HttpRequest): Refusal | undefined {
  const { method, contentType } = request
  const isFormLike = method === 'POST' && SENT_BY_FORMS.includes(contentType)
  if (!isFormLike || request.header('x-requested-with') !== undefined) return undefined
  return refuse(
    'access_denied',
    'a form could have sent this: send JSON, or the header X-Requested-With',
    'Fetch §2.2.2 the request is none that a form can send',
    { content_type: contentType },
  )
}
