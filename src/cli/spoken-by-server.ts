/** What this server speaks, for the rules of clients. The grant types are named here because the command line does not open doors. */

import type { SupportedByServer } from '../core/clients/client-settings.ts'
import { RESPONSE_TYPES_SPOKEN } from '../spec/authorization-parameters.ts'
import { SIGNING_ALGORITHMS } from '../spec/jws.ts'
import { SCOPES } from '../spec/scope.ts'

/** `test/flows/cli.test.ts` holds the grant types against those of the token endpoint. */
export const SPOKEN_BY_SERVER: SupportedByServer = {
  responseTypes: RESPONSE_TYPES_SPOKEN,
  grantTypes: ['authorization_code', 'refresh_token', 'client_credentials'],
  scopes: SCOPES,
  idTokenAlgorithms: SIGNING_ALGORITHMS,
}
