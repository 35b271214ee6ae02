/** `authorization_details`: what apps may ask for as structured data (RFC 9396). */

import { z } from 'zod'

export const authorizationDetails = z
  .strictObject({
    types: z
      .array(z.string().trim().min(1).max(200))
      .prefault([])
      .describe('The types of authorization details that are known here. Each app is registered for those it may use.'),
  })
  .prefault({})
  .describe('What apps may ask for as structured data (RFC 9396).')
