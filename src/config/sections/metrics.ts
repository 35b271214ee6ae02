/** `metrics`: who may read `/metrics`. */

import { z } from 'zod'
import { addressList } from '../values/network.ts'

export const metrics = z
  .strictObject({
    allow: addressList()
      .prefault(['127.0.0.0/8', '::1/128'])
      .describe('Addresses or networks that may read `/metrics`.'),
  })
  .prefault({})
  .describe('Prometheus metrics.')
