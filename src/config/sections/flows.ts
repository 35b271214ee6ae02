/** `flows`: sign-ins in progress. */

import { z } from 'zod'
import { duration } from '../values/duration.ts'

export const flows = z
  .strictObject({
    lifetime: duration({ standard: '1h', atLeast: '1m', atMost: '1d' }).describe(
      'How long a person may take from the first page to the last.',
    ),
  })
  .transform(({ lifetime }) => ({ lifetimeSeconds: lifetime }))
  .prefault({})
  .describe('Sign-ins in progress.')
