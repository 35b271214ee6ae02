/** `audit`: how long we remember who did what. */

import { z } from 'zod'
import { duration } from '../values/duration.ts'

export const audit = z
  .strictObject({
    retention: duration({ standard: '400d', atLeast: '1d', atMost: '100y' }).describe(
      'Audit events older than this are deleted.',
    ),
  })
  .transform(({ retention }) => ({ retentionSeconds: retention }))
  .prefault({})
  .describe('The audit journal.')
