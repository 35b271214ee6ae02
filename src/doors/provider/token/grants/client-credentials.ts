/** The client credentials grant (RFC 6749 §4.4): a confidential client acts for itself. No person, no refresh token, no row. */

import type { Client } from '../../../../core/clients/client.ts'
import { makeAccessToken } from '../../../../core/tokens/issue-access-token.ts'
import { tokenTypeOf } from '../../../../core/tokens/issue-tokens.ts'
import { requestedResources } from '../../../../core/tokens/token-target.ts'
import { type AuthorizationDetail, parseAuthorizationDetails } from '../../../../spec/authorization-details.ts'
import { CLIENT_CREDENTIALS } from '../../../../spec/grant-types.ts'
import { isRefusal, type Refusal, refuse } from '../../../../spec/refusal.ts'
import { allowedScopes, parseScope, SCOPES } from '../../../../spec/scope.ts'
import type { ProviderPorts } from '../../ports.ts'
import type { GrantType, TokenRequest } from '../grant-type.ts'

export const clientCredentialsGrant: GrantType = {
  name: CLIENT_CREDENTIALS,
  async exchange(request, ports) {
    const { client, now, cnf, address, requestId } = request
    const wish = parse(request, ports)
    if (isRefusal(wish)) return { kind: 'refused', refusal: wish }
    const token = await makeAccessToken({ client, ...wish, cnf, now }, { kind: 'client', owner: client }, ports)
    ports.journal.recordSoon('token.issued', {
      at: now,
      clientUid: client.uid,
      address,
      requestId,
      detail: { grant_type: CLIENT_CREDENTIALS, scopes: token.scopes },
    })
    return {
      kind: 'issued',
      response: {
        access_token: token.text,
        token_type: tokenTypeOf(cnf),
        expires_in: token.expiresIn,
        // RFC 6749 §3.3: a scope has at least one token, so none is no scope at all.
        ...(token.scopes.length === 0 ? {} : { scope: token.scopes.join(' ') }),
        // RFC 9396 §7.
        ...(token.details === undefined ? {} : { authorization_details: token.details }),
      },
    }
  },
}

interface Wish {
  readonly scopes: readonly string[]
  readonly resources: readonly string[] | undefined
  readonly details: readonly AuthorizationDetail[] | undefined
}

function parse({ params, client }: TokenRequest, ports: ProviderPorts): Wish | Refusal {
  const scopes = decide(params.get('scope'), client)
  if (isRefusal(scopes)) return scopes
  const resources = requestedResources(params, undefined, client, ports.resources)
  if (isRefusal(resources)) return resources
  const own = client.authorizationDetailsTypes ?? []
  const types = ports.authorizationDetailsTypes.filter(type => own.includes(type))
  const details = parseAuthorizationDetails(params.get('authorization_details'), types)
  return isRefusal(details) ? details : { scopes, resources, details }
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
