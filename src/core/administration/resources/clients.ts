/** Clients: apps that people sign in to. */

import { supportedNow } from '../../attributes/custom-claims.ts'
import type { Client } from '../../clients/client.ts'
import { createClient } from '../../clients/create-client.ts'
import { replaceClient } from '../../clients/edit-client.ts'
import { isSecretGiven } from '../../clients/given-secret.ts'
import type { Decided } from '../../settings-mistake.ts'
import { pageOf } from '../page-of.ts'
import type { Acting, Document } from '../ports.ts'
import { conflict, invalid, type Problem } from '../problem.ts'
import type { Change, Resource } from '../resource.ts'
import { changedFields } from '../versions.ts'
import { briefDocument, clientDocument } from './clients/client-document.ts'
import { CLIENT_FIELDS } from './clients/client-fields.ts'
import { clientWrites } from './clients/client-writes.ts'
import { checkSecretNotDeclared } from './clients/declared-secret.ts'
import { issuerPreview } from './clients/issuer-preview.ts'
import { withMaker, withoutLentSecrets } from './clients/lent-secrets.ts'
import { logoActions } from './clients/logo-actions.ts'
import { checkMayManage } from './clients/may-manage.ts'
import { checkPolicyExists, parseClientDocument, policyStays, secretPortsOf } from './clients/parse-client-document.ts'
import { replaceHostAction } from './clients/replace-host.ts'
import { secretActions } from './clients/secret-actions.ts'

export const clients: Resource<Client> = {
  name: 'clients',
  singular: 'client',
  key: 'client_id',
  about:
    'Apps that people sign in to, by their registered metadata (RFC 7591). Operators manage those that nobody could become an administrator by; the others are for administrators.',
  fields: CLIENT_FIELDS,
  roles: { read: 'viewer', change: 'operator' },
  standardSort: 'created_at',
  isDeclarable: true,
  actions: [...secretActions(() => clients), ...logoActions(() => clients), replaceHostAction, issuerPreview],

  async list(query, acting) {
    const all = await acting.repositories.clients.list()
    const rows = all.map(thing => ({ thing, document: briefDocument(thing, acting) }))
    return pageOf(rows, query, { key: 'client_id', fields: CLIENT_FIELDS })
  },
  find: (key, { repositories }) => repositories.clients.findByClientId(key),
  documentOf: clientDocument,
  completePatch: withWhatGoesAlong,
  confirm: (seen, { repositories }) => repositories.clients.replace(seen, seen),

  async create(document, acting) {
    const { repositories, actor } = acting
    const { settings, clientId, given, disabled, mistakes } = parseClientDocument(document)
    const type = settings.type ?? 'confidential'
    const wanted = { ...settings, type, ...given, ...(clientId === undefined ? {} : { clientId }) }
    const decided = await createClient(wanted, await supportedNow(acting), secretPortsOf(acting))
    const all = [
      ...mistakes,
      ...mistakesOf(decided),
      ...(await checkPolicyExists(settings.authorizationPolicy, acting)),
    ]
    if ('mistakes' in decided || all.length > 0) return invalid(all)
    if ((await repositories.clients.findByClientId(decided.client.clientId)) !== undefined)
      return conflict(`a client ${decided.client.clientId} exists already`)
    const client: Client = {
      ...withMaker(undefined, decided.client, acting),
      createdBy: actor.name,
      ...(disabled ? { disabledAt: acting.now } : {}),
    }
    const refused = await checkMayManage([{ after: client }], acting)
    if (refused !== undefined) return refused
    return {
      writes: [
        ...(await policyStays(client.authorizationPolicy, undefined, acting)),
        repositories.clients.insert(client),
      ],
      events: [
        {
          type: 'client.created',
          clientUid: client.uid,
          detail: { client_id: client.clientId, client_type: client.type },
        },
      ],
      after: await clientDocument(client, acting),
      ...(decided.secret === undefined || isSecretGiven(given) ? {} : { once: { client_secret: decided.secret } }),
      warnings: decided.warnings,
    }
  },

  async replace(existing, document, acting) {
    const { settings, given, disabled, mistakes } = parseClientDocument(document, existing)
    const wanted = {
      settings: { ...settings, clientId: existing.clientId, type: settings.type ?? 'confidential' },
      ...given,
      disabled,
    }
    const decided = await replaceClient(existing, wanted, await supportedNow(acting), secretPortsOf(acting))
    const all = [
      ...mistakes,
      ...mistakesOf(decided),
      ...(await checkPolicyExists(settings.authorizationPolicy, acting)),
    ]
    if ('mistakes' in decided || all.length > 0) return invalid(all)
    const declared = isSecretGiven(given) ? await checkSecretNotDeclared(existing.clientId, acting) : undefined
    if (declared !== undefined) return declared
    const { client, secret, warnings } = decided
    return changeOf(existing, client, { secret, warnings }, acting)
  },

  async remove(client, acting) {
    const refused = await checkMayManage([{ before: client }], acting)
    if (refused !== undefined) return refused
    const { uid, clientId } = client
    return {
      writes: [acting.repositories.clients.delete(uid)],
      events: [{ type: 'client.deleted', clientUid: uid, detail: { client_id: clientId } }],
    }
  },
}

const METHOD = 'token_endpoint_auth_method'

/**
 * Two names of one thing go together: the method, and the list of methods that it is shown in. `…_encryption_enc` has a standard where there is an `…_encryption_alg`, and none without:
 * whoever takes the one away means both.
 */
function withWhatGoesAlong({ tokenEndpointAuthMethods }: Client, patch: Document): Document {
  const following = Object.entries(patch).flatMap(([name, value]) => {
    if (value !== null) return []
    // A public app has the method none because it is public.
    const isOfType = name === 'client_type' && tokenEndpointAuthMethods.includes('none')
    if (isOfType || name === METHOD) return [METHOD, `${METHOD}s`].map(member => [member, null])
    if (name === `${METHOD}s`) return [[METHOD, null]]
    return /_encrypt(ed_response|ion)_alg$/.test(name) ? [[name.replace(/_alg$/, '_enc'), null]] : []
  })
  return { ...Object.fromEntries(following), ...patch }
}

interface Told {
  readonly secret?: string | undefined
  readonly warnings: readonly string[]
}

/** Nothing is written where nothing differs: whoever says the same again is no change. */
async function changeOf(
  before: Client,
  decided: Client,
  { secret, warnings }: Told,
  acting: Acting,
): Promise<Change | Problem> {
  const refused = await checkMayManage([{ before, after: decided }], acting)
  if (refused !== undefined) return refused
  const kept = await withoutLentSecrets(before, withMaker(before, decided, acting), acting)
  const client: Client = { ...kept.client, updatedBy: acting.actor.name }
  const [shown, after] = await Promise.all([clientDocument(before, acting), clientDocument(client, acting)])
  if (isSame(before, client, shown, after)) return { writes: [], events: [], after: shown, warnings }
  return {
    writes: [
      ...(await policyStays(client.authorizationPolicy, before.authorizationPolicy, acting)),
      ...clientWrites(before, client, acting),
    ],
    events: [{ type: 'client.changed', clientUid: client.uid, detail: { client_id: client.clientId } }],
    after,
    ...(secret === undefined ? {} : { once: { client_secret: secret } }),
    warnings: [...warnings, ...kept.warnings],
  }
}

/** Two secrets may look the same in a document. */
function isSame(before: Client, client: Client, shown: Document, after: Document): boolean {
  const hashes = ({ secrets }: Client): string => JSON.stringify(secrets.map(({ hash }) => hash))
  return changedFields(shown, after).length === 0 && hashes(before) === hashes(client)
}

function mistakesOf(decided: Decided<object>) {
  return 'mistakes' in decided ? decided.mistakes : []
}
