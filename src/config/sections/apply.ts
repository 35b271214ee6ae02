/** `apply`: when the things that stand in files are brought into the database. */

import { z } from 'zod'

export const apply = z
  .strictObject({
    at_start: z
      .boolean()
      .prefault(true)
      .describe(
        'The server applies what the files declare before its doors open, and does not start when that breaks a rule. Otherwise only `sallyport apply` does.',
      ),
    prune: z
      .boolean()
      .prefault(false)
      .describe(
        'What left the files is deleted at the start, instead of staying and belonging to nobody. Files without any thing delete nothing.',
      ),
  })
  .transform(({ at_start, prune }) => ({ atStart: at_start, prunes: prune }))
  .prefault({})
  .describe('Clients, upstreams, accounts, groups, policies and attributes that are declared in files.')
