/** `database`: where everything is stored. */

import { z } from 'zod'

export const DATABASE_RULE =
  'must be sqlite:PATH (sqlite:./data/sallyport.db) or postgres://user:password@host:5432/name'

export const database = z
  .string()
  .refine(isDatabaseUrl, DATABASE_RULE)
  .prefault('sqlite:./data/sallyport.db')
  .describe(
    '`sqlite:PATH` (one file; relative to the folder the server is started in) or `postgres://user:password@host/name`.',
  )

export const databaseFile = z
  .string()
  .min(1)
  .optional()
  .describe('A file that contains the value of `database`, so that its password stays out of the settings.')

export function isDatabaseUrl(text: string): boolean {
  if (text.startsWith('sqlite:')) return text.length > 'sqlite:'.length && !text.startsWith('sqlite://')
  return /^postgres(ql)?:\/\/./.test(text) && URL.canParse(text)
}
