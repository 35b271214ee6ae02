/** The secrets of a client: listed, rotated with an overlap, added beside others, ended. */

import type { Client } from '../../../clients/client.ts'
import { withOne } from '../../crud-operations.ts'
import { type Field, shown } from '../../field.ts'
import type { Operation } from '../../operation.ts'
import { performChange } from '../../perform-change.ts'
import type { Acting } from '../../ports.ts'
import { isProblem, type Problem } from '../../problem.ts'
import type { Change, Resource } from '../../resource.ts'
import {
  ADD_FIELDS,
  add,
  END_FIELDS,
  end,
  MOST_SECRETS,
  ROTATE_FIELDS,
  rotate,
  type SecretChange,
} from './change-secrets.ts'
import { clientDocument, secretDocuments } from './client-document.ts'
import { CLIENT_FIELDS, SECRET_FIELDS } from './client-fields.ts'
import { clientWrites } from './client-writes.ts'
import { checkSecretNotDeclared } from './declared-secret.ts'
import { withMaker } from './lent-secrets.ts'
import { checkMayManage } from './may-manage.ts'

const OLD_ENDS: Field = {
  name: 'old_secret_expires_at',
  kind: 'time',
  access: 'once',
  about: 'When the old secrets end. Absent: they have ended.',
}

type Clients = () => Resource<Client>

export function secretActions(resource: Clients): readonly Operation[] {
  return [
    listSecrets(resource),
    {
      ...ofSecrets('rotate_secret', '/rotate-secret'),
      summary: 'Give a client a new secret',
      about: 'The secret that was made is shown once, in this answer.',
      body: ROTATE_FIELDS,
      answer: { kind: 'document', fields: [...shown(CLIENT_FIELDS), OLD_ENDS] },
      perform: ({ path, body = {}, ifMatch }, acting) =>
        changeSecrets(resource, path, ifMatch, acting, client => rotate(client, body, acting)),
    },
    {
      ...ofSecrets('add_secret', '/secrets'),
      summary: 'Give a client one more secret',
      about: `The others go on counting. A client has at most ${MOST_SECRETS}.`,
      body: ADD_FIELDS,
      answer: { kind: 'document', fields: shown(CLIENT_FIELDS) },
      perform: ({ path, body = {}, ifMatch }, acting) =>
        changeSecrets(resource, path, ifMatch, acting, client => add(client, body, acting)),
    },
    {
      ...ofSecrets('expire_secret', '/secrets/{secret_id}/expire'),
      summary: 'End a secret of a client',
      body: END_FIELDS,
      answer: { kind: 'document', fields: shown(CLIENT_FIELDS) },
      perform: ({ path, body = {}, ifMatch }, acting) =>
        changeSecrets(resource, path, ifMatch, acting, client => end(client, path.secret_id ?? '', body, acting)),
    },
  ]
}

function listSecrets(resource: Clients): Operation {
  return {
    name: 'clients.list_secrets',
    method: 'GET',
    path: '/clients/{client_id}/secrets',
    role: 'viewer',
    summary: 'List the secrets of a client by their dates',
    answer: { kind: 'page', fields: SECRET_FIELDS },
    perform: ({ path }, acting) =>
      withOne(resource(), path, acting, async client => {
        const uses = await acting.repositories.secretUses.listOfClient(client.uid)
        return { document: { items: secretDocuments(client, uses) } }
      }),
  }
}

function ofSecrets(name: string, path: string) {
  return {
    name: `clients.${name}`,
    method: 'POST',
    path: `/clients/{client_id}${path}`,
    role: 'operator',
    ifMatch: 'optional',
  } as const
}

function changeSecrets(
  resource: Clients,
  path: Readonly<Record<string, string>>,
  ifMatch: string | undefined,
  acting: Acting,
  decide: (client: Client) => Promise<SecretChange | Problem>,
) {
  return withOne(resource(), path, acting, (client, before, key) => {
    const change = async (): Promise<Change | Problem> => {
      const refused =
        (await checkMayManage([{ before: client, after: client }], acting)) ??
        (await checkSecretNotDeclared(key, acting))
      if (refused !== undefined) return refused
      const decided = await decide(client)
      if (isProblem(decided)) return decided
      const after: Client = {
        ...withMaker(client, decided.client, acting),
        updatedAt: acting.now,
        updatedBy: acting.actor.name,
      }
      const { type, detail } = decided.event
      return {
        writes: clientWrites(client, after, acting),
        events: [{ type, clientUid: client.uid, detail: { client_id: client.clientId, ...detail } }],
        after: await clientDocument(after, acting),
        ...(decided.once === undefined ? {} : { once: decided.once }),
        warnings: decided.warnings ?? [],
      }
    }
    return performChange({ resource: resource(), key, before, ifMatch }, change, acting)
  })
}
