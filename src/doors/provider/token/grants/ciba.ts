/** The CIBA grant (CIBA Core §10.1): an app that asked from afar collects what the person allowed. */

import { CIBA } from '../../../../spec/grant-types.ts'
import { refuse } from '../../../../spec/refusal.ts'
import type { GrantType } from '../grant-type.ts'
import { collectDeferred } from './deferred.ts'

export const cibaGrant: GrantType = {
  name: CIBA,
  async exchange(request, ports) {
    // CIBA Core §11: a client in push mode gets its tokens at its notification endpoint, and nowhere else.
    if (request.client.backchannelTokenDeliveryMode === 'push') {
      const refusal = refuse(
        'unauthorized_client',
        'a client in push mode does not ask the token endpoint',
        'CIBA Core §11 the client polls or is pinged (backchannel_token_delivery_mode)',
        { client_id: request.client.clientId },
      )
      return { kind: 'refused', refusal }
    }
    return collectDeferred(
      { grantType: CIBA, kind: 'backchannel', parameter: 'auth_req_id', section: 'CIBA Core §10.1' },
      request,
      ports,
    )
  },
}
