/** `lint`: what `sallyport lint` keeps to itself. */

import { z } from 'zod'

export const lint = z
  .strictObject({
    ignore: z
      .array(z.string().trim().min(1))
      .prefault([])
      .describe(
        'Rules that are not reported, by their ids: `client-pkce-off`, … The reference of lint rules lists them.',
      ),
  })
  .prefault({})
  .describe('What `sallyport lint` keeps to itself.')
