/** The whole of `sallyport.yaml`: one member per section, each with a file of its own. */

import { z } from 'zod'
import { apply } from './sections/apply.ts'
import { assertionIssuers } from './sections/assertion-issuers.ts'
import { attestation } from './sections/attestation.ts'
import { audit } from './sections/audit.ts'
import { authentication } from './sections/authentication.ts'
import { authorizationDetails } from './sections/authorization-details.ts'
import { branding } from './sections/branding.ts'
import { broker } from './sections/broker.ts'
import { clientIdMetadataDocuments } from './sections/client-id-metadata-documents.ts'
import { database, databaseFile } from './sections/database.ts'
import { device } from './sections/device.ts'
import { dpop } from './sections/dpop.ts'
import { flows } from './sections/flows.ts'
import { issuer } from './sections/issuer.ts'
import { lint } from './sections/lint.ts'
import { listen } from './sections/listen.ts'
import { log } from './sections/log.ts'
import { mail } from './sections/mail.ts'
import { masterKey, masterKeyFile } from './sections/master-key.ts'
import { metrics } from './sections/metrics.ts'
import { outbound } from './sections/outbound.ts'
import { passwords } from './sections/passwords.ts'
import { proxies } from './sections/proxies.ts'
import { registration } from './sections/registration.ts'
import { requests } from './sections/requests.ts'
import { resources } from './sections/resources.ts'
import { secrets } from './sections/secrets.ts'
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
  authentication,
  authorization_details: authorizationDetails,
  requests,
  device,
  dpop,
  attestation,
  throttling,
  passwords,
  branding,
  mail,
  broker,
  secrets,
  metrics,
  audit,
  registration,
  client_id_metadata_documents: clientIdMetadataDocuments,
  resources,
  assertion_issuers: assertionIssuers,
  apply,
  lint,
})

export type ParsedSettings = z.output<typeof configSchema>
