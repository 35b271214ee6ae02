/** Grant types and response types: what goes with what, and what a public client cannot have. */

import {
  AUTHORIZATION_CODE,
  CIBA,
  CLIENT_CREDENTIALS,
  DEVICE_CODE,
  IMPLICIT,
  JWT_BEARER,
  REFRESH_TOKEN,
} from '../../../spec/grant-types.ts'
import {
  type ResponseType,
  responseTypeOf,
  yieldsAccessToken,
  yieldsCode,
  yieldsIdToken,
} from '../../../spec/response-types.ts'
import type { SettingsMistake } from '../../settings-mistake.ts'
import type { ClientSettings } from '../client-settings.ts'
import type { ClientProperties } from '../profiles/profile-rule.ts'

type Mistakes = readonly SettingsMistake[]
type Grants = Pick<ClientProperties, 'grantTypes' | 'responseTypes'>

/** After these a person, or an assertion about one, stands behind the tokens. */
const REFRESHABLE = [AUTHORIZATION_CODE, DEVICE_CODE, CIBA, JWT_BEARER]

export function checkGrants(client: ClientProperties): Mistakes {
  return [...checkPublicGrants(client), ...checkTogether(client), ...checkCiba(client)]
}

/** RFC 7591 §2.1: what of the two was not said follows from the other. */
export function grantsOf({ responseTypes, grantTypes }: ClientSettings): Grants {
  const known = responseTypes?.flatMap(text => responseTypeOf(text) ?? [])
  const types: readonly ResponseType[] = known ?? (grantTypes?.includes(AUTHORIZATION_CODE) === false ? [] : ['code'])
  return { responseTypes: [...new Set(types)], grantTypes: [...new Set(grantTypes ?? grantTypesFor(types))] }
}

function grantTypesFor(types: readonly ResponseType[]): readonly string[] {
  return [
    ...(types.some(yieldsCode) ? [AUTHORIZATION_CODE] : []),
    ...(types.some(isImplicit) ? [IMPLICIT] : []),
    ...(types.some(yieldsCode) ? [REFRESH_TOKEN] : []),
  ]
}

function isImplicit(type: ResponseType): boolean {
  return yieldsIdToken(type) || yieldsAccessToken(type)
}

function checkPublicGrants({ type, grantTypes, requirePkce }: ClientProperties): Mistakes {
  if (type !== 'public') return []
  const refused = [
    // RFC 6749 §4.4: the client credentials grant type MUST only be used by confidential clients.
    [CLIENT_CREDENTIALS, 'RFC 6749 §4.4'],
    // CIBA Core §7.1: the client MUST authenticate.
    [CIBA, 'CIBA Core §7.1'],
  ] as const
  return [
    ...refused
      .filter(([grant]) => grantTypes.includes(grant))
      .map(([grant, rule]) => ({ member: 'grant_types', rule, message: `${grant} is for confidential clients only` })),
    // RFC 9700 §2.1.1: public clients MUST use PKCE.
    ...(requirePkce
      ? []
      : [{ member: 'require_pkce', rule: 'RFC 9700 §2.1.1', message: 'cannot be switched off for a public client' }]),
  ]
}

/** RFC 7591 §2.1, the table: code goes with authorization_code, id_token and token go with implicit. */
function checkTogether({ grantTypes, responseTypes }: Grants): Mistakes {
  const rule = 'RFC 7591 §2.1'
  const has = (grant: string): boolean => grantTypes.includes(grant)
  const codes = responseTypes.filter(yieldsCode)
  const implicits = responseTypes.filter(isImplicit)
  return [
    ...(codes.length > 0 && !has(AUTHORIZATION_CODE)
      ? [{ member: 'grant_types', rule, message: `response type "${codes[0]}" needs authorization_code` }]
      : []),
    ...(implicits.length > 0 && !has(IMPLICIT)
      ? [{ member: 'grant_types', rule, message: `response type "${implicits[0]}" needs implicit` }]
      : []),
    ...(has(AUTHORIZATION_CODE) && codes.length === 0
      ? [{ member: 'response_types', rule, message: 'grant type authorization_code needs a type with code' }]
      : []),
    ...(has(IMPLICIT) && implicits.length === 0
      ? [{ member: 'response_types', rule, message: 'grant type implicit needs a type with id_token or token' }]
      : []),
    ...(has(REFRESH_TOKEN) && !REFRESHABLE.some(has)
      ? [
          {
            member: 'grant_types',
            rule: 'RFC 6749 §6',
            message: 'refresh_token needs authorization_code beside it, or another grant type with a person behind it',
          },
        ]
      : []),
  ]
}

/** CIBA Core §4: ping and push call the client back. */
function checkCiba(client: ClientProperties): Mistakes {
  const { backchannelTokenDeliveryMode: mode, backchannelClientNotificationEndpoint: endpoint } = client
  if (mode === undefined || mode === 'poll' || endpoint !== undefined) return []
  return [
    {
      member: 'backchannel_client_notification_endpoint',
      rule: 'CIBA Core §4',
      message: `must be there with the delivery mode ${mode}`,
    },
  ]
}
