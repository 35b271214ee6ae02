/** Settings of an upstream as they stand in a file → its properties, with the defaults filled in; or all mistakes. The same rules for a new and a changed one. */

import type { AttributeDefinition } from '../../attributes/attribute-definition.ts'
import type { JsonObject } from '../../clients/client.ts'
import type { Decided, SettingsMistake } from '../../settings-mistake.ts'
import { parseMappings } from '../mapping/parse-mappings.ts'
import type { UpstreamKind, UpstreamProperties } from '../upstream.ts'
import { isSecretReference, type SecretMember } from '../upstream-secrets.ts'
import { readSettings, type SaidSettings } from './read-settings.ts'
import { checkCertificateKey } from './rules/key-rules.ts'
import type { PlaceRules } from './rules/place-rules.ts'
import { checkSettings } from './rules/setting-rules.ts'
import { checkTogether } from './rules/together-rules.ts'
import { standardProperties } from './standard-properties.ts'
import { warningsOf } from './upstream-warnings.ts'

type Mistakes = readonly SettingsMistake[]

/** What is not said by the settings themselves. */
export interface HouseRules extends PlaceRules {
  /** Attributes of this house, which mappings may fill; none when absent. */
  readonly definitions?: readonly AttributeDefinition[]
}

export interface UpstreamRules extends HouseRules {
  /** Secrets that are kept from before, where no new ones are given. */
  readonly kept?: readonly SecretMember[]
}

export interface ParsedUpstream {
  readonly alias: string
  readonly properties: UpstreamProperties
  /** As they were given. */
  readonly secrets: { readonly [Member in SecretMember]?: string }
}

export function parseUpstream(json: JsonObject, rules: UpstreamRules): Decided<ParsedUpstream> {
  const { said, mistakes: misread } = readSettings(json)
  const { alias, clientId } = said
  const { mappings, mistakes: wrongMappings } = parseMappings(
    (said.mappings as readonly unknown[] | undefined) ?? [],
    'mappings',
    rules.definitions,
  )
  const properties = withDefaults(said, mappings)
  const secrets = secretsOf(said)
  const mistakes = [
    ...misread,
    ...checkRequired({ alias, client_id: clientId }),
    ...checkSettings(said, rules),
    ...wrongMappings,
    ...checkSecrets(secrets, properties),
  ]
  const has = (member: SecretMember): boolean => secrets[member] !== undefined || rules.kept?.includes(member) === true
  const whole = {
    properties,
    hasSecret: has('clientSecret'),
    hasCertificateKey: has('clientCertificateKey'),
    hasAllMappings: wrongMappings.length === 0,
  }
  // A setting that cannot be read would be missed in what belongs together.
  const together = misread.every(({ rule }) => rule === 'known setting') ? checkTogether(whole) : []
  const all = withoutRepeats([...mistakes, ...together])
  if (all.length > 0 || typeof alias !== 'string') return { mistakes: all }
  return { alias, properties, secrets, warnings: warningsOf(properties) }
}

function withDefaults(said: SaidSettings, mappings: UpstreamProperties['mappings']): UpstreamProperties {
  const { alias: _, clientSecret: __, clientCertificateKey: ___, ...rest } = said
  const kind: UpstreamKind = said.kind === 'oauth2' ? 'oauth2' : 'oidc'
  const { discoveryUri, emailDomains } = said
  return {
    ...standardProperties(kind),
    clientId: '',
    ...(rest as Partial<UpstreamProperties>),
    kind,
    mappings,
    ...(typeof discoveryUri === 'string' ? { discoveryUri: discoveryDocumentOf(discoveryUri) } : {}),
    ...(Array.isArray(emailDomains)
      ? { emailDomains: emailDomains.map((domain: string) => domain.toLowerCase()) }
      : {}),
  }
}

const WELL_KNOWN = '/.well-known/'

/** OIDC Discovery §4: the document's place follows from the issuer; a whole address stays as it is. */
export function discoveryDocumentOf(uri: string): string {
  return uri.includes(WELL_KNOWN) ? uri : `${uri.replace(/\/$/, '')}${WELL_KNOWN}openid-configuration`
}

function secretsOf({ clientSecret, clientCertificateKey }: SaidSettings): ParsedUpstream['secrets'] {
  return {
    ...(typeof clientSecret === 'string' && clientSecret !== '' ? { clientSecret } : {}),
    ...(typeof clientCertificateKey === 'string' ? { clientCertificateKey } : {}),
  }
}

const NEEDED: Readonly<Record<string, string>> = {
  alias: 'the name of the upstream in our URLs',
  client_id: 'what the upstream calls us (--client-id)',
}

function checkRequired(values: Readonly<Record<string, unknown>>): Mistakes {
  return Object.entries(values)
    .filter(([, value]) => value === undefined)
    .map(([member]) => ({ member, rule: 'required setting', message: `is missing: ${NEEDED[member]}` }))
}

/** What a reference names is only known when it is read. */
function checkSecrets(secrets: ParsedUpstream['secrets'], { clientCertificate }: UpstreamProperties): Mistakes {
  const { clientSecret, clientCertificateKey: key } = secrets
  const isMiswritten = (text: string | undefined): boolean =>
    text?.startsWith('${') === true && !isSecretReference(text)
  const miswritten = { client_secret: clientSecret, client_certificate_key: key }
  const ofKey =
    key === undefined || key.startsWith('${')
      ? []
      : checkCertificateKey('client_certificate_key', key, clientCertificate)
  return [
    ...Object.entries(miswritten)
      .filter(([, text]) => isMiswritten(text))
      .map(([member]) => ({
        member,
        rule: 'reference',
        message: 'is no reference: write $' + '{vault.NAME}, $' + '{env.NAME} or $' + '{file:PATH}',
      })),
    ...ofKey,
  ]
}

function withoutRepeats(mistakes: Mistakes): Mistakes {
  const seen = new Set<string>()
  return mistakes.filter(({ member, message }) => {
    const key = `${member}\n${message}`
    return seen.has(key) ? false : seen.add(key)
  })
}
