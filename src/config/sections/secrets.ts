/** `secrets`: where secrets of others are kept that no settings file should hold. */

import { z } from 'zod'

export const secrets = z
  .strictObject({
    vault: z
      .string()
      .min(1)
      .optional()
      .describe(
        'A folder with one file per secret: `${vault.NAME}` in the settings of an upstream or a client is the file NAME in it.',
      ),
  })
  .transform(({ vault }) => (vault === undefined ? {} : { vault }))
  .prefault({})
  .describe('Secrets that are kept outside of the settings.')
