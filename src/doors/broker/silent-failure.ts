/** Asked without a page (`prompt=none`), and the upstream cannot say yes: the app hears of it, never the person (OIDC Core §3.1.2.6). */

import type { Flow } from '../../core/flow/flow.ts'
import type { AttemptId } from '../../core/upstreams/attempt-id.ts'
import type { Refusal } from '../../spec/refusal.ts'

/** What an app can do something about. Anything else means to it that the person has to sign in with a page. */
const PASSED_ON: ReadonlySet<string> = new Set([
  'login_required',
  'interaction_required',
  'consent_required',
  'account_selection_required',
])

export function silentlyFailed(flow: Flow, attemptId: AttemptId, { error }: Pick<Refusal, 'error'>): Flow {
  return {
    ...flow,
    upstream: {
      at: 'failed',
      attemptId,
      error: PASSED_ON.has(error) ? error : 'login_required',
      description: 'the upstream did not sign the person in without a page',
    },
  }
}
