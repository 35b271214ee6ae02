/** `master_key`: what the secrets in the database are encrypted under. */

import { z } from 'zod'
import { MIN_MASTER_KEY_LENGTH } from '../../lib/master-key.ts'

export const MASTER_KEY_RULE = `must have at least ${MIN_MASTER_KEY_LENGTH} characters (openssl rand -base64 32 makes a good one)`

export const masterKey = z
  .string()
  .refine(isMasterKey, MASTER_KEY_RULE)
  .optional()
  .describe(
    'Text of 32 characters or more that encrypts the signing keys in the database. Without it the server makes one and keeps it as `master.key` beside the SQLite file (in `./data` with PostgreSQL). Several nodes need the same one.',
  )

export const masterKeyFile = z.string().min(1).optional().describe('A file that contains the value of `master_key`.')

export function isMasterKey(text: string): boolean {
  return text.trim().length >= MIN_MASTER_KEY_LENGTH
}
