/** A browser comes to a path of an upstream: which upstream is it, which flow, and is it the flow's browser? */

import type { Flow } from '../../core/flow/flow.ts'
import { isFlowCookie } from '../../core/flow/flow-handles.ts'
import type { SignedIn } from '../../core/flow/next-step.ts'
import { isOver } from '../../core/flow/steps.ts'
import { findSignedIn } from '../../core/sessions/find-signed-in.ts'
import type { Upstream } from '../../core/upstreams/upstream.ts'
import type { HttpRequest } from '../../http/endpoint.ts'
import { type Params, parseParams, printable } from '../../spec/params.ts'
import { type Refusal, refuse } from '../../spec/refusal.ts'
import type { BrokerPorts } from './ports.ts'

/** Longer than any honest query; it may become part of a URL, and be kept. */
const MAX_QUERY_LENGTH = 8_000

export function checkLength({ length }: string): Refusal | undefined {
  if (length <= MAX_QUERY_LENGTH) return undefined
  const rule = 'at most 8000 characters, form-urlencoded'
  return refuse('invalid_request', 'the request is too large', rule, { length })
}

export function parseQuery({ query }: Pick<HttpRequest, 'query'>): Params | Refusal {
  return checkLength(query) ?? parseParams(query)
}

/** Of `/broker/ALIAS/…`. */
export function aliasOf({ path }: Pick<HttpRequest, 'path'>): string {
  const [, , alias = ''] = path.split('/')
  return alias
}

/** The upstream that the path names. One that is switched off signs nobody in, but people can still leave. */
export async function upstreamOfPath(
  request: HttpRequest,
  { repositories }: BrokerPorts,
): Promise<Upstream | undefined> {
  return repositories.upstreams.findByAlias(aliasOf(request))
}

/** The upstream that the path names, or that there is none. */
export async function findUpstream(request: HttpRequest, ports: BrokerPorts): Promise<Upstream | Refusal> {
  return (await upstreamOfPath(request, ports)) ?? noUpstream(aliasOf(request), false)
}

/** It may have been switched off while somebody was on their way. */
export function checkEnabled({ enabled, alias }: Pick<Upstream, 'enabled' | 'alias'>): Refusal | undefined {
  return enabled ? undefined : noUpstream(alias, true)
}

function noUpstream(alias: string, known: boolean): Refusal {
  const facts = { upstream: printable(alias), known }
  return refuse('invalid_request', 'there is no such upstream', 'the upstream exists and is enabled', facts)
}

export type FlowFound =
  /** This browser's, and still in need of an answer. */
  | { readonly kind: 'open'; readonly flow: Flow }
  /** Another browser's, or this one lost its cookie. */
  | { readonly kind: 'foreign'; readonly flow: Flow }
  | { readonly kind: 'over'; readonly flow: Flow }
  | { readonly kind: 'gone' }

export async function findFlow(
  id: Flow['id'] | undefined,
  request: HttpRequest,
  now: Date,
  ports: BrokerPorts,
): Promise<FlowFound> {
  const flow = id === undefined ? undefined : await ports.repositories.flows.find(id)
  if (flow === undefined) return { kind: 'gone' }
  // Login CSRF: a link from elsewhere must not sign this browser in to a flow that somebody else began.
  const cookie = ports.cookies.read(request.cookie, `flow-${flow.id}`)
  if (!isFlowCookie(ports.keys.handles, flow.id, cookie)) return { kind: 'foreign', flow }
  return { kind: isOver(flow, now) ? 'over' : 'open', flow }
}

/** Who is signed in here in this browser. */
export function findVisitor(request: HttpRequest, now: Date, ports: BrokerPorts): Promise<SignedIn | undefined> {
  const { keys, cookies, repositories } = ports
  const cookie = cookies.read(request.cookie, 'session')
  return findSignedIn({ handles: keys.handles, sessions: repositories.sessions }, cookie, now)
}

/** The pages know what to say about a flow in any state: they answer again, start again, or show the sign-in page. */
export function loginUrl({ id }: Pick<Flow, 'id'>, { issuer }: Pick<BrokerPorts, 'issuer'>): string {
  return `${issuer}/login?flow=${id}`
}

export function arriveUrl({ id }: Pick<Flow, 'id'>, { issuer }: Pick<BrokerPorts, 'issuer'>): string {
  return `${issuer}/arrive?flow=${id}`
}

/** OIDC Core §3.1.2.1: the app wants an answer without any page. */
export function isSilent({ purpose }: Pick<Flow, 'purpose'>): boolean {
  return purpose.kind === 'authorization' && purpose.request.prompt.includes('none')
}
