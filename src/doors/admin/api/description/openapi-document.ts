/** The admin API as an OpenAPI 3.1 document, made of the operations and their fields. */

import { ROLES } from '../../../../core/accounts/account.ts'
import { adminResource, adminScope } from '../../../../core/administration/admin-scopes.ts'
import type { JsonSchema } from '../../../../core/administration/json-schema.ts'
import type { Operation } from '../../../../core/administration/operation.ts'
import type { Resource } from '../../../../core/administration/resource.ts'
import { cookiePrefix } from '../../../../http/cookies.ts'
import { pathItems } from './path-items.ts'
import { HEADER_COMPONENTS, PROBLEM_SCHEMA, problemComponents } from './responses.ts'
import { ROLE_TEXTS } from './role-texts.ts'
import { createSchemaBook } from './schema-book.ts'
import { sectionsOf } from './sections.ts'

export interface Described {
  readonly issuer: string
  readonly operations: readonly Operation[]
  readonly resources: readonly Resource[]
}

const ABOUT = `Everything that can be managed here. Lists come in pages: \`next\` of a page is the \`cursor\` of the one after it. Names in
paths are percent-encoded. Members of a body that no field has, and parameters that no operation has, are refused. A document carries its
version as \`ETag\`; sent back as \`If-Match\`, a change is refused when somebody else was faster. Problems are told as RFC 9457 has it.`

export function openApiDocument({ issuer, operations, resources }: Described): JsonSchema {
  const book = createSchemaBook()
  book.refer('Problem', PROBLEM_SCHEMA)
  const paths = pathItems(operations, resources, book)
  return {
    openapi: '3.1.0',
    jsonSchemaDialect: 'https://json-schema.org/draft/2020-12/schema',
    info: { title: 'Sallyport admin API', version: '1', description: ABOUT.replaceAll('\n', ' ') },
    servers: [{ url: adminResource(issuer) }],
    tags: sectionsOf(operations, resources).map(({ name, about }) => ({ name, description: about })),
    paths,
    components: {
      schemas: book.schemas,
      responses: problemComponents(),
      headers: HEADER_COMPONENTS,
      securitySchemes: securitySchemes(issuer),
    },
  }
}

function securitySchemes(issuer: string): JsonSchema {
  const scopes = Object.fromEntries(ROLES.map(role => [adminScope(role), ROLE_TEXTS[role]]))
  const tokenUrl = `${issuer}/token`
  const about = `An access token of this server with the parameter resource=${adminResource(issuer)}.`
  return {
    token: {
      type: 'oauth2',
      description: `${about} A person’s token opens no more than the person may.`,
      flows: {
        clientCredentials: { tokenUrl, scopes },
        authorizationCode: { authorizationUrl: `${issuer}/authorize`, tokenUrl, scopes },
      },
    },
    session: {
      type: 'apiKey',
      in: 'cookie',
      name: `${cookiePrefix(issuer.startsWith('https:'))}session`,
      description: 'Of a person who is signed in here, from pages of this server alone.',
    },
  }
}
