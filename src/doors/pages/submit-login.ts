/** What the sign-in form sends: a password, or "continue as" the account this browser is signed in as. */

import type { PasswordSignIn } from '../../core/authentication/password-sign-in.ts'
import { PASSWORD_AMR } from '../../core/authentication/sign-in-methods.ts'
import { aboutFlow } from '../../core/flow/about-flow.ts'
import type { Flow } from '../../core/flow/flow.ts'
import { isFormAbout } from '../../core/flow/flow-handles.ts'
import { needsStepUp, nextStep, type SignedIn } from '../../core/flow/next-step.ts'
import { stepFacts } from '../../core/flow/settle.ts'
import { authenticated, nextVersion, traced } from '../../core/flow/steps.ts'
import { isSignedInWithin } from '../../core/sessions/recent-sign-in.ts'
import type { HttpRequest, Reply } from '../../http/endpoint.ts'
import { redirectReply } from '../../http/replies.ts'
import type { Params } from '../../spec/params.ts'
import type { Facts } from '../../spec/refusal.ts'
import { askedProof } from './arrival-progress.ts'
import { flowSession } from './flow-session.ts'
import { loginPage } from './login-page.ts'
import { sendByAddress } from './login-upstreams.ts'
import type { PagesPorts } from './ports.ts'
import { pageUrl, proceed } from './proceed.ts'
import { proveInLogin } from './prove-in-login.ts'
import { signInAs } from './sign-in-as.ts'

export async function submitLogin(
  flow: Flow,
  params: Params,
  request: HttpRequest,
  now: Date,
  ports: PagesPorts,
): Promise<Reply> {
  const current = await flowSession(undefined, request, now, ports)
  if (params.get('continue') === 'yes') return continueAs(flow, current, params.get('csrf'), request, now, ports)
  const elsewhere = await sendByAddress(flow, params, ports)
  if (elsewhere !== undefined) return elsewhere
  const username = params.get('username')
  const password = params.get('password')
  if (username === undefined || password === undefined) {
    const kind = username === undefined ? 'wrong-credentials' : 'password-missing'
    return loginPage(flow, { signedIn: current, username, problem: { kind } }, request, ports)
  }
  const deviceCookie = ports.cookies.read(request.cookie, 'device')
  const result = await ports.signInWithPassword({ username, password, address: request.address, deviceCookie })
  if (result.kind === 'proven') {
    const asked = askedProof(flow)
    if (asked !== undefined) return proveInLogin(flow, asked, result, current, request, now, ports)
    return signInByPassword(flow, result, current, request, ports)
  }
  const { refusal, problem, account, writes } = result
  const after = traced(flow, ports.clock.now(), {
    step: 'sign-in',
    outcome: 'refused',
    rule: refusal.rule,
    facts: { ...refusal.facts, ...delayFacts(result), address: request.address },
  })
  const event = ports.journal.record('sign-in.refused', {
    ...aboutFlow(flow, request),
    ...(account === undefined ? {} : { accountId: account.id }),
    detail: { ...refusal.facts, error: refusal.error, description: refusal.description, rule: refusal.rule },
  })
  // A failure counts even when two tabs race for the flow's trace, so it does not hang on the flow's version.
  await ports.journal.commit([...writes, event])
  await ports.journal.commit([ports.repositories.flows.advance(nextVersion(after))])
  return loginPage(flow, { signedIn: current, username, problem }, request, ports)
}

/** An attacked account answers late: whoever waited four seconds finds out why. */
function delayFacts({ delayedMs }: Pick<PasswordSignIn, 'delayedMs'>): Facts {
  return delayedMs === 0 ? {} : { delayed_ms: delayedMs, delayed_by: 'failures on the account' }
}

/** `prompt=select_account`: choosing counts as proof only where no fresh proof was asked for, too. */
async function continueAs(
  flow: Flow,
  current: SignedIn | undefined,
  formToken: string | undefined,
  request: HttpRequest,
  now: Date,
  ports: PagesPorts,
): Promise<Reply> {
  const again = async () => redirectReply(pageUrl('login', flow, ports))
  if (current === undefined || flow.purpose.kind !== 'authorization') return again()
  if (!isFormAbout(ports.handles, current.account.id, formToken)) return again()
  const client = await ports.repositories.clients.find(flow.purpose.clientUid)
  if (client === undefined) return again()
  const known = {
    client,
    request: flow.purpose.request,
    signedIn: current,
    consent: undefined,
    address: request.address,
    authenticatedInFlow: false,
    approvedInFlow: false,
    now,
  }
  const facts = await stepFacts(known, ports.settle)
  const step = nextStep(facts)
  if (step.kind !== 'sign-in' || step.why !== 'select-account') return again()
  if (needsFreshProof(flow, current, now) || needsStepUp(facts)) return again()
  const chosen = traced(authenticated(flow, current.session), now, {
    step: 'select-account',
    outcome: 'passed',
    rule: 'OIDC Core §3.1.2.1 prompt=select_account',
    facts: { username: current.account.username },
  })
  return proceed(
    { flow: chosen, signedIn: current, approved: false, writes: [], cookies: [], onLost: again },
    request,
    now,
    ports,
  )
}

function needsFreshProof({ purpose }: Flow, { session }: SignedIn, now: Date): boolean {
  const maxAge = purpose.kind === 'authorization' ? purpose.request.maxAgeSeconds : undefined
  return maxAge !== undefined && !isSignedInWithin(maxAge, session, now)
}

/** RFC 8176 `pwd`. */
function signInByPassword(
  flow: Flow,
  result: Extract<PasswordSignIn, { kind: 'proven' }>,
  current: SignedIn | undefined,
  request: HttpRequest,
  ports: PagesPorts,
): Promise<Reply> {
  const { account, writes } = result
  const proven = {
    now: ports.clock.now(),
    account,
    amr: PASSWORD_AMR,
    rule: 'the password matches',
    facts: delayFacts(result),
    writes: () => writes,
  }
  return signInAs(flow, proven, current, request, ports)
}
