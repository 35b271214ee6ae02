/** `dpop`: tokens that are bound to a key of the app (RFC 9449). */

import { z } from 'zod'

export const dpop = z
  .strictObject({
    nonce: z
      .enum(['off', 'token', 'always'])
      .prefault('off')
      .describe(
        'Whether proofs need a nonce of this server: `token` where tokens are issued, `always` also where they are used. It keeps proofs from being made in stock, and costs apps a second request now and then.',
      ),
  })
  .prefault({})
  .describe('Tokens that are bound to a key of the app (DPoP, RFC 9449).')
