/** Protocol mappers: which claims apps read of a person. Those of OpenID Connect are here already; attributes become attributes of ours. */

import type { JsonObject } from '../../clients/client.ts'
import type { WrittenThing } from '../../declarations/plan.ts'
import { mayBeRead } from '../attribute-name.ts'
import type { ReportLine } from '../import-report.ts'
import { isStandardClaim } from '../standard-claims.ts'
import { isTrue, objectOf, textOf } from '../values.ts'
import { attributeHere } from './attribute-here.ts'

interface ReadMappers {
  readonly things: readonly WrittenThing[]
  readonly report: readonly ReportLine[]
}

/** `scopes`: of the client scope that they stand in; empty for those of a client. */
export function readMappers(mappers: readonly JsonObject[], scopes: readonly string[], path: string): ReadMappers {
  const read = mappers.map((mapper, index) =>
    readMapper(mapper, scopes, `${path}[${index}] ${textOf(mapper.name) ?? ''}`.trim()),
  )
  return { things: read.flatMap(({ things }) => things), report: read.flatMap(({ report }) => report) }
}

export const PROTOCOL_MAPPERS: Readonly<Record<string, Omit<ReportLine, 'path'>>> = {
  'oidc-usermodel-property-mapper': { outcome: 'mapped', why: 'a claim of OpenID Connect' },
  'oidc-full-name-mapper': { outcome: 'mapped', why: 'the claim name' },
  'oidc-address-mapper': { outcome: 'mapped', why: 'the claim address' },
  'oidc-acr-mapper': { outcome: 'mapped', why: 'the claim acr' },
  'oidc-amr-mapper': { outcome: 'mapped', why: 'the claim amr' },
  'oidc-usersessionmodel-note-mapper': {
    outcome: 'no-equivalent',
    why: 'A session holds no notes; auth_time is a claim of every server.',
  },
  'oidc-usermodel-realm-role-mapper': {
    outcome: 'approximated',
    why: 'Roles are groups here: the claim groups, with the scope groups.',
  },
  'oidc-usermodel-client-role-mapper': {
    outcome: 'approximated',
    why: 'Roles are groups here: the claim groups, with the scope groups.',
  },
  'oidc-role-name-mapper': { outcome: 'no-equivalent', why: 'Groups have one name.' },
  'oidc-hardcoded-role-mapper': { outcome: 'no-equivalent', why: 'Groups are those of the person.' },
  'oidc-hardcoded-claim-mapper': {
    outcome: 'no-equivalent',
    why: 'What is the same for everybody the app knows itself.',
  },
  'oidc-audience-mapper': {
    outcome: 'no-equivalent',
    why: 'Apps name the API that a token is for (`resource`, RFC 8707).',
  },
  'oidc-audience-resolve-mapper': {
    outcome: 'no-equivalent',
    why: 'Apps name the API that a token is for (`resource`, RFC 8707).',
  },
  'oidc-allowed-origins-mapper': { outcome: 'no-equivalent', why: 'Access tokens carry no origins.' },
  'oidc-sha256-pairwise-sub-mapper': {
    outcome: 'approximated',
    why: 'subject_type pairwise: another sub for each sector, but not the one that the app knows: give it a way to recognise people.',
  },
  'oidc-sub-mapper': { outcome: 'mapped', why: 'sub is in every token' },
  'oidc-claims-param-token-mapper': { outcome: 'mapped', why: 'the parameter claims is understood' },
  'oidc-nonce-backwards-compatible-mapper': { outcome: 'no-equivalent', why: 'A nonce stands in the ID token.' },
}

function readMapper(mapper: JsonObject, scopes: readonly string[], path: string): ReadMappers {
  const config = objectOf(mapper.config)
  const kind = textOf(mapper.protocolMapper) ?? ''
  if (kind === 'oidc-usermodel-attribute-mapper') return attributeOf(config, scopes, path)
  if (kind === 'oidc-group-membership-mapper') {
    const name = textOf(config['claim.name']) ?? 'groups'
    const isPlain = name === 'groups' && config['full.path'] === 'false'
    const why = `the claim groups, with the scope groups${name === 'groups' ? '' : `, and not ${name}`}; names without the leading /`
    return { things: [], report: [{ path, outcome: isPlain ? 'mapped' : 'approximated', why }] }
  }
  const known = Object.hasOwn(PROTOCOL_MAPPERS, kind) ? PROTOCOL_MAPPERS[kind] : undefined
  return { things: [], report: [{ path, ...(known ?? { outcome: 'no-equivalent', why: `${kind} is not known` }) }] }
}

function attributeOf(config: JsonObject, scopes: readonly string[], path: string): ReadMappers {
  const attribute = textOf(config['user.attribute']) ?? ''
  const claim = textOf(config['claim.name']) ?? attribute
  if (isStandardClaim(claim) || claim.startsWith('address.')) {
    return { things: [], report: [{ path, outcome: 'mapped', why: `${claim} is a claim of OpenID Connect` }] }
  }
  if (attribute === '') return { things: [], report: [{ path, outcome: 'no-equivalent', why: 'names no attribute' }] }
  const name = attributeHere(attribute)
  const isReadable = mayBeRead(name, claim)
  const document = {
    type: 'text',
    ...(isTrue(config.multivalued) ? { list: true } : {}),
    ...(claim === name || !isReadable ? {} : { claim }),
    scopes: isReadable ? scopes : [],
  }
  return {
    things: [{ resource: 'attributes', key: name, source: path, document }],
    report: [
      {
        path,
        outcome: 'approximated',
        target: { resource: 'attributes', key: name },
        why: !isReadable
          ? `${claim} cannot be a claim of an attribute: no app reads it`
          : scopes.length === 0
            ? 'An attribute is read with a scope: give it one, and let the app ask for it.'
            : `read with the scope ${scopes.join(', ')}`,
      },
    ],
  }
}
