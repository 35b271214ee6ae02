/** How an upstream is asked about somebody: what the app behind it wants, and what the person chose (OIDC Core §3.1.2.1). Pure. */

import type { AuthorizationRequest } from '../../../spec/authorization-request.ts'
import type { Params } from '../../../spec/params.ts'
import type { SignInReason } from '../../flow/next-step.ts'
import type { AttemptTerms } from '../attempt.ts'
import type { AuthorizationWishes } from '../relying-party.ts'
import type { Upstream } from '../upstream.ts'
import { forwarded, type NamedValue, persisted } from './travelling-parameters.ts'

export interface Asked {
  /** The app's request, where there is one. */
  readonly request?:
    | Pick<AuthorizationRequest, 'prompt' | 'maxAgeSeconds' | 'loginHint' | 'uiLocales' | 'acrValues' | 'forwardable'>
    | undefined
  /** What a device or an app from afar asked for. */
  readonly approval?: { readonly maxAgeSeconds?: number; readonly acrValues?: readonly string[] } | undefined
  /** Why somebody who may be signed in has to sign in. */
  readonly reason: SignInReason | undefined
  /** The person wants to go on as somebody else. */
  readonly switchesAccount: boolean
  /** Of the browser, where the app says nothing. */
  readonly locales: readonly string[]
  /** Of our sign-in URL. */
  readonly params: Pick<Params, 'get' | 'names'>
}

export interface Wishes {
  readonly wishes: AuthorizationWishes
  readonly terms: Pick<AttemptTerms, 'silent' | 'maxAgeSeconds'>
}

/** Whoever has to prove themselves once more is asked to, and not let in by the session that the upstream still knows. */
const FRESH: ReadonlySet<SignInReason> = new Set(['max-age', 'step-up', 'second-factor'])
const CHOOSE: ReadonlySet<SignInReason> = new Set(['select-account', 'other-account-expected'])

export function wishesOf(asked: Asked, upstream: Upstream): Wishes {
  const { request, approval, params } = asked
  const silent = request?.prompt.includes('none') === true
  const maxAgeSeconds = request?.maxAgeSeconds ?? approval?.maxAgeSeconds
  // Without max_age the upstream would answer with a session of any age, and that answer would be refused.
  const unsaid = maxAgeSeconds !== undefined && !upstream.passMaxAge ? 'login' : undefined
  const prompt = silent ? 'none' : (promptOf(asked) ?? unsaid)
  // Whoever demands a fresh proof gets one or nothing, also where nobody is signed in here: the session there may be of last week.
  const heldTo = wantsLogin(asked) ? 0 : maxAgeSeconds
  const acrValues = request?.acrValues ?? approval?.acrValues
  const uiLocales = request === undefined || request.uiLocales.length === 0 ? asked.locales : request.uiLocales
  const loginHint = params.get('login_hint') ?? request?.loginHint
  const further = [...forwarded(request?.forwardable ?? [], upstream), ...persisted(params, upstream)]
  return {
    wishes: {
      ...(prompt === undefined ? {} : { prompt }),
      ...(maxAgeSeconds === undefined ? {} : { maxAgeSeconds }),
      ...(loginHint === undefined ? {} : { loginHint }),
      ...(uiLocales.length === 0 ? {} : { uiLocales }),
      ...(acrValues === undefined ? {} : { acrValues }),
      further: withoutAskedTwice(further, { prompt, maxAgeSeconds: heldTo }),
    },
    terms: { silent, ...(heldTo === undefined ? {} : { maxAgeSeconds: heldTo }) },
  }
}

function wantsLogin({ request, reason }: Pick<Asked, 'request' | 'reason'>): boolean {
  return reason === 'prompt-login' || request?.prompt.includes('login') === true
}

function promptOf(asked: Asked): 'login' | 'select_account' | undefined {
  const { request, reason, switchesAccount } = asked
  // To go on as somebody else is a fresh sign-in, too, as far as nobody asked for more.
  if ((reason === 'step-up' || reason === 'second-factor') && switchesAccount) return 'select_account'
  if (wantsLogin(asked) || (reason !== undefined && FRESH.has(reason))) return 'login'
  const chooses = switchesAccount || request?.prompt.includes('select_account') === true
  return chooses || (reason !== undefined && CHOOSE.has(reason)) ? 'select_account' : undefined
}

/** The last of a name counts. What we ask ourselves stays, and nobody but the app makes it a request without a page. */
function withoutAskedTwice(
  further: readonly NamedValue[],
  { prompt, maxAgeSeconds }: { readonly prompt: string | undefined; readonly maxAgeSeconds: number | undefined },
): readonly NamedValue[] {
  const byName = new Map(further)
  const typed = byName.get('prompt')
  if (prompt !== undefined || typed?.split(' ').includes('none') === true) byName.delete('prompt')
  if (maxAgeSeconds !== undefined) byName.delete('max_age')
  return [...byName]
}
