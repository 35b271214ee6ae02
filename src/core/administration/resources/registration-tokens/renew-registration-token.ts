/** `registration-tokens.renew`: a new registration access token (RFC 7592) for an app, and the end of the old one. */

import { generationOf, sealRegistrationToken } from '../../../registration/registration-handles.ts'
import { documentMistakes } from '../../document-mistakes.ts'
import type { Field } from '../../field.ts'
import type { Operation } from '../../operation.ts'
import { commitChange, meanwhile } from '../../perform-change.ts'
import { invalid, invalidField, notFound } from '../../problem.ts'

const RENEW: readonly Field[] = [
  { name: 'client_id', kind: 'text', access: 'written', required: true, about: 'An app that registered itself.' },
]

export const renewal: Operation = {
  name: 'registration-tokens.renew',
  method: 'POST',
  path: '/registration-tokens/renew',
  role: 'administrator',
  summary: 'Give an app that registered itself a new token to manage its registration with',
  about: 'RFC 7592. The old one ends at once.',
  body: RENEW,
  answer: {
    kind: 'document',
    fields: [
      { name: 'client_id', kind: 'text', access: 'shown', about: 'The app.' },
      { name: 'registration_access_token', kind: 'text', access: 'once', about: 'Keep it: it is not shown again.' },
    ],
  },
  async perform({ body = {} }, acting) {
    const mistakes = documentMistakes(body, RENEW, 'making')
    if (mistakes.length > 0) return invalid(mistakes)
    const { repositories, now, actor } = acting
    const clientId = `${body.client_id}`
    const before = await repositories.clients.findByClientId(clientId)
    if (before === undefined) return notFound('client', clientId)
    if (before.origin !== 'registration') {
      return invalidField('client_id', 'RFC 7592', `${clientId} did not register itself, so it has no such token`)
    }
    const client = {
      ...before,
      registrationGeneration: generationOf(before) + 1,
      updatedAt: now,
      updatedBy: actor.name,
    }
    const change = {
      writes: [repositories.clients.replace(client, before)],
      events: [
        {
          type: 'client.registration-token-renewed' as const,
          clientUid: client.uid,
          detail: { client_id: clientId },
        },
      ],
    }
    const isCommitted = await commitChange(change, undefined, acting)
    if (!isCommitted) return meanwhile('client', clientId)
    const token = sealRegistrationToken((await acting.openKeys()).handles, client)
    return { document: { client_id: clientId, registration_access_token: token } }
  },
}
