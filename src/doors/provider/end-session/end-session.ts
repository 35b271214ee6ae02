/** End session endpoint (OpenID Connect RP-Initiated Logout 1.0): an app asks us to sign the person out. */

import type { TraceCode } from '../../../core/audit/audit-event.ts'
import { newTraceCode } from '../../../core/audit/trace-code.ts'
import type { Client } from '../../../core/clients/client.ts'
import { afterSignOut, type SignOutPurpose } from '../../../core/flow/after-sign-out.ts'
import { sealFlowCookie } from '../../../core/flow/flow-handles.ts'
import type { SignedIn } from '../../../core/flow/next-step.ts'
import { startFlow, traced } from '../../../core/flow/steps.ts'
import type { KeyRing } from '../../../core/keys/key-ring.ts'
import { type IdTokenHint, verifyIdTokenHint } from '../../../core/keys/verify-id-token-hint.ts'
import { endSession, type SignOut } from '../../../core/sessions/end-session.ts'
import { findSignedIn } from '../../../core/sessions/find-signed-in.ts'
import { subjectOf } from '../../../core/tokens/subject.ts'
import { furtherFor } from '../../../core/upstreams/sign-out/leave.ts'
import { furtherOf, type LogoutParameters } from '../../../core/upstreams/sign-out/logout-parameters.ts'
import type { Endpoint, HttpRequest, Reply } from '../../../http/endpoint.ts'
import { redirectReply } from '../../../http/replies.ts'
import { addSeconds } from '../../../lib/clock.ts'
import { newId } from '../../../lib/id.ts'
import { asQuery, checkNotRepeated, type Params, parseParams } from '../../../spec/params.ts'
import { firstRefusal, isRefusal, type Refusal, refuse } from '../../../spec/refusal.ts'
import type { ProviderPorts } from '../ports.ts'

const MAX_QUERY_LENGTH = 12_000

export function endSessionEndpoint(ports: ProviderPorts): Endpoint {
  return {
    name: 'end-session',
    path: '/end_session',
    methods: ['GET', 'POST'],
    async handle(request) {
      if (request.method === 'GET') return signOutFor(request, ports)
      // RP-Initiated Logout §2: GET and POST. A form posted by another site comes without our cookies, so it comes again as a GET.
      if (request.contentType !== 'application/x-www-form-urlencoded' || request.body.length > MAX_QUERY_LENGTH) {
        return ports.errorPage(request, { status: 400, kind: 'bad-request' })
      }
      return redirectReply(`${ports.issuer}/end_session?${asQuery(request.body)}`)
    },
  }
}

interface SignOutRequest {
  readonly hint?: IdTokenHint
  readonly client?: Client
  /** Registered, and asked for together with a valid hint. */
  readonly redirectUri?: string
  readonly state?: string
  /** What is not for us, and may be for an upstream. */
  readonly further: LogoutParameters
}

export type SignOutDecision =
  | { readonly kind: 'sign-out' }
  | { readonly kind: 'ask' }
  | { readonly kind: 'nothing-to-end' }

async function signOutFor(request: HttpRequest, ports: ProviderPorts): Promise<Reply> {
  const now = ports.clock.now()
  const traceCode = newTraceCode(ports.random)
  const params = parseParams(request.query)
  const signOut = isRefusal(params) ? params : await parse(params, ports)
  if (isRefusal(signOut)) {
    ports.journal.recordRefusal('sign-out.refused', signOut, {
      address: request.address,
      requestId: request.requestId,
      traceCode,
    })
    return ports.errorPage(request, { status: 400, kind: 'bad-request', traceCode })
  }
  const { sessions } = ports.repositories
  const cookie = ports.cookies.read(request.cookie, 'session')
  const signedIn = await findSignedIn({ handles: ports.keys.handles, sessions }, cookie, now)
  const { kind } = decide(signOut, signedIn, ports.keys)
  if (signedIn === undefined || kind === 'nothing-to-end') return redirectReply(afterSignOut(signOut, ports.issuer))
  const flow = await newFlow(signOut, signedIn, now, traceCode, ports)
  return kind === 'sign-out' ? end(signedIn, flow, request, now, ports) : ask(flow, request, now, ports)
}

async function parse(params: Params, ports: ProviderPorts): Promise<SignOutRequest | Refusal> {
  const repeated = checkNotRepeated(params)
  if (repeated !== undefined) return repeated
  const hintText = params.get('id_token_hint')
  const hint = hintText === undefined ? undefined : await verifyIdTokenHint(hintText, ports)
  if (isRefusal(hint)) return hint
  const clientId = params.get('client_id') ?? hint?.clientId
  const client = clientId === undefined ? undefined : await ports.repositories.clients.findByClientId(clientId)
  const redirectUri = params.get('post_logout_redirect_uri')
  const refusal = firstRefusal(
    checkSameClient(params.get('client_id'), hint),
    redirectUri === undefined ? undefined : checkRedirectUri(redirectUri, hint, client),
  )
  if (refusal !== undefined) return refusal
  const state = params.get('state')
  return {
    ...(hint === undefined ? {} : { hint }),
    ...(client === undefined ? {} : { client }),
    ...(redirectUri === undefined ? {} : { redirectUri }),
    ...(state === undefined ? {} : { state }),
    further: furtherOf(params),
  }
}

/** RP-Initiated Logout §2: when client_id and id_token_hint are both there, the token was issued to that client. */
function checkSameClient(clientId: string | undefined, hint: IdTokenHint | undefined): Refusal | undefined {
  if (clientId === undefined || hint === undefined || hint.clientId === clientId) return undefined
  return refuse(
    'invalid_request',
    'id_token_hint was issued to another client',
    'RP-Initiated Logout §2 client_id matches the hint',
  )
}

/** RP-Initiated Logout §3: never to a URI that is not registered, and not on the word of somebody who shows no ID token. */
function checkRedirectUri(
  redirectUri: string,
  hint: IdTokenHint | undefined,
  client: Client | undefined,
): Refusal | undefined {
  if (hint === undefined) {
    return refuse(
      'invalid_request',
      'post_logout_redirect_uri needs an id_token_hint',
      'RP-Initiated Logout §2 id_token_hint confirms the request',
    )
  }
  if (client?.postLogoutRedirectUris.includes(redirectUri) === true) return undefined
  return refuse(
    'invalid_request',
    'post_logout_redirect_uri is not registered',
    'RP-Initiated Logout §3 post_logout_redirect_uris',
    {
      requested: redirectUri.slice(0, 200),
      registered: client?.postLogoutRedirectUris ?? [],
    },
  )
}

/** RP-Initiated Logout §2: without a hint that names this very session the person is asked, or any site could sign people out. */
export function decide(
  { hint, client }: Pick<SignOutRequest, 'hint' | 'client'>,
  signedIn: SignedIn | undefined,
  keys: Pick<KeyRing, 'pairwiseSubject'>,
): SignOutDecision {
  if (signedIn === undefined) return { kind: 'nothing-to-end' }
  const { session, account } = signedIn
  // OIDC Core §8: as the app knows the person.
  const subject = client === undefined ? account.subject : subjectOf(client, account, keys)
  const named = hint !== undefined && hint.subject === subject && hint.sessionId === session.id
  return named ? { kind: 'sign-out' } : { kind: 'ask' }
}

type SignOutFlow = SignOut['flow']

async function newFlow(
  { client, redirectUri, state, ...signOut }: SignOutRequest,
  { session }: SignedIn,
  now: Date,
  traceCode: TraceCode,
  ports: ProviderPorts,
): Promise<SignOutFlow> {
  const { random, flowSeconds } = ports
  const further = await furtherFor(session.id, signOut.further, ports)
  const purpose: SignOutPurpose = {
    kind: 'sign-out',
    ...(client === undefined ? {} : { clientUid: client.uid }),
    ...(redirectUri === undefined ? {} : { redirectUri }),
    ...(state === undefined ? {} : { state }),
    ...(further.length === 0 ? {} : { further }),
  }
  const expiresAt = addSeconds(now, flowSeconds)
  return { ...startFlow({ id: newId(now, random), traceCode, purpose, now, expiresAt }), purpose }
}

async function end(
  signedIn: SignedIn,
  flow: SignOutFlow,
  { address, requestId }: HttpRequest,
  now: Date,
  ports: ProviderPorts,
): Promise<Reply> {
  const signOut: SignOut = { signedIn, flow, isStored: false, address, requestId, now }
  const ended = await endSession(signOut, ports.keys.handles, ports)
  const drop = ports.cookies.drop('session')
  return ended.kind === 'visit'
    ? redirectReply(ended.url, [drop, flowCookie(flow, ports)])
    : redirectReply(afterSignOut(flow.purpose, ports.issuer), [drop])
}

async function ask(flow: SignOutFlow, request: HttpRequest, now: Date, ports: ProviderPorts): Promise<Reply> {
  const shown = traced(flow, now, {
    step: 'sign-out',
    outcome: 'shown',
    rule: 'RP-Initiated Logout §2 the person is asked',
    facts: { address: request.address },
  })
  await ports.journal.commit([ports.repositories.flows.insert(shown)])
  return redirectReply(`${ports.issuer}/sign-out?flow=${flow.id}`, [flowCookie(flow, ports)])
}

function flowCookie({ id }: SignOutFlow, { cookies, keys, flowSeconds }: ProviderPorts): string {
  return cookies.set(`flow-${id}`, sealFlowCookie(keys.handles, id), flowSeconds)
}
