/** A grant type (RFC 6749 §1.3) as the token endpoint sees it. The list of them is `grant-types.ts`. */

import type { AccountId } from '../../../core/accounts/account.ts'
import type { TraceCode } from '../../../core/audit/audit-event.ts'
import type { Client } from '../../../core/clients/client.ts'
import type { SingleUse } from '../../../core/single-use/single-use.ts'
import type { Issue, TokenResponse } from '../../../core/tokens/issue-tokens.ts'
import type { Confirmation } from '../../../spec/confirmation.ts'
import type { Params } from '../../../spec/params.ts'
import type { Refusal } from '../../../spec/refusal.ts'
import type { ProviderPorts } from '../ports.ts'

export interface TokenRequest {
  readonly params: Params
  readonly client: Client
  readonly now: Date
  /** For the audit. */
  readonly address: string
  readonly requestId: string
  /** What the access token of this request is bound to (RFC 9449 §6, RFC 8705 §3); absent: to nothing. */
  readonly cnf?: Confirmation
  /** The thumbprint of the DPoP key that was proven (RFC 9449 §10). */
  readonly dpopJkt?: string
  /** The thumbprint of the attested key of the installation that calls (Attestation-Based Client Authentication §10.3). */
  readonly instanceKey?: string
  /** For a grant type with `usesUp`; empty for all others, whose requests are used up before. */
  readonly uses: readonly SingleUse[]
}

/** What the tokens of a request are bound to, for `issueTokens`. */
export function boundTo({ cnf, instanceKey }: TokenRequest): Pick<Issue, 'cnf' | 'instanceKey'> {
  return { ...(cnf === undefined ? {} : { cnf }), ...(instanceKey === undefined ? {} : { instanceKey }) }
}

export type TokenOutcome =
  | { readonly kind: 'issued'; readonly response: TokenResponse }
  /** RFC 8628 §3.5: `authorization_pending` or `slow_down`, every few seconds; no refusal that anybody would look for. */
  | { readonly kind: 'waiting'; readonly refusal: Refusal }
  /** Whose sign-in it was, as far as that is known: the trace of the sign-in shows the refusal, too. */
  | {
      readonly kind: 'refused'
      readonly refusal: Refusal
      readonly traceCode?: TraceCode
      readonly accountId?: AccountId
      /** What `usesUp` promises was done with a commit that ended the grant. */
      readonly isUsedUp?: boolean
    }

export interface GrantType {
  readonly name: string
  /** It puts `request.uses` first into the unit that it commits when it issues tokens, which saves a commit. */
  readonly usesUp?: boolean
  exchange(request: TokenRequest, ports: ProviderPorts): Promise<TokenOutcome>
}
