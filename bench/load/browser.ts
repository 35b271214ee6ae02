/** A browser reduced to what a sign-in needs: cookies, redirects and one form. Works with any server that shows plain HTML forms. */

import { type Answer, headerValue, headerValues } from './answer.ts'
import { formPost, get } from './request.ts'

const MOST_STEPS = 12

/** Cookies by name. Paths are ignored: each browser speaks to one server only. */
export class CookieJar {
  readonly #cookies = new Map<string, string>()

  take(answer: Answer): void {
    for (const line of headerValues(answer.head, 'Set-Cookie')) {
      const [pair = '', ...attributes] = line.split(';')
      const separator = pair.indexOf('=')
      const name = pair.slice(0, separator).trim()
      const value = pair.slice(separator + 1).trim()
      const gone = attributes.some(attribute => /^\s*(max-age=0|expires=thu, 01 jan 1970)/i.test(attribute))
      if (gone || value === '') this.#cookies.delete(name)
      else this.#cookies.set(name, value)
    }
  }

  get header(): string {
    return [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ')
  }
}

export interface Person {
  readonly username: string
  readonly password: string
}

/** From the authorization request to the address that the app is called back at, filling in every form on the way. */
export function* signIn(
  authority: string,
  authorizeTarget: string,
  redirectUri: string,
  person: Person,
  jar: CookieJar,
): Generator<string, URL, Answer> {
  let target = authorizeTarget
  let answer = yield get(authority, target, { cookie: jar.header })
  for (let step = 0; step < MOST_STEPS; step += 1) {
    jar.take(answer)
    if (answer.status === 302 || answer.status === 303) {
      const location = new URL(headerValue(answer.head, 'Location') ?? '', `http://${authority}${target}`)
      if (location.href.startsWith(redirectUri)) return location
      target = location.pathname + location.search
      answer = yield get(authority, target, { cookie: jar.header })
    } else if (answer.status === 200 && answer.body.includes('<form')) {
      const form = fillIn(answer.body, person)
      const action = new URL(form.action, `http://${authority}${target}`)
      target = action.pathname + action.search
      answer = yield formPost(authority, target, { cookie: jar.header })(form.body)
    } else {
      throw new Error(`sign-in stopped at ${target}: ${answer.head.split('\r\n')[0]} ${answer.body.slice(0, 400)}`)
    }
  }
  throw new Error(`sign-in took more than ${MOST_STEPS} steps; the last was ${target}`)
}

function fillIn(html: string, person: Person): { action: string; body: string } {
  // Several forms on a page: the one with the password, else the first.
  const forms = [...html.matchAll(/<form\b[^>]*>[\s\S]*?<\/form>/gi)].map(match => match[0])
  const form = forms.find(candidate => /type="?password/i.test(candidate)) ?? forms[0] ?? ''
  const action = /<form\b[^>]*\baction="([^"]*)"/i.exec(form)?.[1] ?? ''
  const fields = new URLSearchParams()
  for (const [tag] of form.matchAll(/<(?:input|button)\b[^>]*>/gi)) {
    const name = attribute(tag, 'name')
    if (name === undefined || fields.has(name)) continue
    if (name === 'username' || name === 'password') fields.set(name, person[name])
    else if (attribute(tag, 'type') !== 'checkbox') fields.set(name, attribute(tag, 'value') ?? '')
  }
  return { action: unescapeHtml(action), body: fields.toString() }
}

function attribute(tag: string, name: string): string | undefined {
  const value = new RegExp(`\\b${name}="([^"]*)"`, 'i').exec(tag)?.[1]
  return value === undefined ? undefined : unescapeHtml(value)
}

function unescapeHtml(text: string): string {
  return text
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&#x27;', "'")
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
}
