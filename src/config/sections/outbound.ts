/** `outbound`: where our own requests may go. */

import { z } from 'zod'
import { hostList } from '../values/network.ts'

export const outbound = z
  .strictObject({
    allow_private: hostList()
      .prefault([])
      .describe('Hosts, addresses or networks inside the private network that outgoing requests may reach.'),
  })
  .transform(({ allow_private }) => ({ allowPrivate: allow_private }))
  .prefault({})
  .describe('Requests that the server itself makes. Private addresses are refused unless they are listed here.')
