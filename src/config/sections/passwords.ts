/** `passwords`: what a new password must be like. */

import { z } from 'zod'

export const passwords = z
  .strictObject({
    min_length: z
      .int()
      .min(8)
      .max(128)
      .prefault(8)
      .describe('The fewest characters of a new password, from 8 to 128. Existing passwords keep working.'),
  })
  .transform(({ min_length }) => ({ minLength: min_length }))
  .prefault({})
  .describe('Rules for new passwords.')
