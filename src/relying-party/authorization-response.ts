/** The authorization response (OIDC Core §3.1.2.5, RFC 9207): a code, or why there is none. Pure. */

import type { JsonObject } from '../core/clients/client.ts'
import type { Handles } from '../core/handles/handles.ts'
import { type Attempt, attemptSecrets } from '../core/upstreams/attempt.ts'
import { isIssuer } from '../core/upstreams/issuer.ts'
import { type Params, printable } from '../spec/params.ts'
import { type Refusal, refuse } from '../spec/refusal.ts'
import { said } from './answer-facts.ts'
import { jsonObject } from './normalise-answer.ts'
import type { ReadyUpstream } from './upstream-metadata.ts'

/** OIDC Core §3.1.2.6: what an app that asked without a page may be told as it is. */
const PASSED_ON: ReadonlySet<string> = new Set([
  'access_denied',
  'account_selection_required',
  'consent_required',
  'interaction_required',
  'login_required',
  'temporarily_unavailable',
])

/** The code; the issuer is checked before anything else is believed, the refusal of the upstream too. */
export function readAuthorizationResponse(
  ready: ReadyUpstream,
  attempt: Attempt,
  response: Params,
  handles: Handles,
): string | Refusal {
  const repeated = response.repeated.find(name => ['code', 'state', 'iss', 'error'].includes(name))
  if (repeated !== undefined)
    return refuse(
      'server_error',
      'the answer of the upstream names something twice',
      'RFC 6749 §4.1.2 authorization response of the upstream',
      { parameter: repeated },
    )
  // RFC 6749 §10.12: the answer to this very request.
  if (response.get('state') !== attemptSecrets(handles, attempt.id).state)
    return refuse(
      'server_error',
      'the answer of the upstream is for another sign-in',
      'RFC 6749 §10.12 state of the upstream',
    )
  const mixUp = checkIssuer(ready, response.get('iss'))
  if (mixUp !== undefined) return mixUp
  const error = response.get('error')
  if (error !== undefined) return refusalOf(error, response)
  const code = response.get('code')
  if (code !== undefined) return code
  return refuse(
    'server_error',
    'the answer of the upstream has no code',
    'RFC 6749 §4.1.2 authorization response of the upstream',
    {
      parameters: response
        .names()
        .slice(0, 20)
        .map(name => printable(name, 40)),
    },
  )
}

/** RFC 9207 §2.4: another server must not have answered in its place. */
function checkIssuer({ upstream, endpoints }: ReadyUpstream, iss: string | undefined): Refusal | undefined {
  if (!upstream.validateIssuer || endpoints.issuer === undefined) return undefined
  if (iss === undefined ? upstream.discovered?.sendsIssuer !== true : isIssuer(iss, endpoints.issuer)) return undefined
  return refuse(
    'server_error',
    'the answer does not come from the upstream that was asked',
    'RFC 9207 §2.4 iss of the upstream',
    { iss: said(iss) ?? '', expected: printable(endpoints.issuer, 200) },
  )
}

function refusalOf(error: string, response: Params): Refusal {
  const description = said(response.get('error_description'))
  return refuse(
    PASSED_ON.has(error) ? error : 'server_error',
    'the upstream refused the sign-in',
    'RFC 6749 §4.1.2.1 sign-in at the upstream',
    {
      upstream_error: printable(error, 100),
      ...(description === undefined ? {} : { upstream_error_description: description }),
    },
  )
}

const OF_THE_PROTOCOL: ReadonlySet<string> = new Set([
  'code',
  'state',
  'iss',
  'error',
  'error_description',
  'id_token',
  'access_token',
  'refresh_token',
])

/** For mappings: whatever else came with it. Apple sends the name of a person here, once, as JSON text. */
export function responseSource(response: Params): JsonObject {
  return Object.fromEntries(
    response
      .names()
      .filter(name => !OF_THE_PROTOCOL.has(name))
      .map(name => {
        const value = response.get(name) ?? ''
        return [name, name === 'user' ? (jsonObject(value) ?? value) : value]
      }),
  )
}
