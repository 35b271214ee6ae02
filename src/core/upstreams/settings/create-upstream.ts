/** A new upstream, or a whole replacement of one: settings in, upstream out, its secrets sealed. */

import { newId } from '../../../lib/id.ts'
import type { Random } from '../../../lib/random.ts'
import type { JsonObject } from '../../clients/client.ts'
import type { KeySealer } from '../../keys/key-sealer.ts'
import type { Decided } from '../../settings-mistake.ts'
import type { Upstream, UpstreamSecret, UpstreamUid } from '../upstream.ts'
import { keepSecret, SECRET_MEMBERS, type SecretMember } from '../upstream-secrets.ts'
import { type HouseRules, type ParsedUpstream, parseUpstream } from './parse-upstream.ts'
import { subjectWarnings } from './subject-warnings.ts'

export interface UpstreamMaking {
  readonly random: Random
  readonly now: Date
  readonly sealer: KeySealer
}

/** `existing`: it keeps its identities, so its own identity, and its secrets where none are given. */
export function createUpstream(
  json: JsonObject,
  rules: HouseRules,
  { random, now, sealer }: UpstreamMaking,
  existing?: Upstream,
): Decided<{ readonly upstream: Upstream }> {
  const parsed = parseUpstream(json, { ...rules, kept: keptSecrets(existing) })
  if ('mistakes' in parsed) return parsed
  const uid: UpstreamUid = existing?.uid ?? newId(now, random)
  const upstream: Upstream = {
    uid,
    alias: parsed.alias,
    ...parsed.properties,
    ...secretsAfter(uid, parsed, sealer, existing),
    ...(existing === undefined ? {} : discoveredBefore(existing, parsed)),
    createdAt: existing?.createdAt ?? now,
    updatedAt: now,
  }
  const aboutLinks = existing === undefined ? [] : subjectWarnings(existing, upstream)
  return { upstream, warnings: [...aboutLinks, ...parsed.warnings] }
}

export function keptSecrets(upstream: Upstream | undefined): readonly SecretMember[] {
  return SECRET_MEMBERS.filter(member => upstream?.[member] !== undefined)
}

/** A secret is sealed for its upstream alone; one that is not given stays. */
export function secretsAfter(
  uid: UpstreamUid,
  { secrets }: Pick<ParsedUpstream, 'secrets'>,
  sealer: KeySealer,
  before?: Upstream,
): { readonly [Member in SecretMember]?: UpstreamSecret } {
  const entries = SECRET_MEMBERS.flatMap((member): [SecretMember, UpstreamSecret][] => {
    const given = secrets[member]
    const secret = given === undefined ? before?.[member] : keepSecret(uid, member, given, sealer)
    return secret === undefined ? [] : [[member, secret]]
  })
  return Object.fromEntries(entries)
}

/** What discovery said, and when keys were forgotten, counts as long as it is the same place. */
export function discoveredBefore(
  before: Upstream,
  { properties }: Pick<ParsedUpstream, 'properties'>,
): Pick<Upstream, 'discovered' | 'keysClearedAt'> {
  const { discovered, keysClearedAt } = before
  const isSamePlace = before.discoveryUri === properties.discoveryUri
  return {
    ...(isSamePlace && discovered !== undefined ? { discovered } : {}),
    ...(keysClearedAt === undefined ? {} : { keysClearedAt }),
  }
}
