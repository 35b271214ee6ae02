/** What a custom attribute may be called, and what it may bring: nothing that is already something else. Pure. */

import { PERSON_CLAIMS } from '../../spec/claims.ts'
import { isTakenByStandard } from '../accounts/attributes.ts'
import type { SettingsMistake } from '../settings-mistake.ts'
import type { AttributeDefinition } from './attribute-definition.ts'
import { claimOf } from './custom-claims.ts'

type Mistakes = readonly SettingsMistake[]

const MOST_CHOICES = 200
const MOST_SCOPES = 20
const MAX_TEXT = 500

/** What mappings of upstreams call something else (`mapped-attribute.ts`). */
const OF_MAPPINGS: readonly string[] = ['ssoid', 'login', 'roles', 'username', 'role', 'password', 'disabled']

/** What tokens and answers say by themselves: RFC 7519 §4.1, OIDC Core §2, RFC 9068 §2.2, RFC 8693 §4, RFC 7662 §2.2, RFC 7800 §3.1. */
const OF_PROTOCOL: readonly string[] = [
  ...['iss', 'aud', 'exp', 'nbf', 'iat', 'jti', 'nonce', 'auth_time', 'acr', 'amr', 'azp', 'sid', 'rat', 'events'],
  ...['at_hash', 'c_hash', 's_hash', 'scope', 'scp', 'client_id', 'act', 'may_act', 'cnf', 'active', 'token_type'],
  ...['authorization_details', 'sub_id', 'sub_jwk', '_claim_names', '_claim_sources', 'trust_framework'],
]

export function checkDefinition(definition: AttributeDefinition, others: readonly AttributeDefinition[]): Mistakes {
  const { title, description, type, choices, scopes } = definition
  return [
    ...checkName(definition.name),
    ...checkText('title', title),
    ...checkText('description', description),
    ...checkChoices(choices, type),
    ...checkClaim(definition, others),
    ...checkScopes(scopes),
  ]
}

function checkName(name: string): Mistakes {
  const mistake = (message: string) => [{ member: 'name', rule: 'name of an attribute', message }]
  if (!/^[a-z][a-z0-9_]{0,62}$/.test(name)) {
    return mistake('must be lower-case letters, digits and _, beginning with a letter, at most 63')
  }
  // Every object has members of these names already.
  if (name in {}) return mistake(`cannot be ${name}`)
  if (isTakenByStandard(name)) return mistake(`${name} is a standard claim, which accounts have without being told`)
  return OF_MAPPINGS.includes(name) ? mistake(`${name} means something else here; choose another`) : []
}

function checkText(member: string, text: string | undefined): Mistakes {
  if (text === undefined || (text.length <= MAX_TEXT && !/[^\P{Cc}\n]/u.test(text))) return []
  return [{ member, rule: 'text', message: `must have at most ${MAX_TEXT} characters, and no control characters` }]
}

function checkChoices(choices: readonly string[], type: AttributeDefinition['type']): Mistakes {
  const mistake = (message: string) => [{ member: 'choices', rule: 'choices', message }]
  if (choices.length > 0 && type !== 'text') return mistake('are for the type text')
  if (choices.length > MOST_CHOICES) return mistake(`must be at most ${MOST_CHOICES}`)
  const isGood = (choice: string): boolean => choice !== '' && choice.length <= 255 && !/\p{Cc}/u.test(choice)
  return choices.every(isGood) ? [] : mistake('must have 1 to 255 characters each, and no control characters')
}

function checkClaim(definition: AttributeDefinition, others: readonly AttributeDefinition[]): Mistakes {
  const claim = claimOf(definition)
  const mistake = (message: string) => [{ member: 'claim', rule: 'OIDC Core §5.1.2 additional claims', message }]
  // OIDC Core §5.2: # goes before a language.
  if (!/^[\x21\x22\x24-\x7e]{1,255}$/.test(claim) || claim in {}) {
    return mistake('must have 1 to 255 ASCII characters without blanks and #')
  }
  if (PERSON_CLAIMS.includes(claim)) return mistake(`${claim} is a standard claim`)
  if (OF_PROTOCOL.includes(claim) || claim.startsWith('urn:openid:params:')) {
    return mistake(`${claim} is something that tokens say by themselves`)
  }
  const owner = others.find(other => other.name !== definition.name && claimOf(other) === claim)
  return owner === undefined ? [] : mistake(`${claim} is the claim of the attribute ${owner.name}`)
}

function checkScopes(scopes: readonly string[]): Mistakes {
  const mistake = (rule: string, message: string) => [{ member: 'scopes', rule, message }]
  if (scopes.length > MOST_SCOPES) return mistake('scopes', `must be at most ${MOST_SCOPES}`)
  // RFC 6749 §3.3: scope-token = 1*( %x21 / %x23-5B / %x5D-7E )
  const broken = scopes.find(scope => !/^[\x21\x23-\x5B\x5D-\x7E]{1,100}$/.test(scope))
  if (broken !== undefined) return mistake('RFC 6749 §3.3 scope', `"${broken}" is no scope: no blanks, quotes or \\`)
  // These say how somebody is signed in, or open the administration of this server.
  const other = scopes.find(scope => ['openid', 'offline_access'].includes(scope) || scope.startsWith('admin.'))
  return other === undefined ? [] : mistake('scope about people', `${other} is about something else`)
}
