/** Everything as it will be: whatever is decided later in the same plan sees what was decided before, and is written behind it. */

import type { Client } from '../clients/client.ts'
import type { Repositories } from '../repositories.ts'
import type { Write } from '../unit-of-work.ts'
import type { Upstream } from '../upstreams/upstream.ts'
import { plannedAccounts } from './planned-accounts.ts'
import { createLayer } from './planned-layer.ts'

export interface PlannedRepositories {
  readonly repositories: Repositories
  /** What was decided since the last call is part of the plan, or is forgotten: the thing is kept as it is. */
  settle(isPlanned: boolean): void
}

export function plannedRepositories(stored: Repositories): PlannedRepositories {
  const groups = plannedNamed(stored.groups)
  const policies = plannedNamed(stored.policies)
  const definitions = plannedNamed(stored.attributeDefinitions)
  const clients = plannedClients(stored.clients)
  const upstreams = plannedUpstreams(stored.upstreams)
  const accounts = plannedAccounts(stored.accounts)
  const layers = [groups, policies, definitions, clients, upstreams, accounts]
  return {
    repositories: {
      ...stored,
      groups: { ...stored.groups, ...groups.repository },
      policies: policies.repository,
      attributeDefinitions: definitions.repository,
      clients: clients.repository,
      upstreams: upstreams.repository,
      accounts: accounts.repository,
    },
    settle(isPlanned) {
      for (const { settle } of layers) settle(isPlanned)
    },
  }
}

interface NamedRepository<Thing> {
  find(name: string): Promise<Thing | undefined>
  list(): Promise<readonly Thing[]>
  insert(thing: Thing): Write
  replace(thing: Thing, seen: Thing): Write
  delete(name: string): Write
}

function plannedNamed<Thing extends { readonly name: string }>(stored: NamedRepository<Thing>) {
  const layer = createLayer<Thing>()
  const repository: NamedRepository<Thing> = {
    find: async name => (layer.isTouched(name) ? layer.now(name) : stored.find(name)),
    async list() {
      const others = (await stored.list()).filter(({ name }) => !layer.isTouched(name))
      const ours = layer.things()
      return ours.length === 0 ? others : [...others, ...ours].sort((a, b) => (a.name < b.name ? -1 : 1))
    },
    insert(thing) {
      layer.put(thing.name, thing)
      return stored.insert(thing)
    },
    replace(thing, seen) {
      layer.put(thing.name, thing)
      return stored.replace(thing, seen)
    },
    delete(name) {
      layer.put(name, undefined)
      return stored.delete(name)
    },
  }
  return { repository, settle: layer.settle }
}

function plannedClients(stored: Repositories['clients']) {
  const layer = createLayer<Client>(({ clientId }) => [clientId])
  const repository: Repositories['clients'] = {
    ...stored,
    ...writesOf(stored, layer.put),
    find: async uid => (layer.isTouched(uid) ? layer.now(uid) : stored.find(uid)),
    async findByClientId(clientId) {
      const found = layer.named(clientId) ?? (await stored.findByClientId(clientId))
      return found !== undefined && layer.isTouched(found.uid) ? layer.now(found.uid) : found
    },
    list: async () => [...(await stored.list()).filter(({ uid }) => !layer.isTouched(uid)), ...layer.things()],
  }
  return { repository, settle: layer.settle }
}

function plannedUpstreams(stored: Repositories['upstreams']) {
  const layer = createLayer<Upstream>(({ alias }) => [alias])
  const repository: Repositories['upstreams'] = {
    ...stored,
    ...writesOf(stored, layer.put),
    find: async uid => (layer.isTouched(uid) ? layer.now(uid) : stored.find(uid)),
    async findByAlias(alias) {
      const found = layer.named(alias) ?? (await stored.findByAlias(alias))
      return found !== undefined && layer.isTouched(found.uid) ? layer.now(found.uid) : found
    },
    async list() {
      const all = [...(await stored.list()).filter(({ uid }) => !layer.isTouched(uid)), ...layer.things()]
      return all.sort((a, b) => a.order - b.order || (a.alias < b.alias ? -1 : 1))
    },
  }
  return { repository, settle: layer.settle }
}

interface WritesByUid<Thing extends { readonly uid: string }> {
  insert(thing: Thing): Write
  replace(thing: Thing, seen: Thing): Write
  delete(uid: Thing['uid']): Write
}

function writesOf<Thing extends { readonly uid: string }>(
  stored: WritesByUid<Thing>,
  put: (uid: string, thing: Thing | undefined) => void,
): WritesByUid<Thing> {
  return {
    insert(thing) {
      put(thing.uid, thing)
      return stored.insert(thing)
    },
    replace(thing, seen) {
      put(thing.uid, thing)
      return stored.replace(thing, seen)
    },
    delete(uid) {
      put(uid, undefined)
      return stored.delete(uid)
    },
  }
}
