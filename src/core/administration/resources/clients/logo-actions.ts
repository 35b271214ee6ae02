/** The logo of a client: uploaded, read, taken away. Where it is shown, it stands in the place of `logo_uri`. */

import { checkLogo, LOGO_MEDIA_TYPES, MAX_LOGO_BYTES } from '../../../clients/check-logo.ts'
import type { Client } from '../../../clients/client.ts'
import { withOne } from '../../crud-operations.ts'
import { shown } from '../../field.ts'
import type { Operation } from '../../operation.ts'
import { performChange } from '../../perform-change.ts'
import type { Acting } from '../../ports.ts'
import { invalid, notFound, type Problem } from '../../problem.ts'
import type { Change, Resource } from '../../resource.ts'
import { clientDocument } from './client-document.ts'
import { CLIENT_FIELDS } from './client-fields.ts'
import { checkMayManage } from './may-manage.ts'

const PATH = '/clients/{client_id}/logo'

export function logoActions(resource: () => Resource<Client>): readonly Operation[] {
  return [
    {
      name: 'clients.get_logo',
      method: 'GET',
      path: PATH,
      role: 'viewer',
      summary: 'Read the logo of a client that was uploaded',
      answer: { kind: 'bytes', fields: [] },
      perform: ({ path }, acting) =>
        withOne(resource(), path, acting, async ({ uid }, _, key) => {
          const logo = await acting.repositories.clientLogos.find(uid)
          if (logo === undefined) return notFound('logo of the client', key)
          return { bytes: { mediaType: logo.mediaType, content: logo.content } }
        }),
    },
    {
      name: 'clients.put_logo',
      method: 'PUT',
      path: PATH,
      role: 'operator',
      summary: 'Upload the logo of a client',
      about: `PNG, JPEG, GIF or WebP, told by the bytes; at most ${MAX_LOGO_BYTES / 1024} kB. It takes the place of the one before.`,
      takesBytes: [...LOGO_MEDIA_TYPES, 'application/octet-stream'],
      answer: { kind: 'document', fields: shown(CLIENT_FIELDS) },
      ifMatch: 'optional',
      perform: ({ path, bytes, ifMatch }, acting) =>
        withOne(resource(), path, acting, (client, before, key) =>
          performChange(
            { resource: resource(), key, before, ifMatch },
            () => put(client, bytes?.content ?? new Uint8Array(), acting),
            acting,
          ),
        ),
    },
    {
      name: 'clients.delete_logo',
      method: 'DELETE',
      path: PATH,
      role: 'operator',
      summary: 'Take the uploaded logo of a client away',
      ifMatch: 'optional',
      answer: { kind: 'document', fields: shown(CLIENT_FIELDS) },
      perform: ({ path, ifMatch }, acting) =>
        withOne(resource(), path, acting, (client, before, key) =>
          performChange({ resource: resource(), key, before, ifMatch }, () => remove(client, key, acting), acting),
        ),
    },
  ]
}

async function put(client: Client, content: Uint8Array, acting: Acting): Promise<Change | Problem> {
  const refused = await checkMayManage([{ before: client, after: client }], acting)
  if (refused !== undefined) return refused
  const checked = checkLogo(content)
  if ('rule' in checked) return invalid([checked])
  const { mediaType, digest } = checked
  const logo = { clientUid: client.uid, mediaType, digest, content, createdAt: acting.now }
  const after: Client = { ...client, logoDigest: digest, ...changedNow(acting) }
  return {
    writes: [acting.repositories.clientLogos.put(logo), acting.repositories.clients.replace(after, client)],
    events: [
      {
        type: 'client.logo-set',
        clientUid: client.uid,
        detail: { client_id: client.clientId, media_type: mediaType, bytes: content.length },
      },
    ],
    after: await clientDocument(after, acting),
  }
}

async function remove(client: Client, key: string, acting: Acting): Promise<Change | Problem> {
  const refused = await checkMayManage([{ before: client, after: client }], acting)
  if (refused !== undefined) return refused
  const { logoDigest, ...rest } = client
  if (logoDigest === undefined) return notFound('logo of the client', key)
  const after: Client = { ...rest, ...changedNow(acting) }
  return {
    writes: [acting.repositories.clientLogos.delete(client.uid), acting.repositories.clients.replace(after, client)],
    events: [{ type: 'client.logo-removed', clientUid: client.uid, detail: { client_id: client.clientId } }],
    after: await clientDocument(after, acting),
  }
}

function changedNow({ now, actor }: Acting): Pick<Client, 'updatedAt' | 'updatedBy'> {
  return { updatedAt: now, updatedBy: actor.name }
}
