/** Does the world reach this server where it says it is? A wrong issuer or a proxy that leads elsewhere breaks every sign-in. */

import type { GuardedFetch } from '../../lib/guarded-fetch.ts'

/** What is wrong, in words for the log; nothing when all is well. */
export async function checkOwnUrl(issuer: string, fetch: GuardedFetch): Promise<string | undefined> {
  const url = `${issuer}/.well-known/openid-configuration`
  const answer = await fetch({ url })
  if (answer.kind === 'refused') return `${url} cannot be fetched (${answer.reason}): ${answer.detail}`
  if (answer.status !== 200)
    return `${url} answers with status ${answer.status}: does the proxy lead here, path included?`
  const stated = issuerOf(answer.body)
  if (stated === undefined)
    return `${url} answers with something that is no discovery document: does the proxy lead here?`
  // OpenID Connect Discovery §4.3: the issuer must be identical to the URL it was fetched from.
  return stated === issuer ? undefined : `${url} belongs to another issuer, ${stated}`
}

function issuerOf(body: Buffer): string | undefined {
  try {
    const { issuer } = JSON.parse(body.toString('utf8')) as { issuer?: unknown }
    return typeof issuer === 'string' ? issuer : undefined
  } catch {
    return undefined
  }
}
