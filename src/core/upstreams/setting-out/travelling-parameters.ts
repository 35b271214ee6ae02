/** Parameters that travel on to an upstream: those of the app's own request, and those of our sign-in URL. Pure. */

import type { Params } from '../../../spec/params.ts'
import { anyOf, RESERVED_AUTHORIZATION_PARAMETERS } from '../settings/reserved-parameters.ts'
import type { Upstream } from '../upstream.ts'

export type NamedValue = readonly [name: string, value: string]

/** In `persist_parameters`: whatever our sign-in URL carries. */
const EVERY_PARAMETER = '*'

/** Nobody else sets what is ours, or a link could have the upstream answer elsewhere, or to another question. */
const isOurs = anyOf(RESERVED_AUTHORIZATION_PARAMETERS)

/** Of our sign-in URL, what is meant for us. */
const OF_SIGN_IN_URL: ReadonlySet<string> = new Set(['flow', 'switch'])

/** A query is kept with its flow and becomes part of a URL. */
const MAX_PARAMETERS = 20
const MAX_LENGTH = 1_000

/** Of an app's request, what any of the upstreams may want: kept with the flow until it is known which one it is. */
export function forwardable(
  params: Pick<Params, 'get' | 'names'>,
  upstreams: readonly Pick<Upstream, 'forwardParameters'>[],
): readonly NamedValue[] {
  const wanted = new Set(upstreams.flatMap(({ forwardParameters }) => forwardParameters))
  return wanted.size === 0 ? [] : travelling(params, name => wanted.has(name))
}

/** Of what was kept, what this upstream wants (`forward_parameters`). */
export function forwarded(
  kept: readonly NamedValue[],
  { forwardParameters }: Pick<Upstream, 'forwardParameters'>,
): readonly NamedValue[] {
  return kept.filter(([name]) => forwardParameters.includes(name))
}

/** Of our sign-in URL (`persist_parameters`). */
export function persisted(
  params: Pick<Params, 'get' | 'names'>,
  { persistParameters }: Pick<Upstream, 'persistParameters'>,
): readonly NamedValue[] {
  if (persistParameters.length === 0) return []
  const all = persistParameters.includes(EVERY_PARAMETER)
  return travelling(params, name => !OF_SIGN_IN_URL.has(name) && (all || persistParameters.includes(name)))
}

function travelling(params: Pick<Params, 'get' | 'names'>, isWanted: (name: string) => boolean): readonly NamedValue[] {
  return params
    .names()
    .filter(name => isWanted(name) && !isOurs(name))
    .flatMap((name): NamedValue[] => {
      const value = params.get(name)
      return value === undefined || name.length + value.length > MAX_LENGTH ? [] : [[name, value]]
    })
    .slice(0, MAX_PARAMETERS)
}
