/**
 * Two people and three upstreams in one app, and every page of a sign-in in any order: what each of them has proven in which flow is
 * written down, so that a test can hold what happened against it.
 */

import type { Account, AccountId } from '../../src/core/accounts/account.ts'
import type { Client } from '../../src/core/clients/client.ts'
import type { FlowId } from '../../src/core/flow/flow.ts'
import { sealFormToken } from '../../src/core/flow/flow-handles.ts'
import { isOver } from '../../src/core/flow/steps.ts'
import { openSession } from '../../src/core/sessions/session-handle.ts'
import { sealLinkMail } from '../../src/core/upstreams/linking/link-mail.ts'
import type { Upstream } from '../../src/core/upstreams/upstream.ts'
import { addSeconds } from '../../src/lib/clock.ts'
import { idFromBytes, parseId } from '../../src/lib/id.ts'
import { answerWith, linkTo } from './arrivals.ts'
import { authorizePath } from './hand-app.ts'
import { type HandBrowser, hiddenFields, type Landing } from './hand-browser.ts'
import { type RunningApp, SESSION_COOKIE } from './running-app.ts'
import { PASSWORD } from './seeding.ts'

export const ACTS = [
  'set-out',
  'link-from-account',
  'answer',
  'answer',
  'start',
  'come-back-without',
  'get-login',
  'get-arrive',
  'get-profile',
  'get-link-account',
  'get-consent',
  'password',
  'enter-profile',
  'choose',
  'mail',
  'allow',
  // What the flow waits for.
  ...Array.from({ length: 16 }, () => 'go-on' as const),
] as const

export interface WalkStep {
  readonly act: (typeof ACTS)[number]
  /** Who sets out: 0 or 1. */
  readonly who: number
  /** Which of the flows, whoever began them: 0 is the last one. */
  readonly flow: number
  /** It is tried in the browser of the other one. */
  readonly isStranger: boolean
  readonly upstream: number
  /** Which of the things that this act may say. */
  readonly says: number
  readonly names: number
  readonly isVerified: boolean
  readonly isFresh: boolean
}

export interface Walker {
  readonly account: Account
  readonly browser: HandBrowser
  /** Who they are to every upstream that they have an identity of, or could have one of. */
  readonly subjects: readonly string[]
}

/** What was proven within one flow, by whoever began it. */
export interface WalkedFlow {
  readonly id: FlowId
  readonly owner: number
  readonly answered: { readonly upstream: Upstream; readonly subject: string; readonly isFresh: boolean }[]
  readonly passwords: Set<AccountId>
  readonly mails: Set<AccountId>
}

export interface Walk {
  readonly app: RunningApp
  readonly walkers: readonly [Walker, Walker]
  readonly upstreams: readonly Upstream[]
  readonly flows: WalkedFlow[]
  /** The flow that it was about, and in whose browser. */
  take(step: WalkStep): Promise<{ readonly used: WalkedFlow | undefined; readonly who: number }>
}

export interface WalkWorld {
  readonly app: RunningApp
  readonly client: Client
  /** The last one asks for a password besides. */
  readonly upstreams: readonly Upstream[]
}

const CHOICES = ['sign_in', 'mail', 'sign_in', 'other', 'not-mine', 'cancel'] as const
const WISHES = [{ prompt: 'login' }, { prompt: 'login' }, {}, { prompt: 'consent' }, { prompt: 'none' }] as const
/** Where each of the two has an identity from the start. */
const PROVEN_THERE = [
  { upstream: 0, says: 0 },
  { upstream: 1, says: 0 },
] as const

let count = 0

export async function startWalk({ app, client, upstreams }: WalkWorld): Promise<Walk> {
  const name = `walk-${++count}`
  const walker = async (who: string, emailVerified: boolean): Promise<Walker> => {
    const username = `${name}-${who}`
    const account = await app.enrol({ username, email: `${username}@people.example`, emailVerified })
    return { account, browser: await app.browser(), subjects: [username, `${username}-two`, `${username}-three`] }
  }
  const walkers = [await walker('ada', true), await walker('eve', false)] as const
  const [ada, eve] = walkers
  for (const upstream of [upstreams[0], upstreams[2]])
    if (upstream !== undefined) await linkTo(app, ada.account, upstream, ada.subjects[0] ?? '')
  if (upstreams[1] !== undefined) await linkTo(app, eve.account, upstreams[1], eve.subjects[0] ?? '')
  const flows: WalkedFlow[] = []
  const states: { readonly state: string; readonly alias: string }[] = []

  function begun(id: string | undefined | null, owner: number): void {
    const flowId = parseId<'flow'>(id ?? undefined)
    if (flowId !== undefined && !flows.some(flow => flow.id === flowId))
      flows.push({ id: flowId, owner, answered: [], passwords: new Set(), mails: new Set() })
  }

  async function look(landing: Landing, who: number): Promise<void> {
    if (landing.kind === 'page') return begun(landing.url.searchParams.get('flow'), who)
    const alias = upstreams.find(upstream => landing.location.startsWith(upstream.authorizationEndpoint ?? ' '))?.alias
    const state = landing.params.get('state') ?? ''
    const bytes = app.keys.handles.open('upstream-state', state)
    if (alias === undefined || bytes === undefined) return
    states.push({ state, alias })
    begun((await app.house.repositories.attempts.find(idFromBytes(bytes)))?.flowId, who)
  }

  /** Claims are what an upstream likes: names and addresses of anybody, but nobody's subject except the person's own. */
  async function answer(step: WalkStep, flow: WalkedFlow): Promise<void> {
    const { subjects } = walkers[flow.owner] ?? ada
    const stored = await app.house.repositories.flows.find(flow.id)
    const upstream = upstreams[step.upstream]
    if (stored === undefined || upstream === undefined || isOver(stored, new Date())) return
    // Whoever links one is sent to that one and no other.
    if (stored.purpose.kind === 'link-identity' && stored.purpose.upstreamUid !== upstream.uid) return
    const subject = subjects[step.says % subjects.length] ?? ''
    const claims = {
      sub: subject,
      preferred_username: names(step.names),
      email: addresses(step.says + step.names),
      email_verified: step.isVerified,
    }
    await answerWith(app, flow, upstream, claims, {}, step.isFresh ? { maxAgeSeconds: 0 } : {})
    flow.answered.push({ upstream, subject, isFresh: step.isFresh })
  }

  function names(index: number): string {
    const all = [ada.account.username, eve.account.username, `${name}-new`, ada.account.email ?? '', `${name}-newer`]
    return all[index % all.length] ?? ''
  }

  function addresses(index: number): string {
    const all = [ada.account.email ?? '', eve.account.email ?? '', `${name}-new@people.example`, ada.account.username]
    return all[index % all.length] ?? ''
  }

  async function post(step: WalkStep, flow: WalkedFlow, path: string, fields: Readonly<Record<string, string>>) {
    const form = { flow: flow.id, csrf: sealFormToken(app.keys.handles, flow.id), ...fields }
    await look(await (walkers[step.who] ?? ada).browser.post(path, form), step.who)
  }

  async function get(step: WalkStep, path: string): Promise<void> {
    await look(await (walkers[step.who] ?? ada).browser.open(path), step.who)
  }

  /** The mail that came to the account, opened by its owner and nobody else. */
  async function openMail(step: WalkStep, flow: WalkedFlow): Promise<void> {
    const { pendingLink } = (await app.house.repositories.flows.find(flow.id)) ?? {}
    const { account } = walkers[step.who] ?? ada
    if (pendingLink?.mailedAt === undefined || pendingLink.accountId !== account.id) return
    const about = { flowId: flow.id, attemptId: pendingLink.attemptId, accountId: account.id }
    const token = sealLinkMail(app.keys.handles, { ...about, expiresAt: addSeconds(new Date(), 600) })
    if (flow.owner === step.who) flow.mails.add(account.id)
    await post(step, flow, '/link-account/mail', { token })
  }

  /** The form says whose consent it is. */
  async function allow(step: WalkStep, flow: WalkedFlow): Promise<void> {
    const account = await signedInAs(app, (walkers[step.who] ?? ada).browser)
    const csrf = sealFormToken(app.keys.handles, flow.id, account)
    return post(step, flow, '/consent', { decision: 'approve', csrf })
  }

  async function linkFromAccount(step: WalkStep): Promise<void> {
    const { browser } = walkers[step.who] ?? ada
    const page = await browser.open('/account')
    await look(page, step.who)
    if (page.kind !== 'page' || page.url.pathname !== '/account') return
    const alias = upstreams[step.upstream]?.alias ?? ''
    const item = new RegExp(`<li data-upstream="${alias}">.*?</li>`, 's').exec(page.html)?.[0]
    if (item !== undefined)
      await look(await browser.post('/account/link', hiddenFields({ ...page, html: item })), step.who)
  }

  /** What the flow waits for, as whoever began it may do it. */
  async function nextStep(walked: WalkedFlow, step: WalkStep): Promise<WalkStep> {
    const flow = await app.house.repositories.flows.find(walked.id)
    if (flow === undefined || isOver(flow, new Date())) return { ...step, act: 'set-out' }
    const { pendingLink, upstream } = flow
    if (pendingLink?.mailedAt !== undefined) return { ...step, act: 'mail' }
    if (pendingLink !== undefined && upstream?.at === 'linking')
      return step.isVerified ? { ...step, act: 'password' } : { ...step, ...PROVEN_THERE[walked.owner], act: 'answer' }
    const acts = { away: 'answer', failed: 'get-arrive', linking: 'choose', 'post-login': 'password' } as const
    if (upstream?.at === 'answered') return { ...step, act: step.says % 4 === 0 ? 'enter-profile' : 'get-arrive' }
    if (upstream !== undefined) return { ...step, act: acts[upstream.at] }
    return { ...step, act: flow.state.at === 'authenticated' ? 'allow' : 'answer' }
  }

  async function take(given: WalkStep) {
    const flow = flows[flows.length - 1 - (given.flow % Math.max(1, flows.length))]
    const who = flow === undefined ? given.who : given.isStranger ? 1 - flow.owner : flow.owner
    const step = given.act === 'go-on' && flow !== undefined ? await nextStep(flow, given) : given
    if (step.act === 'link-from-account') await linkFromAccount(step)
    else if (flow === undefined || step.act === 'set-out') await setOut(step)
    else {
      await visit({ ...step, who }, flow)
      return { used: flow, who }
    }
    return { used: undefined, who: step.who }
  }

  function setOut(step: WalkStep): Promise<void> {
    const wish = WISHES[step.says % WISHES.length] ?? {}
    return get(step, authorizePath(client, wish))
  }

  async function visit(step: WalkStep, flow: WalkedFlow): Promise<void> {
    const { account } = walkers[step.who] ?? ada
    const alias = upstreams[step.upstream]?.alias ?? ''
    switch (step.act) {
      case 'answer':
        return answer(step, flow)
      case 'start':
        return get(step, `/broker/${alias}/login?flow=${flow.id}`)
      case 'come-back-without': {
        const away = states[step.says % Math.max(1, states.length)]
        const query = new URLSearchParams({ error: 'access_denied', state: away?.state ?? '' })
        return get(step, `/broker/${away?.alias ?? alias}/endpoint?${query}`)
      }
      case 'password':
        if (flow.owner === step.who) flow.passwords.add(account.id)
        return post(step, flow, '/login', { username: account.username, password: PASSWORD })
      case 'enter-profile':
        return post(step, flow, '/profile', { username: names(step.names), email: addresses(step.says) })
      case 'choose':
        return post(step, flow, '/link-account', { choice: CHOICES[step.says % CHOICES.length] ?? '' })
      case 'mail':
        return openMail(step, flow)
      case 'allow':
        return allow(step, flow)
      default:
        return get(step, `/${step.act.slice(4)}?flow=${flow.id}`)
    }
  }

  return { app, walkers, upstreams, flows, take }
}

/** Whom a browser is signed in as. */
export async function signedInAs(app: RunningApp, { cookies }: HandBrowser): Promise<AccountId | undefined> {
  const named = openSession(app.keys.handles, cookies.get(SESSION_COOKIE) ?? '')
  const found = named && (await app.house.repositories.sessions.findWithAccount(named.id))
  return found?.session.generation === named?.generation ? found?.account.id : undefined
}
