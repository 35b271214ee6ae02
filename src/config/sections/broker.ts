/** `broker`: signing in through other identity providers, as far as it is the same for all of them. */

import { z } from 'zod'
import { duration } from '../values/duration.ts'

export const broker = z
  .strictObject({
    default: z
      .string()
      .min(1)
      .optional()
      .describe('The alias of the upstream where people go at once, without the sign-in page.'),
    keep_failed_answers: duration({ standard: '1h', atLeast: '0s', atMost: '7d' }).describe(
      'How long the encrypted answer of a failed sign-in is kept, so that an administrator can try a repaired mapping on it.',
    ),
    metadata_refresh: duration({ standard: '1h', atLeast: '1m', atMost: '7d' }).describe(
      'How often the discovery documents of upstreams are read again.',
    ),
  })
  .transform(({ keep_failed_answers, metadata_refresh, ...rest }) => ({
    ...(rest.default === undefined ? {} : { default: rest.default }),
    keepFailedAnswerSeconds: keep_failed_answers,
    metadataRefreshSeconds: metadata_refresh,
  }))
  .prefault({})
  .describe('Identity providers that people sign in through, as far as it is the same for all of them.')
