/** `throttling`: the brake on password guessing. */

import { z } from 'zod'
import { addressList } from '../values/network.ts'

export const throttling = z
  .strictObject({
    enabled: z.boolean().prefault(true).describe('Slow down repeated wrong passwords.'),
    trusted_addresses: addressList().prefault([]).describe('Addresses or networks that are never slowed down.'),
  })
  .transform(({ enabled, trusted_addresses }) => ({ enabled, trustedAddresses: trusted_addresses }))
  .prefault({})
  .describe('The brake on password guessing, per account and per address. It slows down and never locks out.')
