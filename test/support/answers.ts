/** How an app reads the answer to its authorization request, whichever way it came. */

import type { Landing } from './hand-browser.ts'

export interface Answer {
  readonly way: 'query' | 'fragment' | 'form_post' | 'web_message'
  readonly params: Readonly<Record<string, string>>
}

export function answerOf(landing: Landing): Answer {
  if (landing.kind === 'sent-away') {
    const { hash, search } = new URL(landing.location)
    return hash === ''
      ? { way: 'query', params: Object.fromEntries(new URLSearchParams(search)) }
      : { way: 'fragment', params: Object.fromEntries(new URLSearchParams(hash.slice(1))) }
  }
  const message = /data-response="([^"]*)"/.exec(landing.html)?.[1]
  if (message !== undefined) return { way: 'web_message', params: JSON.parse(decodeEntities(message)) }
  const form = /<form method="post" action="[^"]*" id="answer">[\s\S]*?<\/form>/.exec(landing.html)?.[0]
  if (form === undefined) throw new Error(`no answer, but ${landing.url.pathname} (${landing.status})`)
  const fields = form.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)">/g)
  return {
    way: 'form_post',
    params: Object.fromEntries(
      [...fields].map(([, name = '', value = '']) => [decodeEntities(name), decodeEntities(value)]),
    ),
  }
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" }

function decodeEntities(text: string): string {
  return text.replace(/&(amp|lt|gt|quot|#39);/g, (_, name: string) => ENTITIES[name] ?? '')
}
