/** What an Authelia client may ask for, and what people are asked. */

import { GRANT_TYPES_SPOKEN } from '../../../spec/grant-types.ts'
import { RESPONSE_MODES, RESPONSE_TYPES } from '../../../spec/response-types.ts'
import type { SourceRow, Taken } from '../source-rows.ts'
import { isStandardClaim } from '../standard-claims.ts'
import { objectOf, textOf, textsOf } from '../values.ts'
import type { AutheliaContext } from './authelia-context.ts'
import { autheliaSeconds } from './authelia-duration.ts'
import { scopesWithAttributes } from './claims.ts'
import { lifetimesOf } from './lifespans.ts'

export const STANDARD_SCOPES: readonly string[] = [
  'openid',
  'offline_access',
  'profile',
  'email',
  'address',
  'phone',
  'groups',
]

export const SECOND_FACTORS =
  'Second factors do not come along: until people have one here, or come through an upstream that names its methods (trust_amr), one_factor lets them in.'

export function accessRows(context: AutheliaContext): readonly SourceRow[] {
  return [
    {
      setting: 'scopes',
      outcome: 'mapped',
      field: 'scope',
      why: 'authelia.bearer.authz and authelia.pam are for Authelia itself and are left out.',
      take: value => scopesOf(textsOf(value), context),
    },
    { setting: 'grant_types', outcome: 'mapped', field: 'grant_types', take: known('grant_types', GRANT_TYPES_SPOKEN) },
    { setting: 'response_types', outcome: 'mapped', field: 'response_types', take: responseTypes },
    {
      setting: 'response_modes',
      outcome: 'mapped',
      field: 'response_modes',
      why: '`jwt` is the signed form of the mode that the response type has by itself.',
      take: responseModes,
    },
    {
      setting: 'audience',
      outcome: 'mapped',
      field: 'resources',
      why: 'APIs are `resources` in sallyport.yaml, each with its scopes: name them there before the import. Without one, there are none for this client.',
      take: value => ({ fields: { resources: textsOf(value) } }),
    },
    {
      setting: 'requested_audience_mode',
      outcome: 'approximated',
      why: 'An audience is always asked for by name (`resource`, RFC 8707); without one, a token is for this server.',
    },
    {
      setting: 'authorization_policy',
      outcome: 'mapped',
      field: 'authorization_policy',
      take: value => ({
        fields: { authorization_policy: value },
        ...(value === 'two_factor' ? { outcome: 'approximated' as const, why: SECOND_FACTORS } : {}),
      }),
    },
    {
      setting: 'lifespan',
      outcome: 'mapped',
      field: 'access_token_lifetime',
      take: value => lifespanOf(value, context),
    },
    {
      setting: 'claims_policy',
      outcome: 'approximated',
      field: 'claims_in_id_token',
      why: 'Either all claims of the granted scopes stand in the ID token, or none besides the required ones. Custom claims become attributes.',
      take: value => claimsPolicyOf(value, context),
    },
    { setting: 'consent_mode', outcome: 'mapped', field: 'consent_mode', take: consentMode },
    {
      setting: 'pre_configured_consent_duration',
      outcome: 'mapped',
      field: 'consent_ttl',
      why: 'A consent counts for the scopes that were allowed and fewer; there it has to be exactly the same.',
      take: consentTtl,
    },
  ]
}

function scopesOf(scopes: readonly string[], context: AutheliaContext): Taken {
  const own = scopesWithAttributes(context)
  const isKept = (scope: string) => STANDARD_SCOPES.includes(scope) || own.includes(scope)
  const left = scopes.filter(scope => !isKept(scope))
  const kept = scopes.filter(isKept)
  return {
    fields: { scope: [...new Set(['openid', ...kept])].join(' ') },
    ...(left.length === 0
      ? { why: 'openid is in it either way, as it was there.' }
      : { outcome: 'approximated' as const, why: `left out: ${left.join(', ')}; no such scope is known` }),
  }
}

function known(field: string, values: readonly string[]): NonNullable<SourceRow['take']> {
  return value => {
    const all = textsOf(value)
    const left = all.filter(one => !values.includes(one))
    const fields = { [field]: all.filter(one => values.includes(one)) }
    return left.length === 0 ? { fields } : { fields, outcome: 'approximated', why: `left out: ${left.join(', ')}` }
  }
}

/** RFC 6749 §3.1.1: the order of the words means nothing. */
function responseTypes(value: unknown): Taken {
  const canonical = (text: string) => text.split(/\s+/).toSorted().join(' ')
  const find = (text: string) => RESPONSE_TYPES.find(type => canonical(type) === canonical(text))
  const all = textsOf(value)
  const left = all.filter(text => find(text) === undefined)
  const fields = { response_types: all.flatMap(text => find(text) ?? []) }
  return left.length === 0 ? { fields } : { fields, outcome: 'approximated', why: `left out: ${left.join(', ')}` }
}

type Written = Readonly<Record<string, unknown>>

/** Where nothing is said: in the URL, as the response type has it by itself, or by form. */
export function responseModesOf(client: Written): Taken['fields'] {
  const plain = plainModes(client)
  return plain.length === 0 ? {} : { response_modes: ['form_post', ...plain] }
}

/** Those that the response types have by themselves. */
function plainModes({ response_types: types = ['code'] }: Written): readonly string[] {
  const all = textsOf(types)
  return [
    ...(all.includes('code') ? ['query'] : []),
    ...(all.some(type => type !== 'code' && type !== 'none') ? ['fragment'] : []),
  ]
}

/** Where nothing is said: those that the response types need. */
export function grantTypesOf({ response_types: types = ['code'] }: Written): readonly string[] {
  const words = textsOf(types).map(type => type.split(/\s+/))
  return [
    ...(words.some(parts => parts.includes('code')) ? ['authorization_code'] : []),
    ...(words.some(parts => parts.some(word => word !== 'code')) ? ['implicit'] : []),
  ]
}

function responseModes(value: unknown, client: Written): Taken {
  const all = textsOf(value).flatMap(mode =>
    mode === 'jwt' ? plainModes(client).map(plain => `${plain}.jwt`) : [mode],
  )
  const modes = [...new Set(all)].filter(mode => (RESPONSE_MODES as readonly string[]).includes(mode))
  return { fields: { response_modes: modes } }
}

function lifespanOf(value: unknown, { lifespans }: AutheliaContext): Taken {
  const name = textOf(value) ?? ''
  if (!Object.hasOwn(lifespans, name))
    return { outcome: 'no-equivalent', why: `there is no lifespan ${name} in the file` }
  return { fields: lifetimesOf(objectOf(lifespans[name])), why: `the times of lifespans.custom.${name}` }
}

function claimsPolicyOf(value: unknown, { claimsPolicies }: AutheliaContext): Taken {
  const name = textOf(value) ?? ''
  if (!Object.hasOwn(claimsPolicies, name)) {
    return { outcome: 'no-equivalent', why: `there is no claims policy ${name} in the file` }
  }
  const named = textsOf(objectOf(claimsPolicies[name]).id_token)
  if (named.length === 0)
    return { why: `claims_policies.${name} puts nothing into the ID token; neither does this server` }
  const others = named.filter(claim => !isStandardClaim(claim))
  return {
    fields: { claims_in_id_token: true },
    why: `${named.join(', ')} in the ID token: here all claims of the granted scopes${
      others.length === 0 ? '' : `; ${others.join(', ')} where an attribute has that claim`
    }`,
  }
}

function consentMode(value: unknown, whole: Readonly<Record<string, unknown>>): Taken {
  switch (value) {
    case 'implicit':
      return {
        fields: { consent_mode: 'never' },
        outcome: 'approximated',
        why: 'Nobody is asked. There, refresh tokens and prompt=login still ask; here only prompt=consent does.',
      }
    case 'pre-configured':
      return {
        fields: { consent_mode: 'remember', consent_ttl: consentSeconds(whole) },
        outcome: 'approximated',
        why: 'What was allowed is remembered without a box to tick, and for offline_access and prompt=login, too, which ask there each time.',
      }
    case 'explicit':
      return { fields: { consent_mode: 'always' } }
    default:
      return { fields: standardConsent(whole) }
  }
}

/** `auto`: asked every time, unless a consent may be kept for a while. */
export function standardConsent(whole: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return whole.pre_configured_consent_duration === undefined
    ? { consent_mode: 'always' }
    : { consent_mode: 'remember', consent_ttl: consentSeconds(whole) }
}

const WEEK = 604_800

function consentSeconds({ pre_configured_consent_duration: duration }: Readonly<Record<string, unknown>>): number {
  return autheliaSeconds(duration) ?? WEEK
}

function consentTtl(value: unknown, { consent_mode: mode }: Readonly<Record<string, unknown>>): Taken {
  if (autheliaSeconds(value) === undefined) return { outcome: 'no-equivalent', why: 'is no duration; a week counts' }
  const counts = mode === undefined || mode === 'auto' || mode === 'pre-configured'
  return counts ? {} : { outcome: 'ignored', why: `means nothing with consent_mode ${textOf(mode)}` }
}
