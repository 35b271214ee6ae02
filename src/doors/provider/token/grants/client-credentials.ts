/** The client credentials grant (RFC 6749 §4.4): a confidential client acts for itself. No person, no refresh token, no row. */

import type { Client } from '../../../../core/clients/client.ts'
import { sealAccessToken } from '../../../../core/handles/token-handles.ts'
import { secondsOf } from '../../../../lib/clock.ts'
import { isRefusal, type Refusal, refuse } from '../../../../spec/refusal.ts'
import { allowedScopes, parseScope, SCOPES } from '../../../../spec/scope.ts'
import type { GrantType } from '../grant-type.ts'

export const clientCredentialsGrant: GrantType = {
  name: 'client_credentials',
  async exchange({ params, client, now, address, requestId }, ports) {
    const scopes = decide(params.get('scope'), client)
    if (isRefusal(scopes)) return { kind: 'refused', refusal: scopes }
    const issuedAt = secondsOf(now)
    const expiresIn = ports.lifetimes.accessTokenSeconds
    const token = sealAccessToken(
      ports.keys.handles,
      { kind: 'client-access', clientUid: client.uid, issuedAt, expiresAt: issuedAt + expiresIn, scopes },
      ports.random,
    )
    ports.journal.recordSoon('token.issued', {
      at: now,
      clientUid: client.uid,
      address,
      requestId,
      detail: { grant_type: 'client_credentials', scopes },
    })
    return {
      kind: 'issued',
      response: {
        access_token: token,
        token_type: 'Bearer',
        expires_in: expiresIn,
        // RFC 6749 §3.3: a scope has at least one token, so none is no scope at all.
        ...(scopes.length === 0 ? {} : { scope: scopes.join(' ') }),
      },
    }
  },
}

/** RFC 6749 §3.3: scopes about a person mean nothing here and are left out; the answer's `scope` says what was granted. */
export function decide(scope: string | undefined, client: Client): readonly string[] | Refusal {
  // RFC 6749 §4.4: the client credentials grant type MUST only be used by confidential clients.
  if (client.type === 'public') {
    return refuse(
      'unauthorized_client',
      'a public client cannot use client_credentials',
      'RFC 6749 §4.4 confidential clients only',
    )
  }
  const requested = parseScope(scope)
  if (isRefusal(requested)) return requested
  const aboutPeople: readonly string[] = SCOPES
  const own = client.scopes.filter(name => !aboutPeople.includes(name))
  if (requested.length === 0) return own
  return allowedScopes(
    requested.filter(name => !aboutPeople.includes(name)),
    own,
  )
}
