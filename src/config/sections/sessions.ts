/** `sessions`: how long people stay signed in. */

import { z } from 'zod'
import { duration } from '../values/duration.ts'

export const sessions = z
  .strictObject({
    max_age: duration({ standard: '14d', atLeast: '1m', atMost: '10y' }).describe(
      'How long after signing in a browser has to sign in again.',
    ),
  })
  .transform(({ max_age }) => ({ maxAgeSeconds: max_age }))
  .prefault({})
  .describe('Sessions of people in their browsers.')
