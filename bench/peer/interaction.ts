/** The peer's sign-in page: the smallest form that signs a person in, without a password check. */

import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Provider } from 'oidc-provider'

const PAGE =
  '<!doctype html><title>Sign in</title><form method="post"><input name="username"><input name="password" type="password"><button>Sign in</button></form>'

export function isInteraction(request: IncomingMessage): boolean {
  return request.url?.startsWith('/interaction/') === true
}

export async function interact(provider: Provider, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.method === 'GET') {
    await provider.interactionDetails(request, response)
    response.writeHead(200, { 'content-type': 'text/html', 'content-length': PAGE.length }).end(PAGE)
    return
  }
  let body = ''
  for await (const chunk of request) body += String(chunk)
  const accountId = new URLSearchParams(body).get('username') ?? ''
  await provider.interactionFinished(request, response, { login: { accountId } })
}
