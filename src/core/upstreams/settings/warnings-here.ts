/** What an upstream wants that is not there, or that another one wants as well: known only where it is to work. */

import { isRefusal } from '../../../spec/refusal.ts'
import type { Repositories } from '../../repositories.ts'
import { groupsIn } from '../mapping/groups-in.ts'
import type { Mapping } from '../mapping/mapping.ts'
import type { Upstream } from '../upstream.ts'
import { openUpstreamSecret, type SecretMember, type SecretSources } from '../upstream-secrets.ts'

/** Things that are made in the same unit, by resource: they are as good as there. */
export type Planned = ReadonlyMap<string, ReadonlySet<string>>

export async function warningsHere(
  { upstreams, groups, clients }: Pick<Repositories, 'upstreams' | 'groups' | 'clients'>,
  upstream: Upstream,
  sources: SecretSources,
  planned: Planned = new Map(),
): Promise<readonly string[]> {
  const [others, known] = await Promise.all([upstreams.list(), groups.list()])
  return [
    ...sharedDomains(upstream, others),
    ...missingGroups(upstream.mappings, [...known.map(({ name }) => name), ...(planned.get('groups') ?? [])]),
    ...(await unknownApps(upstream, clients, planned.get('clients') ?? new Set())),
    ...unreadableSecrets(upstream, sources),
  ]
}

function sharedDomains({ uid, emailDomains }: Upstream, others: readonly Upstream[]): readonly string[] {
  return others
    .filter(other => other.uid !== uid)
    .flatMap(other =>
      emailDomains
        .filter(domain => other.emailDomains.includes(domain))
        .map(domain => `email_domains: ${domain} belongs to the upstream ${other.alias} as well.`),
    )
}

/** A mapping never makes a group, so that an upstream cannot. */
function missingGroups(mappings: readonly Mapping[], known: readonly string[]): readonly string[] {
  const named = new Set(mappings.flatMap(groupsIn))
  return [...named]
    .filter(group => !known.includes(group))
    .map(
      group =>
        `mappings: the group ${group} does not exist, and nobody gets it until it does (sallyport group create).`,
    )
}

async function unknownApps(
  { storedTokensReadableBy }: Upstream,
  clients: Pick<Repositories['clients'], 'findByClientId'>,
  planned: ReadonlySet<string>,
): Promise<readonly string[]> {
  const found = await Promise.all(storedTokensReadableBy.map(clientId => clients.findByClientId(clientId)))
  return storedTokensReadableBy
    .filter((clientId, index) => found[index] === undefined && !planned.has(clientId))
    .map(clientId => `stored_tokens_readable_by: there is no app ${clientId} (sallyport client list).`)
}

/** It may only be there where the server runs. */
function unreadableSecrets(upstream: Upstream, sources: SecretSources): readonly string[] {
  const members: readonly SecretMember[] = ['clientSecret', 'clientCertificateKey']
  return members.flatMap(member => {
    const secret = upstream[member]
    if (secret?.kind !== 'reference') return []
    const opened = openUpstreamSecret(upstream, member, secret, sources)
    return isRefusal(opened) ? [`${secret.text} cannot be read here: ${opened.facts.problem}.`] : []
  })
}
