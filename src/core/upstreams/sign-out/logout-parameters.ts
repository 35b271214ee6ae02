/** Parameters of an app's sign-out request that travel on to an upstream. Pure. */

import type { Params } from '../../../spec/params.ts'
import { anyOf, RESERVED_LOGOUT_PARAMETERS } from '../settings/reserved-parameters.ts'
import type { Upstream } from '../upstream.ts'

export type LogoutParameters = readonly (readonly [name: string, value: string])[]

/** What we say ourselves, the tokens that we hand over, and what our own sign-out page uses: nobody outside has a say in it. */
const isOurs = anyOf([
  ...RESERVED_LOGOUT_PARAMETERS,
  'access_token',
  'refresh_token',
  'ui_locales',
  'flow',
  'csrf',
  'decision',
])

const MAX_PARAMETERS = 20
const MAX_LENGTH = 500

/** Those of a request that are not for us; each once, the first one counts. */
export function furtherOf(params: Params): LogoutParameters {
  const pairs = params.names().flatMap((name): [string, string][] => {
    const value = params.get(name)
    return value === undefined || isOurs(name) ? [] : [[name, value]]
  })
  return pairs.filter(([name, value]) => name.length + value.length <= MAX_LENGTH).slice(0, MAX_PARAMETERS)
}

/** Those that an upstream gets: none unless it wants them, and never in the place of what we say ourselves. */
export function passedOn(upstream: Upstream, further: LogoutParameters): LogoutParameters {
  if (!upstream.logoutPassParameters) return []
  const { postLogoutRedirectParameter, logoutTokenParameter, logoutParameters } = upstream
  const names = [postLogoutRedirectParameter, logoutTokenParameter, ...Object.keys(logoutParameters)]
  const isTaken = anyOf(names)
  return further.filter(([name]) => !isOurs(name) && !isTaken(name))
}
