/** Apps move to another host: every address of all clients that stands there is changed, in one unit or not at all. */

import { supportedNow } from '../../../attributes/custom-claims.ts'
import type { Client } from '../../../clients/client.ts'
import { replaceClient, settingsOf } from '../../../clients/edit-client.ts'
import { checkHostChange, type HostChange, withOtherHost } from '../../../clients/replace-host.ts'
import { placesOf, withUris } from '../../../clients/uris-of-client.ts'
import type { SettingsMistake } from '../../../settings-mistake.ts'
import { documentMistakes } from '../../document-mistakes.ts'
import type { Field } from '../../field.ts'
import type { Operation, Outcome } from '../../operation.ts'
import { checkNotOwned, declarationOf, ownershipGuard } from '../../ownership.ts'
import type { Acting, Document } from '../../ports.ts'
import { invalid, isProblem, notFound, Problem } from '../../problem.ts'
import { beforeAndAfter } from '../../versions.ts'
import { clientDocument } from './client-document.ts'
import { checkMayManage } from './may-manage.ts'
import { secretPortsOf } from './parse-client-document.ts'

const BODY: readonly Field[] = [
  {
    name: 'from',
    kind: 'text',
    access: 'written',
    required: true,
    about: 'The old host, with its port where it has one; with a scheme, only addresses of that scheme.',
    example: 'old.example.com',
  },
  { name: 'to', kind: 'text', access: 'written', required: true, about: 'The new one.', example: 'new.example.com' },
  { name: 'client_ids', kind: 'list', access: 'written', about: 'Only these clients.', standard: 'all' },
  {
    name: 'preview',
    kind: 'boolean',
    access: 'written',
    about: 'Say what would change, and change nothing.',
    standard: 'false',
  },
]

const ANSWER: readonly Field[] = [
  { name: 'changed', kind: 'boolean', access: 'shown', required: true, about: 'Whether it was done.' },
  {
    name: 'changes',
    kind: 'objects',
    access: 'shown',
    required: true,
    about: 'One for each address.',
    fields: [
      { name: 'client_id', kind: 'text', access: 'shown', required: true, about: 'Whose address.' },
      { name: 'member', kind: 'text', access: 'shown', required: true, about: 'Which metadata.' },
      { name: 'before', kind: 'text', access: 'shown', required: true, about: 'The address as it was.' },
      { name: 'after', kind: 'text', access: 'shown', required: true, about: 'The address as it is then.' },
    ],
  },
]

export const replaceHostAction: Operation = {
  name: 'clients.replace_host',
  method: 'POST',
  path: '/replace-client-hosts',
  role: 'operator',
  summary: 'Change the host in the addresses of clients',
  about:
    'All clients or none. People keep their pairwise `sub`, whatever host it was made for. `resources` name APIs and stay.',
  body: BODY,
  answer: { kind: 'document', fields: ANSWER },
  async perform({ body = {} }, acting) {
    const mistakes = documentMistakes(body, BODY, 'making')
    if (mistakes.length > 0) return invalid(mistakes)
    const change: HostChange = { from: `${body.from}`, to: `${body.to}` }
    const wrong = checkHostChange(change)
    if (wrong.length > 0) return invalid(wrong)
    const among = await clientsOf((body.client_ids ?? undefined) as readonly string[] | undefined, acting)
    if (isProblem(among)) return among
    const moved = await Promise.all(among.flatMap(client => movedClient(client, change, acting)))
    const broken = moved.flatMap(result => ('mistakes' in result ? result.mistakes : []))
    if (broken.length > 0) return invalid(broken)
    return finish(
      moved.flatMap(result => ('mistakes' in result ? [] : [result])),
      change,
      body.preview === true,
      acting,
    )
  },
}

async function clientsOf(ids: readonly string[] | undefined, acting: Acting): Promise<readonly Client[] | Problem> {
  const all = await acting.repositories.clients.list()
  if (ids === undefined) return all
  const absent = ids.find(id => !all.some(({ clientId }) => clientId === id))
  return absent === undefined ? all.filter(({ clientId }) => ids.includes(clientId)) : notFound('client', absent)
}

interface Moved {
  readonly before: Client
  readonly after: Client
}

type Mistakes = { readonly mistakes: readonly SettingsMistake[] }

/** Nothing for a client that has no address there. */
function movedClient(client: Client, change: HostChange, acting: Acting): readonly Promise<Moved | Mistakes>[] {
  if (changesOf(client, change).length === 0) return []
  const next = withUris(client, uri => withOtherHost(uri, change))
  const decided = async (): Promise<Moved | Mistakes> => {
    const wanted = { settings: settingsOf(next) }
    const result = await replaceClient(client, wanted, await supportedNow(acting), secretPortsOf(acting))
    if ('mistakes' in result) {
      return {
        mistakes: result.mistakes.map(mistake => ({ ...mistake, member: `${client.clientId}: ${mistake.member}` })),
      }
    }
    // OIDC Core §8.1: the app is the same one, so people keep their `sub`, even where the URI that named the sector moves.
    const { sectorIdentifier, secrets } = client
    const sector = sectorIdentifier === undefined ? {} : { sectorIdentifier }
    return { before: client, after: { ...result.client, ...sector, secrets, updatedBy: acting.actor.name } }
  }
  return [decided()]
}

function changesOf(client: Client, change: HostChange): readonly Document[] {
  return placesOf(client).flatMap(({ member, uri }) => {
    const after = withOtherHost(uri, change)
    return after === uri ? [] : [{ client_id: client.clientId, member, before: uri, after }]
  })
}

async function finish(
  moved: readonly Moved[],
  change: HostChange,
  isPreview: boolean,
  acting: Acting,
): Promise<Outcome | Problem> {
  const { journal, repositories } = acting
  const guards = await Promise.all(moved.map(({ before }) => ownershipGuard('clients', before.clientId, acting)))
  const refused = (await checkMayManage(moved, acting)) ?? (await checkFiles(moved, acting))
  if (refused !== undefined) return refused
  const changes = moved.flatMap(({ before }) => changesOf(before, change))
  if (isPreview || moved.length === 0) return { document: { changed: false, changes } }
  const events = await Promise.all(moved.map(one => eventOf(one, change, acting)))
  const writes = moved.map(({ before, after }) => repositories.clients.replace(after, before))
  const outcome = await journal.commit([...writes, ...guards, ...events])
  if (outcome.committed) return { document: { changed: true, changes } }
  return new Problem(
    'changed-meanwhile',
    'somebody else changed one of these clients at the same time; nothing was changed',
  )
}

async function checkFiles(moved: readonly Moved[], acting: Acting): Promise<Problem | undefined> {
  for (const { before, after } of moved) {
    const declaration = await declarationOf('clients', before.clientId, acting)
    const [shown, then] = await Promise.all([clientDocument(before, acting), clientDocument(after, acting)])
    const owned = checkNotOwned(declaration, shown, then, acting)
    if (owned !== undefined) return new Problem(owned.kind, `${before.clientId}: ${owned.detail}`)
  }
  return undefined
}

async function eventOf({ before, after }: Moved, { from, to }: HostChange, acting: Acting) {
  const { actor, journal } = acting
  const { address, requestId, accountId, name } = actor
  const documents = await Promise.all([clientDocument(before, acting), clientDocument(after, acting)])
  return journal.record('client.changed', {
    clientUid: after.uid,
    ...(accountId === undefined ? {} : { accountId }),
    address,
    ...(requestId === undefined ? {} : { requestId }),
    detail: { client_id: after.clientId, from, to, by: name, ...beforeAndAfter(...documents) },
  })
}
