/** A grant type (RFC 6749 §1.3) as the token endpoint sees it. The list of them is `grant-types.ts`. */

import type { AccountId } from '../../../core/accounts/account.ts'
import type { TraceCode } from '../../../core/audit/audit-event.ts'
import type { Client } from '../../../core/clients/client.ts'
import type { TokenResponse } from '../../../core/tokens/issue-tokens.ts'
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
}

export type TokenOutcome =
  | { readonly kind: 'issued'; readonly response: TokenResponse }
  /** Whose sign-in it was, as far as that is known: the trace of the sign-in shows the refusal, too. */
  | {
      readonly kind: 'refused'
      readonly refusal: Refusal
      readonly traceCode?: TraceCode
      readonly accountId?: AccountId
    }

export interface GrantType {
  readonly name: string
  exchange(request: TokenRequest, ports: ProviderPorts): Promise<TokenOutcome>
}
