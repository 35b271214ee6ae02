/** The broker door: to upstreams and back. */

import type { Endpoint } from '../../http/endpoint.ts'
import { backchannelLogoutEndpoint } from './backchannel-logout.ts'
import { callbackEndpoint } from './callback.ts'
import { frontChannelLogoutEndpoint } from './front-channel-logout.ts'
import { logoutResponseEndpoint } from './logout-response.ts'
import type { BrokerPorts } from './ports.ts'
import { startEndpoints } from './start.ts'

export function brokerEndpoints(ports: BrokerPorts): readonly Endpoint[] {
  return [
    ...startEndpoints(ports),
    callbackEndpoint(ports),
    logoutResponseEndpoint(ports),
    frontChannelLogoutEndpoint(ports),
    backchannelLogoutEndpoint(ports),
  ]
}
