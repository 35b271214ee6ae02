/** Client settings → the properties of a client, with the defaults filled in; or all mistakes. The same rules for a new and a changed client. */

import { CIBA } from '../../spec/grant-types.ts'
import type { Decided, SettingsMistake } from '../settings-mistake.ts'
import type { ClientType, TokenEndpointAuthMethod } from './client.ts'
import type { ClientSettings, SupportedByServer } from './client-settings.ts'
import { METADATA } from './metadata-table.ts'
import type { ClientProperties, ProfileDefaults } from './profiles/profile-rule.ts'
import { profileMistakes, profileOf } from './profiles.ts'
import { checkRedirectUris } from './redirect-uri-rules.ts'
import { checkEncryptionPairs, standardEncs } from './rules/encryption-rules.ts'
import { checkGrants, grantsOf } from './rules/grant-rules.ts'
import { checkLifetimes } from './rules/lifetime-rules.ts'
import { checkMethods, checkProof } from './rules/proof-rules.ts'
import { checkApplicationType, checkSector, sectorIdentifierOf } from './rules/redirect-rules.ts'
import { checkValues } from './rules/value-rules.ts'

export type { ClientProperties } from './profiles/profile-rule.ts'

/** What a confidential client may use when nothing was said. */
const STANDARD_METHODS: readonly TokenEndpointAuthMethod[] = ['client_secret_basic', 'client_secret_post']

export function parseClient(
  settings: ClientSettings,
  supported: SupportedByServer,
): Decided<{ readonly properties: ClientProperties }> {
  const properties = withDefaults(settings, supported)
  const mistakes = [
    ...checkClientId(settings.clientId),
    ...checkValues(settings, supported),
    ...checkMethods(settings, supported),
    ...checkEncryptionPairs(settings),
    ...checkGrants(properties),
    ...checkProof(properties),
    ...checkApplicationType(properties),
    ...checkSector(properties),
    ...checkLifetimes(properties),
    ...profileMistakes(properties),
  ]
  return mistakes.length > 0 ? { mistakes } : { properties, warnings: warningsOf(properties) }
}

function checkClientId(clientId: string): readonly SettingsMistake[] {
  if (/^\.{1,2}$/.test(clientId)) {
    // RFC 3986 §5.2.4: whoever sends the address of the client, its dots are taken for a way up.
    const message = 'cannot be . or .., which is a way and no name in the address of the client'
    return [{ member: 'client_id', rule: 'RFC 3986 §5.2.4 dot segments', message }]
  }
  // RFC 6749 appendix A.1: VSCHAR; ours leaves out the blank, which nobody sees.
  return /^[\x21-\x7e]{1,255}$/.test(clientId)
    ? []
    : [
        {
          member: 'client_id',
          rule: 'RFC 6749 appendix A.1 client_id syntax',
          message: clientId === '' ? 'is empty' : 'must be 1 to 255 visible ASCII characters without blanks',
        },
      ]
}

/** Complete, but only as right as the settings: the rules look at it before anything is made of it. */
function withDefaults(settings: ClientSettings, supported: SupportedByServer): ClientProperties {
  const type: ClientType = settings.type === 'public' ? 'public' : 'confidential'
  const { clientId, name = '', tokenEndpointAuthMethods = [] } = settings
  const ofProfile = profileOf({ profile: settings.profile as ClientProperties['profile'] & string }).defaults(settings)
  const sector = settings.subjectType === 'pairwise' ? sectorIdentifierOf(settings) : undefined
  return {
    ...standards(type, supported),
    ...standardEncs(settings),
    ...(settings.grantTypes?.includes(CIBA) === true ? { backchannelTokenDeliveryMode: 'poll' } : {}),
    ...ofProfile,
    ...(saidBy(settings) as Partial<ClientProperties>),
    ...grantsOf(settings),
    clientId,
    type,
    name: name === '' ? clientId : name,
    tokenEndpointAuthMethods: methodsOf(type, tokenEndpointAuthMethods, ofProfile),
    ...(sector === undefined ? {} : { sectorIdentifier: sector }),
  }
}

type Standards = Pick<
  ClientProperties,
  | 'redirectUris'
  | 'postLogoutRedirectUris'
  | 'scopes'
  | 'idTokenSignedResponseAlg'
  | 'requirePkce'
  | 'allowPlainPkce'
  | 'consentMode'
>

function standards(type: ClientType, { scopes }: SupportedByServer): Standards {
  return {
    redirectUris: [],
    postLogoutRedirectUris: [],
    scopes,
    // OIDC Registration §2: the default is RS256.
    idTokenSignedResponseAlg: 'RS256',
    requirePkce: type === 'public',
    allowPlainPkce: false,
    consentMode: 'remember',
  }
}

/** What was said, each value of a list once. */
function saidBy(settings: ClientSettings): object {
  const members = [...METADATA.map(({ member }) => member), 'localized'] as const
  return Object.fromEntries(
    members.flatMap(member => {
      const value = settings[member]
      if (value === undefined) return []
      return [[member, Array.isArray(value) ? [...new Set(value)] : value]]
    }),
  )
}

function methodsOf(
  type: ClientType,
  said: readonly string[],
  ofProfile: ProfileDefaults,
): readonly TokenEndpointAuthMethod[] {
  if (type === 'public') return ['none']
  const chosen = [...new Set(said)] as TokenEndpointAuthMethod[]
  return chosen.length > 0 ? chosen : (ofProfile.tokenEndpointAuthMethods ?? STANDARD_METHODS)
}

function warningsOf({
  clientId,
  grantTypes,
  redirectUris,
  postLogoutRedirectUris,
}: ClientProperties): readonly string[] {
  const unusable =
    grantTypes.includes('authorization_code') && redirectUris.length === 0
      ? [`${clientId} has no redirect URI: nobody can sign in through it until it has one.`]
      : []
  return [
    ...checkRedirectUris('redirect_uris', redirectUris).warnings,
    ...checkRedirectUris('post_logout_redirect_uris', postLogoutRedirectUris).warnings,
    ...unusable,
  ]
}
