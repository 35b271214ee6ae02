/** The consent page: the person sees what an app asks for, and allows or denies it. */

import { titleOfClaim, titlesOfScope } from '../../core/attributes/custom-claims.ts'
import type { Client } from '../../core/clients/client.ts'
import { webHostOf } from '../../core/clients/web-host.ts'
import type { Consent } from '../../core/consents/consent.ts'
import { claimItem, claimsBeyondScopes, consentItems, resourceItem } from '../../core/consents/consent-items.ts'
import type { Flow } from '../../core/flow/flow.ts'
import { isFormAbout, sealFormToken } from '../../core/flow/flow-handles.ts'
import { nextStep, type SignedIn, type Step } from '../../core/flow/next-step.ts'
import { refuseAuthorization, stepFacts } from '../../core/flow/settle.ts'
import { nextVersion, refused, restarted, traced } from '../../core/flow/steps.ts'
import type { Endpoint, HttpRequest, Reply } from '../../http/endpoint.ts'
import { redirectReply, withTraceCode } from '../../http/replies.ts'
import { addSeconds } from '../../lib/clock.ts'
import type { AuthorizationRequest } from '../../spec/authorization-request.ts'
import { refuse } from '../../spec/refusal.ts'
import { answerReply } from './answer-page.ts'
import { flowSession } from './flow-session.ts'
import { visitFlow } from './flow-visit.ts'
import { errorPageReply, frameOf, pageReply } from './page-reply.ts'
import type { PagesPorts } from './ports.ts'
import { pageUrl, proceed } from './proceed.ts'
import { shownAccount } from './shown-account.ts'
import { shownClient } from './shown-client.ts'
import { renderConsent } from './views/consent.ts'

/** A flow of an app, and everything that its consent page shows. */
interface ConsentVisit {
  readonly flow: Flow
  readonly purpose: Extract<Flow['purpose'], { kind: 'authorization' }>
  readonly client: Client
  readonly signedIn: SignedIn | undefined
  readonly consent: Consent | undefined
  readonly request: HttpRequest
  readonly now: Date
}

export function consentEndpoint(ports: PagesPorts): Endpoint {
  return {
    name: 'consent',
    path: '/consent',
    methods: ['GET', 'POST'],
    async handle(request) {
      const now = ports.clock.now()
      const opened = await visitFlow(request, ports, now)
      if (opened.kind === 'closed') return opened.reply
      const { flow, params } = opened
      const { purpose } = flow
      if (purpose.kind !== 'authorization')
        return redirectReply(pageUrl(purpose.kind === 'sign-out' ? 'sign-out' : 'login', flow, ports))
      const client = await ports.repositories.clients.find(purpose.clientUid)
      if (client === undefined)
        return errorPageReply(request, { status: 400, kind: 'unknown-client', traceCode: flow.traceCode }, ports)
      const signedIn = await flowSession(flow, request, now, ports)
      const consent = signedIn && (await ports.repositories.consents.find(signedIn.account.id, client.uid))
      const visit: ConsentVisit = { flow, purpose, client, signedIn, consent, request, now }
      if (request.method === 'GET') return show(visit, ports)
      switch (params.get('decision')) {
        case 'approve':
          return approve(visit, params.get('csrf'), ports)
        case 'deny':
          return deny(visit, ports)
        case 'other-account':
          return switchAccount(visit, ports)
        default:
          return redirectReply(pageUrl('consent', flow, ports))
      }
    },
  }
}

async function show(visit: ConsentVisit, ports: PagesPorts): Promise<Reply> {
  const { flow, purpose, client, signedIn, consent, request, now } = visit
  const step = await stepOf(visit, ports)
  if (step.kind !== 'consent') {
    const again = async () => redirectReply(pageUrl('consent', flow, ports))
    return proceed({ flow, signedIn, approved: false, writes: [], cookies: [], onLost: again }, request, now, ports)
  }
  const { account } = step.signedIn
  const frame = frameOf(request, ports, purpose.request.uiLocales)
  return pageReply(
    renderConsent({
      ...frame,
      flowId: flow.id,
      csrf: sealFormToken(ports.handles, flow.id, account.id),
      client: shownClient(client, frame.locale, ports),
      account: shownAccount(account),
      ...(await asked(purpose.request, consent?.scopes ?? [], ports)),
      returnHost: returnHostOf(purpose.request.redirectUri),
      remembered: remembered(client, purpose.request),
    }),
  )
}

/** RFC 8252 §7.1: of a private scheme the scheme itself, because anything may stand where its host would. */
function returnHostOf(redirectUri: string): string {
  const { host, protocol } = new URL(redirectUri)
  return webHostOf(redirectUri) === undefined ? protocol.slice(0, -1) : host
}

/** `before`: what was allowed then; whoever allowed nothing yet finds nothing new. */
async function asked(request: AuthorizationRequest, before: readonly string[], { settle, repositories }: PagesPorts) {
  const definitions = await repositories.attributeDefinitions.list()
  const isNew = (item: string): boolean => before.length > 0 && !before.includes(item)
  return {
    scopes: request.scopes.map(scope => ({ scope, titles: titlesOfScope(scope, definitions), isNew: isNew(scope) })),
    claims: claimsBeyondScopes(request).map(claim => ({
      claim,
      title: titleOfClaim(claim, definitions),
      isNew: isNew(claimItem(claim)),
    })),
    resources: (request.resources ?? []).map(uri => ({
      uri,
      name: settle.resources.find(uri)?.name ?? uri,
      isNew: isNew(resourceItem(uri)),
    })),
    details: request.authorizationDetails ?? [],
  }
}

/** What comes next when nothing is allowed by this page. */
async function stepOf(
  { flow, purpose, client, signedIn, consent, request: { address }, now }: ConsentVisit,
  { settle }: PagesPorts,
): Promise<Step> {
  const authenticatedInFlow = flow.state.at === 'authenticated'
  const { request } = purpose
  const known = { client, request, signedIn, consent, address, authenticatedInFlow, approvedInFlow: false, now }
  return nextStep(await stepFacts(known, settle))
}

function remembered(client: Client, { authorizationDetails }: AuthorizationRequest) {
  // RFC 9396 §2: authorization details are asked every time.
  if (client.consentMode !== 'remember' || authorizationDetails !== undefined) return { kind: 'not' } as const
  return client.consentTtlSeconds === undefined
    ? ({ kind: 'until-withdrawn' } as const)
    : ({ kind: 'for', seconds: client.consentTtlSeconds } as const)
}

async function approve(visit: ConsentVisit, formToken: string | undefined, ports: PagesPorts): Promise<Reply> {
  const { flow, purpose, client, signedIn, request, now } = visit
  const again = async () => redirectReply(pageUrl('consent', flow, ports))
  const step = await stepOf(visit, ports)
  // A form sent past a sign-in that is still asked for (prompt=login, max_age, another account) allows nothing.
  if (signedIn === undefined || step.kind === 'sign-in' || step.kind === 'refuse') return again()
  if (!isFormAbout(ports.handles, signedIn.account.id, formToken)) return again()
  const allowed = traced(flow, now, {
    step: 'consent',
    outcome: 'passed',
    rule: 'the person allowed it',
    facts: { username: signedIn.account.username, scopes: consentItems(purpose.request) },
  })
  const event = ports.journal.record('consent.granted', {
    at: now,
    accountId: signedIn.account.id,
    clientUid: client.uid,
    address: request.address,
    requestId: request.requestId,
    traceCode: flow.traceCode,
    detail: { scopes: consentItems(purpose.request) },
  })
  const writes = [ports.repositories.consents.put(newConsent(visit, signedIn)), event]
  return proceed({ flow: allowed, signedIn, approved: true, writes, cookies: [], onLost: again }, request, now, ports)
}

/** What was allowed before stays allowed; time starts anew. */
function newConsent({ purpose, client, consent, now }: ConsentVisit, { account }: SignedIn): Consent {
  const alive = consent !== undefined && (consent.expiresAt === undefined || consent.expiresAt > now)
  const scopes = [...new Set([...(alive ? consent.scopes : []), ...consentItems(purpose.request)])].sort()
  return {
    accountId: account.id,
    clientUid: client.uid,
    scopes,
    grantedAt: now,
    ...(client.consentTtlSeconds === undefined ? {} : { expiresAt: addSeconds(now, client.consentTtlSeconds) }),
  }
}

async function deny(
  { flow, purpose, client, signedIn, request, now }: ConsentVisit,
  ports: PagesPorts,
): Promise<Reply> {
  // RFC 6749 §4.1.2.1: the person denied the request.
  const refusal = refuse('access_denied', 'the person denied the request', 'RFC 6749 §4.1.2.1 the person allows it')
  const visit = { address: request.address, requestId: request.requestId, traceCode: flow.traceCode }
  const settled = await refuseAuthorization(refusal, client, purpose.request, visit, ports.settle, signedIn)
  const next = nextVersion(refused(flow, now, 'consent', refusal))
  const outcome = await ports.journal.commit([ports.repositories.flows.advance(next), ...settled.writes])
  return outcome.committed
    ? withTraceCode(answerReply(settled.response, purpose.request, request, ports), flow.traceCode)
    : redirectReply(pageUrl('consent', flow, ports))
}

async function switchAccount({ flow, now }: ConsentVisit, ports: PagesPorts): Promise<Reply> {
  const next = traced(restarted(flow), now, {
    step: 'sign-in',
    outcome: 'shown',
    rule: 'the person wants to use another account',
  })
  await ports.journal.commit([ports.repositories.flows.advance(nextVersion(next))])
  return redirectReply(`${pageUrl('login', flow, ports)}&switch=yes`)
}
