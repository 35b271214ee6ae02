/** What `upstream create` and `upstream edit` print in the end. */

import type { UpstreamDocument } from './find-upstream.ts'
import { type JsonOption, jsonText } from './output.ts'
import type { Terminal } from './terminal.ts'
import { discoveredText, registerText, upstreamJson, upstreamText } from './upstream-view.ts'

const HEADLINES = {
  created: 'was created',
  kept: 'is there already and was kept as it is',
  replaced: 'was replaced',
  changed: 'was changed',
  unchanged: 'is like that already: nothing to change',
}

export interface ReportedUpstream {
  readonly upstream: UpstreamDocument
  readonly outcome: keyof typeof HEADLINES
}

export function reportUpstream(terminal: Terminal, { json }: JsonOption, reported: ReportedUpstream): void {
  const { upstream, outcome } = reported
  if (json === true) terminal.print(jsonText({ ...upstreamJson(upstream), outcome }))
  else terminal.print(`The upstream ${upstream.alias} ${HEADLINES[outcome]}.\n\n${bodyOf(reported)}`)
}

/** After a change, what it is now; otherwise what is still to be done. */
function bodyOf({ upstream, outcome }: ReportedUpstream): string {
  if (outcome === 'changed' || outcome === 'unchanged') return upstreamText(upstream)
  const found = discoveredText(upstream)
  return [...(found === undefined ? [] : [found, '']), registerText(upstream)].join('\n')
}
