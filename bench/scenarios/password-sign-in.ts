/** Whole sign-ins from a browser without cookies to the code, with the password's hash checked. */

import type { Answer } from '../load/answer.ts'
import { CookieJar, signIn } from '../load/browser.ts'
import type { Actor } from '../load/drive.ts'
import { REDIRECT_URI, type Site } from '../servers/site.ts'
import { actors, type Scenario } from './scenario.ts'
import { authorizeTarget } from './sessions.ts'

export const passwordSignIn: Scenario = {
  name: 'password-sign-in',
  title: 'password sign-in, argon2id 19 MiB, t=2',
  // The peer leaves passwords to the application around it.
  servers: ['sallyport'],
  connections: 8,
  async prepare({ site, connections }) {
    let finished = 0
    return {
      actors: actors(connections, index => signInActor(site, index, () => (finished += 1))),
      operations: () => finished,
    }
  },
}

function signInActor(site: Site, index: number, onFinished: () => void): Actor {
  const person = site.people[index % site.people.length] ?? { username: '', password: '' }
  let script: Generator<string, URL, Answer> | undefined
  let request = ''
  const begin = (): void => {
    const target = authorizeTarget(site, site.clients.es256, `whole-${index}`)
    script = signIn(site.authority, target, REDIRECT_URI, person, new CookieJar())
    const first = script.next()
    request = first.done ? '' : first.value
  }
  return {
    next() {
      if (script === undefined) begin()
      return request
    },
    accept(answer) {
      try {
        if (script === undefined) return 'an answer without a question'
        const step = script.next(answer)
        if (!step.done) {
          request = step.value
          return undefined
        }
        script = undefined
        if (!step.value.searchParams.has('code')) return 'the sign-in brought no code'
        onFinished()
        return undefined
      } catch (error) {
        return String(error)
      }
    },
  }
}
