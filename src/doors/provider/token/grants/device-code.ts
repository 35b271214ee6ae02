/** The device code grant (RFC 8628 §3.4): the device asks until the person has decided. */

import { DEVICE_CODE } from '../../../../spec/grant-types.ts'
import type { GrantType } from '../grant-type.ts'
import { collectDeferred } from './deferred.ts'

export const deviceCodeGrant: GrantType = {
  name: DEVICE_CODE,
  exchange: (request, ports) =>
    collectDeferred(
      { grantType: DEVICE_CODE, kind: 'device', parameter: 'device_code', section: 'RFC 8628 §3.4' },
      request,
      ports,
    ),
}
