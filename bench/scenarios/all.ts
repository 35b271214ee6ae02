/** Every scenario, in the order of the report. */

import { introspection, userInfo } from './access-tokens.ts'
import { authorize } from './authorize.ts'
import { dpop, jwtAccessToken, privateKeyJwt, pushedRequest } from './certified.ts'
import { clientCredentials } from './client-credentials.ts'
import { codeExchangeAlone, codeExchangeEs256, codeExchangeRs256 } from './code-exchange.ts'
import { discovery, jwks } from './documents.ts'
import { passwordSignIn } from './password-sign-in.ts'
import { refreshEs256, refreshRs256 } from './refresh.ts'
import type { Scenario } from './scenario.ts'

export const SCENARIOS: readonly Scenario[] = [
  discovery,
  jwks,
  clientCredentials,
  codeExchangeEs256,
  codeExchangeRs256,
  refreshEs256,
  refreshRs256,
  userInfo,
  introspection,
  authorize,
  pushedRequest,
  privateKeyJwt,
  dpop,
  jwtAccessToken,
  codeExchangeAlone,
  passwordSignIn,
]
