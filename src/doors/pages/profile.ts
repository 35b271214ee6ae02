/** The page at `/profile`: a person who is new here says what the upstream did not say, or what somebody else has already. */

import type { EnteredProfile, Flow } from '../../core/flow/flow.ts'
import { sealFormToken } from '../../core/flow/flow-handles.ts'
import type { ArrivalFacts } from '../../core/upstreams/arrival/arrival-decision.ts'
import { decideArrival } from '../../core/upstreams/arrival/decide-arrival.ts'
import { type ProfileProblem, withEntered } from '../../core/upstreams/arrival/entered-profile.ts'
import { type Arrival, loadArrivalFacts, openArrival } from '../../core/upstreams/arrival/open-arrival.ts'
import { upstreamName } from '../../core/upstreams/upstream.ts'
import type { Endpoint, HttpRequest, Reply } from '../../http/endpoint.ts'
import { redirectReply } from '../../http/replies.ts'
import type { Params } from '../../spec/params.ts'
import { toPage, type Waiting, waitingAnswer, withoutUpstream } from './arrival-progress.ts'
import { visitFlow } from './flow-visit.ts'
import { flowFrame, pageReply } from './page-reply.ts'
import type { PagesPorts } from './ports.ts'
import { pageUrl } from './proceed.ts'
import { renderProfile } from './views/profile.ts'

/** Longer ones are no names and no addresses; what is wrong with these is said beside their field. */
const MAX_ENTERED = 1100

export function profileEndpoint(ports: PagesPorts): Endpoint {
  return {
    name: 'profile',
    path: '/profile',
    methods: ['GET', 'POST'],
    async handle(request) {
      const now = ports.clock.now()
      const visit = await visitFlow(request, ports, now)
      if (visit.kind === 'closed') return visit.reply
      const { flow, params } = visit
      const waiting = waitingAnswer(flow)
      if (waiting === undefined) return redirectReply(pageUrl('arrive', flow, ports))
      if (request.method === 'POST') return enter(flow, waiting, params, ports)
      return show(flow, waiting, request, now, ports)
    },
  }
}

/** Whether it can be taken is decided where the person arrives with it. */
function enter(flow: Flow, { attemptId, declined }: Waiting, params: Params, ports: PagesPorts): Promise<Reply> {
  const upstream = { at: 'answered', attemptId, entered: parseProfile(params), ...(declined && { declined }) } as const
  return toPage('arrive', { ...withoutUpstream(flow), upstream }, [], ports)
}

function parseProfile(params: Params): EnteredProfile {
  const text = (name: string): string | undefined => params.get(name)?.trim().slice(0, MAX_ENTERED) || undefined
  const [username, email, name] = [text('username'), text('email'), text('name')]
  return { ...(username && { username }), ...(email && { email }), ...(name && { name }) }
}

async function show(flow: Flow, waiting: Waiting, request: HttpRequest, now: Date, ports: PagesPorts): Promise<Reply> {
  const opened = await openArrival(waiting.attemptId, flow, now, ports)
  const again = redirectReply(pageUrl('arrive', flow, ports))
  if (opened.kind !== 'open' || !opened.arrival.upstream.createAccounts) return again
  const { arrival } = opened
  const facts = await loadArrivalFacts(arrival, flow, waiting, undefined, ports)
  const decision = decideArrival(facts)
  if (decision.kind !== 'ask-profile' && !(decision.kind === 'offer-link' && decision.mayUseAnother)) return again
  const problems = decision.kind === 'ask-profile' ? decision.problems : takenBy(decision.by)
  // The first look at an empty field is no mistake of anybody's.
  const shown = problems.filter(({ kind }) => kind !== 'missing' || waiting.entered !== undefined)
  return pageReply(
    renderProfile({
      ...flowFrame(flow, request, ports),
      flowId: flow.id,
      csrf: sealFormToken(ports.handles, flow.id),
      upstreamName: upstreamName(arrival.upstream),
      values: prefilled(arrival, facts),
      problems: shown,
    }),
  )
}

function takenBy(field: 'email' | 'username'): readonly ProfileProblem[] {
  return [{ field, kind: 'taken' }]
}

function prefilled({ patch }: Arrival, { entered }: ArrivalFacts): EnteredProfile {
  const { username, email, attributes } = withEntered(patch, entered)
  const name = attributes.find(attribute => attribute.name === 'name')?.value
  return {
    ...(username === undefined ? {} : { username: username.value }),
    ...(email === undefined ? {} : { email: email.value }),
    ...(typeof name === 'string' ? { name } : {}),
  }
}
