/** Profiles: sets of named rules that a client is held to. Refusals name the profile and the rule. */

import { type Refusal, refuse } from '../../spec/refusal.ts'
import type { SettingsMistake } from '../settings-mistake.ts'
import type { Client, ProfileName } from './client.ts'
import { DEFAULT_PROFILE } from './profiles/default-profile.ts'
import { FAPI_1_ADVANCED } from './profiles/fapi-1-advanced.ts'
import { FAPI_2 } from './profiles/fapi-2.ts'
import { OAUTH_2_1 } from './profiles/oauth-2-1.ts'
import type {
  AuthorizationFacts,
  ClientProperties,
  Profile,
  ProfileLimits,
  ProfileRule,
  RequestObjectFacts,
  TokenFacts,
} from './profiles/profile-rule.ts'

export type { AuthorizationFacts, RequestObjectFacts, TokenFacts } from './profiles/profile-rule.ts'

/** From the mildest to the strictest. */
export const PROFILES: readonly Profile[] = [DEFAULT_PROFILE, OAUTH_2_1, FAPI_1_ADVANCED, FAPI_2]

type Held = Pick<Client, 'profile'>

export function profileOf({ profile = 'default' }: Held): Profile {
  return PROFILES.find(({ name }) => name === profile) ?? DEFAULT_PROFILE
}

/** Every rule that the settings break, by the member that breaks it. */
export function profileMistakes(client: ClientProperties): readonly SettingsMistake[] {
  const profile = profileOf(client)
  return profile.rules.flatMap(rule =>
    (rule.registration?.(client) ?? []).map(({ member, message }) => ({
      member,
      rule: ruleName(profile.name, rule),
      message: `${message} (profile ${profile.name}, ${rule.section})`,
    })),
  )
}

export function checkProfileAtRegistration(client: ClientProperties): Refusal | undefined {
  return check(client, 'invalid_client_metadata', rule => rule.registration?.(client).length === 0)
}

/** After the redirect URI was verified: a refusal may be redirected. */
export function checkProfileAtAuthorization(client: Held, facts: AuthorizationFacts): Refusal | undefined {
  return check(client, 'invalid_request', rule => rule.authorization?.(facts))
}

/** After the signature of the request object was verified. */
export function checkProfileOfRequestObject(client: Held, facts: RequestObjectFacts): Refusal | undefined {
  return check(client, 'invalid_request_object', rule => rule.requestObject?.(facts))
}

/** After the client was authenticated and its proof of possession verified; also for pushed requests. */
export function checkProfileAtToken(client: Held, facts: TokenFacts): Refusal | undefined {
  // RFC 6749 §5.2: how the client proved itself was wrong, or only its request.
  const error = (rule: ProfileRule) => (rule.name === 'bound_tokens' ? 'invalid_request' : 'invalid_client')
  return check(client, error, rule => rule.token?.(facts))
}

/** A refusal by a setting that the profile demands speaks in the name of the profile; any other one stays as it is. */
export function inNameOfProfile(client: Held, refusal: Refusal): Refusal {
  const { name, rules } = profileOf(client)
  const same = rules.find(({ settings = [] }) => settings.some(setting => refusal.rule.endsWith(setting)))
  return same === undefined ? refusal : refusalBy(name, same, refusal.error, refusal.facts)
}

/** The longest lifetimes that the client's profile allows, whatever the settings say. */
export function profileLimits(client: Held): ProfileLimits {
  return profileOf(client).limits
}

type Kept = boolean | undefined

function check(
  client: Held,
  error: string | ((rule: ProfileRule) => string),
  isKept: (rule: ProfileRule) => Kept,
): Refusal | undefined {
  const { name, rules } = profileOf(client)
  const broken = rules.find(rule => isKept(rule) === false)
  if (broken === undefined) return undefined
  return refusalBy(name, broken, typeof error === 'string' ? error : error(broken))
}

function refusalBy(profile: ProfileName, rule: ProfileRule, error: string, facts: Refusal['facts'] = {}): Refusal {
  const { setting: _, ...others } = facts
  return refuse(error, `profile ${profile} requires ${rule.demand}`, ruleName(profile, rule), {
    ...others,
    profile,
    setting: 'profile',
  })
}

/** `fapi2 pushed_requests, FAPI 2.0 §5.3.2.2-3` */
function ruleName(profile: ProfileName, { name, section }: ProfileRule): string {
  return `${profile} ${name}, ${section}`
}
