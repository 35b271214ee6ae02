/** The grant types this server speaks; discovery lists the same. */

import type { GrantType } from './grant-type.ts'
import { authorizationCodeGrant } from './grants/authorization-code.ts'
import { cibaGrant } from './grants/ciba.ts'
import { clientCredentialsGrant } from './grants/client-credentials.ts'
import { deviceCodeGrant } from './grants/device-code.ts'
import { jwtBearerGrant } from './grants/jwt-bearer.ts'
import { refreshTokenGrant } from './grants/refresh-token.ts'
import { tokenExchangeGrant } from './grants/token-exchange.ts'

export const GRANT_TYPES: readonly GrantType[] = [
  authorizationCodeGrant,
  refreshTokenGrant,
  clientCredentialsGrant,
  deviceCodeGrant,
  cibaGrant,
  tokenExchangeGrant,
  jwtBearerGrant,
]
