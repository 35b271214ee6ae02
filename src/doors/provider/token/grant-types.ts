/** The grant types this server speaks; discovery lists the same. */

import type { GrantType } from './grant-type.ts'
import { authorizationCodeGrant } from './grants/authorization-code.ts'
import { clientCredentialsGrant } from './grants/client-credentials.ts'
import { refreshTokenGrant } from './grants/refresh-token.ts'

export const GRANT_TYPES: readonly GrantType[] = [authorizationCodeGrant, refreshTokenGrant, clientCredentialsGrant]
