/** `proxies`: who may tell us the address of a visitor. */

import { z } from 'zod'
import { addressList } from '../values/network.ts'

export const proxies = z
  .strictObject({
    trusted: addressList()
      .prefault([])
      .describe('Addresses or networks of reverse proxies. `X-Forwarded-*` headers from anybody else are ignored.'),
  })
  .prefault({})
  .describe('Reverse proxies in front of the server.')
