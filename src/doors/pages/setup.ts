/** First set-up: the one-time link of the log makes the first administrator, once. */

import type { Account } from '../../core/accounts/account.ts'
import { isSetupToken } from '../../core/accounts/setup-link.ts'
import { newSession } from '../../core/sessions/begin-session.ts'
import { sealSession } from '../../core/sessions/session-handle.ts'
import type { Endpoint, HttpRequest, Reply } from '../../http/endpoint.ts'
import { type Params, parseParams } from '../../spec/params.ts'
import { isRefusal } from '../../spec/refusal.ts'
import { errorPageReply, frameOf, pageReply } from './page-reply.ts'
import type { PagesPorts } from './ports.ts'
import { decideSetup, parseSetupForm, type SetupForm } from './setup-form.ts'
import { displayName } from './shown-account.ts'
import { renderSetup, type SetupProblem } from './views/setup.ts'
import { renderSetupDone } from './views/setup-done.ts'
import { renderSetupInvalid } from './views/setup-invalid.ts'

export function setupEndpoint(ports: PagesPorts): Endpoint {
  return {
    name: 'setup',
    path: '/setup',
    methods: ['GET', 'POST'],
    async handle(request) {
      const now = ports.clock.now()
      const params = parseParams(request.method === 'POST' ? request.body : request.query)
      if (isRefusal(params)) return errorPageReply(request, { status: 400, kind: 'bad-request' }, ports)
      // The token is the proof and the form's protection in one: only who read the log has it.
      const token = params.get('token')
      const administratorExists = await ports.repositories.accounts.hasAdministrator()
      if (administratorExists || token === undefined || !isSetupToken(ports.handles, token, now))
        return invalid(administratorExists, request, ports)
      if (request.method === 'GET') return pageReply(renderSetup({ ...frameOf(request, ports), token }))
      return submit(params, token, request, now, ports)
    },
  }
}

async function submit(
  params: Params,
  token: string,
  request: HttpRequest,
  now: Date,
  ports: PagesPorts,
): Promise<Reply> {
  const form = parseSetupForm(params)
  const decision = decideSetup(form, ports.minPasswordLength, now, ports.random)
  if ('problems' in decision) return again(form, decision.problems, token, request, ports)
  // A name that is somebody's e-mail address, or the other way round, would sign in as somebody else.
  const taken = await takenProblems(form, ports)
  if (taken.length > 0) return again(form, taken, token, request, ports)
  const passwordHash = await ports.hashPassword(form.password)
  if (passwordHash === 'busy') return errorPageReply(request, { status: 503, kind: 'busy' }, ports)
  const account: Account = { ...decision.account, passwordHash, createdBy: 'set-up link' }
  const { accounts, sessions } = ports.repositories
  const { address, requestId, userAgent } = request
  const session = newSession(
    { account, amr: ['pwd'], address, userAgent, now, lifetimeSeconds: ports.sessionSeconds },
    ports.random,
  )
  const outcome = await ports.journal.commit([
    accounts.claimFirstAdministrator(now),
    accounts.insert(account),
    sessions.insert(session),
    ports.journal.record('account.created', {
      at: now,
      accountId: account.id,
      address,
      requestId,
      detail: { username: account.username, role: 'administrator', by: 'set-up link' },
    }),
    ports.journal.record('sign-in.succeeded', {
      at: now,
      accountId: account.id,
      address,
      requestId,
      detail: { username: account.username, amr: session.amr, session: session.id, by: 'set-up link' },
    }),
  ])
  if (outcome.committed) {
    const cookie = ports.cookies.set('session', sealSession(ports.handles, session), ports.sessionSeconds)
    return pageReply(
      renderSetupDone({ ...frameOf(request, ports), name: displayName(account), issuer: ports.issuer }),
      200,
      [cookie],
    )
  }
  const lostTo = outcome.lost === 'accounts.insert' ? await takenProblems(form, ports) : []
  if (lostTo.length > 0) return again(form, lostTo, token, request, ports)
  return invalid(await accounts.hasAdministrator(), request, ports)
}

function invalid(administratorExists: boolean, request: HttpRequest, ports: PagesPorts): Reply {
  const page = { ...frameOf(request, ports), administratorExists, signInHref: `${ports.issuer}/login` }
  return pageReply(renderSetupInvalid(page), 403)
}

async function takenProblems({ username, email }: SetupForm, ports: PagesPorts): Promise<readonly SetupProblem[]> {
  const { accounts } = ports.repositories
  const problems: SetupProblem[] = []
  if ((await accounts.findByLogin(username)) !== undefined) problems.push({ field: 'username', kind: 'username-taken' })
  if (email !== '' && (await accounts.findByLogin(email)) !== undefined)
    problems.push({ field: 'email', kind: 'email-taken' })
  return problems
}

function again(
  form: SetupForm,
  problems: readonly SetupProblem[],
  token: string,
  request: HttpRequest,
  ports: PagesPorts,
): Reply {
  const { username, name, email } = form
  return pageReply(renderSetup({ ...frameOf(request, ports), token, entered: { username, name, email }, problems }))
}
