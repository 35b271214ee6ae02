/** The whole of `sallyport.yaml`: one member per section, each with a file of its own. */

import { z } from 'zod'
import { audit } from './sections/audit.ts'
import { branding } from './sections/branding.ts'
import { database, databaseFile } from './sections/database.ts'
import { flows } from './sections/flows.ts'
import { issuer } from './sections/issuer.ts'
import { listen } from './sections/listen.ts'
import { log } from './sections/log.ts'
import { masterKey, masterKeyFile } from './sections/master-key.ts'
import { metrics } from './sections/metrics.ts'
import { outbound } from './sections/outbound.ts'
import { passwords } from './sections/passwords.ts'
import { proxies } from './sections/proxies.ts'
import { sessions } from './sections/sessions.ts'
import { throttling } from './sections/throttling.ts'
import { tls } from './sections/tls.ts'
import { tokens } from './sections/tokens.ts'

export const configSchema = z.strictObject({
  issuer,
  listen,
  database,
  database_file: databaseFile,
  master_key: masterKey,
  master_key_file: masterKeyFile,
  tls,
  proxies,
  outbound,
  log,
  sessions,
  tokens,
  flows,
  throttling,
  passwords,
  branding,
  metrics,
  audit,
})

export type ParsedSettings = z.output<typeof configSchema>
