/** The sign-in page, drawn for a flow as it stands. */

import type { Flow } from '../../core/flow/flow.ts'
import { sealFormToken } from '../../core/flow/flow-handles.ts'
import type { SignedIn, SignInReason } from '../../core/flow/next-step.ts'
import { upstreamName } from '../../core/upstreams/upstream.ts'
import type { HttpRequest, Reply } from '../../http/endpoint.ts'
import { askedProof } from './arrival-progress.ts'
import { loginUpstreams } from './login-upstreams.ts'
import { frameOf, pageReply } from './page-reply.ts'
import type { PagesPorts } from './ports.ts'
import { displayName } from './shown-account.ts'
import { shownClient } from './shown-client.ts'
import { type LoginPage, type LoginProblem, renderLogin } from './views/login.ts'

export interface LoginView {
  readonly signedIn?: SignedIn | undefined
  readonly reason?: SignInReason
  readonly problem?: LoginProblem
  readonly username?: string | undefined
  /** The person wants to go on as somebody else. */
  readonly switches?: boolean
}

/** Why somebody who is signed in has to prove it once more. */
const AGAIN: readonly SignInReason[] = ['prompt-login', 'max-age', 'step-up', 'second-factor']

/** RFC 9110 §15.5.2 wants a challenge with 401, which would open the browser's own dialog: a form that failed is shown again with 200. */
export async function loginPage(flow: Flow, view: LoginView, request: HttpRequest, ports: PagesPorts): Promise<Reply> {
  const { signedIn, reason, problem, username, switches = false } = view
  const authorization = flow.purpose.kind === 'authorization' ? flow.purpose : undefined
  const frame = frameOf(request, ports, authorization?.request.uiLocales)
  const found = authorization && (await ports.repositories.clients.find(authorization.clientUid))
  const client = found && shownClient(found, frame.locale, ports)
  const who = signedIn && {
    name: displayName(signedIn.account),
    username: signedIn.account.username,
  }
  const proof = await shownProof(flow, ports)
  const html = renderLogin({
    ...frame,
    flowId: flow.id,
    csrf: sealFormToken(ports.handles, flow.id, signedIn?.account.id),
    clientName: client?.name,
    clientLogoUrl: client?.logoUrl,
    clientLinks: client,
    loginHint: authorization?.request.loginHint,
    username: username ?? proof?.username,
    problem,
    ...(await loginUpstreams(flow, switches, ports)),
    continueAs: reason === 'select-account' ? who : undefined,
    reauthenticate: reason !== undefined && AGAIN.includes(reason) ? who : undefined,
    proof: proof?.shown,
  })
  const status = problem?.kind === 'slow-down' ? 429 : problem?.kind === 'busy' ? 503 : 200
  const reply = pageReply(html, status)
  if (problem?.kind === 'slow-down')
    return { ...reply, headers: { ...reply.headers, 'retry-after': String(problem.seconds) } }
  return problem?.kind === 'busy' ? { ...reply, headers: { ...reply.headers, 'retry-after': '2' } } : reply
}

/** What the person is asked for besides, on the way home from an upstream. */
async function shownProof(
  flow: Flow,
  { repositories }: PagesPorts,
): Promise<{ readonly shown: LoginPage['proof']; readonly username: string | undefined } | undefined> {
  const asked = askedProof(flow)
  const attempt = asked && (await repositories.attempts.find(asked.attemptId))
  const upstream = attempt && (await repositories.upstreams.find(attempt.upstreamUid))
  if (asked === undefined || upstream === undefined) return undefined
  const { kind, accountId } = asked
  // The upstream has proven whose account it is; before a link it has not.
  const account = kind === 'post-login' ? await repositories.accounts.find(accountId) : undefined
  return { shown: { kind, upstreamName: upstreamName(upstream) }, username: account?.username }
}
