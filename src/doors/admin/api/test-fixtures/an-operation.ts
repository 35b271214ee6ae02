/** Operations and requests as the tests of the admin API need them. */

import type { Operation } from '../../../../core/administration/operation.ts'
import type { HttpRequest } from '../../../../http/endpoint.ts'

export function anOperation(changes: Partial<Operation> = {}): Operation {
  return {
    name: 'things.read',
    method: 'GET',
    path: '/things/{name}',
    role: 'viewer',
    summary: 'Read a thing',
    perform: async () => ({}),
    ...changes,
  }
}

/** `headers` by their lower-case names. */
export function aRequest(
  changes: Partial<HttpRequest> & { readonly headers?: Readonly<Record<string, string>> } = {},
): HttpRequest {
  const { headers = {}, ...others } = changes
  return {
    method: 'GET',
    path: '/api/admin/v1/things/one',
    query: '',
    body: '',
    contentType: headers['content-type'] ?? '',
    authorization: headers.authorization,
    cookie: headers.cookie,
    origin: headers.origin,
    userAgent: 'test',
    acceptLanguage: '',
    address: '192.0.2.1',
    requestId: 'request-1',
    ifNoneMatch: headers['if-none-match'],
    header: name => headers[name],
    ...others,
  }
}
