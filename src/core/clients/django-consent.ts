/** django-oidc-provider's two switches about consent, as one of our modes. */

import type { ConsentMode } from './client.ts'

export interface DjangoConsent {
  /** Off: the person is never asked. */
  readonly requireConsent?: boolean
  /** On: what was allowed once is not asked again. */
  readonly reuseConsent?: boolean
}

/** Both are on by default there. `require_consent` off wins, because then there is nothing to reuse. */
export function consentModeOfDjango({ requireConsent = true, reuseConsent = true }: DjangoConsent): ConsentMode {
  if (!requireConsent) return 'never'
  return reuseConsent ? 'remember' : 'always'
}
