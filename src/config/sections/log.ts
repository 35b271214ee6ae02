/** `log`: what is written to standard output. */

import { z } from 'zod'

export const log = z
  .strictObject({
    level: z
      .enum(['debug', 'info', 'warn', 'error', 'silent'])
      .prefault('info')
      .describe('The least important kind of line that is written.'),
    requests: z
      .boolean()
      .prefault(false)
      .describe('One line per request at level info; otherwise such lines are at level debug.'),
  })
  .prefault({})
  .describe('The log: one JSON object per line.')
