/** `requests`: how apps may send their authorization requests. */

import { z } from 'zod'

export const requests = z
  .strictObject({
    require_pushed: z
      .boolean()
      .prefault(false)
      .describe('Only pushed authorization requests (RFC 9126), from every app; otherwise as each app is registered.'),
    require_signed: z
      .boolean()
      .prefault(false)
      .describe('Only signed request objects (RFC 9101), from every app; otherwise as each app is registered.'),
  })
  .transform(({ require_pushed, require_signed }) => ({ requirePushed: require_pushed, requireSigned: require_signed }))
  .prefault({})
  .describe('How apps may send their authorization requests.')
