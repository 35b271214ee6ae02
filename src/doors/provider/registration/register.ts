/** A new registration (RFC 7591 §3). */

import { decideThrottle } from '../../../core/authentication/throttle-rules.ts'
import type { InitialAccessToken } from '../../../core/clients/initial-access-token.ts'
import { clientInformation } from '../../../core/registration/client-information.ts'
import { findInitialAccessToken } from '../../../core/registration/initial-access.ts'
import { registerClient } from '../../../core/registration/register-client.ts'
import type { Write } from '../../../core/unit-of-work.ts'
import type { HttpRequest, Reply } from '../../../http/endpoint.ts'
import { jsonReply } from '../../../http/replies.ts'
import { parseBearerToken } from '../../../spec/bearer-token.ts'
import { isRefusal, type Refusal, refuse } from '../../../spec/refusal.ts'
import { bearerErrorReply } from '../error-replies.ts'
import type { ProviderPorts } from '../ports.ts'
import { refusedReply, tokenRefusedReply } from './registration-replies.ts'
import { makingPorts, parseBody, rulesNow } from './registration-request.ts'

/** An address may register many apps in a row (a test run does), but not go on like that. */
export const REGISTRATION_RULE = { capacity: 100, leakPerSecond: 1 / 30 }

export async function register(request: HttpRequest, ports: ProviderPorts): Promise<Reply> {
  const now = ports.clock.now()
  const token = await whoRegisters(request, ports, now)
  if (token === 'nobody') return bearerErrorReply(undefined)
  if (isRefusal(token)) return tokenRefusedReply(token, request, ports)
  const slow = token === 'anybody' ? await countAttempt(request, ports, now) : undefined
  if (slow !== undefined) return refusedReply(slow, request, ports)
  const said = parseBody(request, 'RFC 7591 §3.1 client metadata')
  if (isRefusal(said)) return refusedReply(said, request, ports)
  const used = token === 'anybody' ? undefined : token
  const made = await registerClient(said, used, await rulesNow(ports), makingPorts(ports, now))
  if (isRefusal(made)) return refusedReply(made, request, ports)
  const { client, secret } = made
  const event = ports.journal.record('client.registered', {
    at: now,
    clientUid: client.uid,
    address: request.address,
    requestId: request.requestId,
    detail: { client_id: client.clientId, name: client.name, by: used?.label ?? 'anybody' },
  })
  const { clients, initialAccessTokens } = ports.repositories
  const use: readonly Write[] = used?.remainingUses === undefined ? [] : [initialAccessTokens.use(used.id)]
  const outcome = await ports.journal.commit([clients.insert(client), ...use, event])
  if (outcome.committed)
    return jsonReply(201, clientInformation(client, secret, { issuer: ports.issuer, handles: ports.keys.handles }))
  if (use.some(({ name }) => name === outcome.lost)) {
    const rule = 'RFC 7591 §3 the initial access token has uses left'
    return tokenRefusedReply(refuse('invalid_token', 'the initial access token is used up', rule), request, ports)
  }
  throw new Error(`${outcome.lost} lost at the registration of ${client.clientId}`)
}

async function whoRegisters(
  { authorization }: HttpRequest,
  { registration, repositories, keys }: ProviderPorts,
  now: Date,
): Promise<InitialAccessToken | Refusal | 'anybody' | 'nobody'> {
  const text = parseBearerToken(authorization, undefined)
  if (text === undefined) return registration.policy.mode === 'open' ? 'anybody' : 'nobody'
  return isRefusal(text) ? text : findInitialAccessToken(text, { ...repositories, handles: keys.handles }, now)
}

/** RFC 7591 §5: an open endpoint takes what anybody sends, so it is rate-limited. Failed attempts count, because they cost as much. */
async function countAttempt(
  { address }: HttpRequest,
  { repositories: { throttle, commit }, throttlePrefix }: ProviderPorts,
  now: Date,
): Promise<Refusal | undefined> {
  const prefix = throttlePrefix(address)
  if (prefix === undefined) return undefined
  const key = `registration:${prefix}`
  const buckets = await throttle.find([key])
  const decision = decideThrottle([{ key, kind: 'address', rule: REGISTRATION_RULE }], buckets, () => 0, now)
  if (decision.kind === 'slow-down') {
    const rule = 'RFC 7591 §5 rate limit (throttling.trusted_addresses)'
    return refuse('slow_down', 'too many registrations from this address', rule, {
      retry_after: decision.retryAfterSeconds,
    })
  }
  await commit([throttle.add(key, now, REGISTRATION_RULE.leakPerSecond)])
  return undefined
}
