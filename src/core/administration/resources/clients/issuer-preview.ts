/** Before the issuer changes: which clients would break, what to change at upstreams, and what holds for everybody. */

import { clientBreakages, generalBreakages, upstreamChanges } from '../../../clients/issuer-preview.ts'
import type { Field } from '../../field.ts'
import type { Operation } from '../../operation.ts'
import { invalidField } from '../../problem.ts'

const text = (name: string, about: string, required = true): Field => ({
  name,
  kind: 'text',
  access: 'shown',
  ...(required ? { required: true as const } : {}),
  about,
})

const ANSWER: readonly Field[] = [
  text('issuer', 'As it is.'),
  text('new_issuer', 'As it would be.'),
  {
    name: 'for_everybody',
    kind: 'list',
    access: 'shown',
    required: true,
    about: 'What holds for all apps and people.',
  },
  {
    name: 'clients',
    kind: 'objects',
    access: 'shown',
    required: true,
    about: 'Clients that have something of the old issuer in their settings.',
    fields: [
      text('client_id', 'Which client.'),
      text('client_name', 'Its name.'),
      {
        name: 'breaks',
        kind: 'objects',
        access: 'shown',
        required: true,
        about: 'What breaks.',
        fields: [
          text('member', 'Which metadata.'),
          text('value', 'Its value.', false),
          text('what', 'What to do about it.'),
        ],
      },
    ],
  },
  {
    name: 'upstreams',
    kind: 'objects',
    access: 'shown',
    required: true,
    about: 'What is registered about us at upstreams, and has to change there.',
    fields: [
      text('alias', 'Which upstream.'),
      text('what', 'What is registered.'),
      text('before', 'As it is.'),
      text('after', 'As it has to be.'),
    ],
  },
  {
    name: 'resources',
    kind: 'list',
    access: 'shown',
    required: true,
    about: 'APIs in the settings below the old issuer.',
  },
]

export const issuerPreview: Operation = {
  name: 'clients.issuer_preview',
  method: 'GET',
  path: '/issuer-preview',
  role: 'viewer',
  summary: 'See what a change of the issuer would break',
  query: [
    {
      name: 'new_issuer',
      kind: 'uri',
      access: 'written',
      required: true,
      about: 'The issuer as it would be.',
      example: 'https://id.example.com',
    },
  ],
  answer: { kind: 'document', fields: ANSWER },
  async perform({ query }, { issuer, repositories, supported }) {
    const next = (query.new_issuer ?? '').replace(/\/$/, '')
    if (!isIssuer(next)) {
      const message = `"${next}" is not an https or http URL without query and fragment, such as https://id.example.com`
      return invalidField('new_issuer', 'OIDC Discovery §3 issuer', message)
    }
    const [clients, upstreams] = await Promise.all([repositories.clients.list(), repositories.upstreams.list()])
    const isMoved = next !== issuer
    return {
      document: {
        issuer,
        new_issuer: next,
        for_everybody: isMoved ? generalBreakages(issuer, next) : [],
        clients: (isMoved ? clients : []).flatMap(client => {
          const breaks = clientBreakages(client, issuer, next)
          return breaks.length === 0 ? [] : [{ client_id: client.clientId, client_name: client.name, breaks }]
        }),
        upstreams: isMoved ? upstreams.flatMap(upstream => upstreamChanges(upstream, issuer, next)) : [],
        resources: isMoved ? (supported.resources ?? []).filter(uri => uri.startsWith(`${issuer}/`)) : [],
      },
    }
  },
}

/** OIDC Discovery §3: a URL with no query or fragment component. */
function isIssuer(text: string): boolean {
  const url = URL.parse(text)
  return url !== null && /^https?:$/.test(url.protocol) && !/[?#]/.test(text) && url.username === ''
}
