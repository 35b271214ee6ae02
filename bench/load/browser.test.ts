import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Answer } from './answer.ts'
import { CookieJar, signIn } from './browser.ts'

const PERSON = { username: 'ada', password: 'p&w' }
const APP = 'http://127.0.0.1:9/cb'

function answer(status: number, headers: readonly string[], body = ''): Answer {
  return { status, head: [`HTTP/1.1 ${status} x`, ...headers].join('\r\n'), body }
}

describe('the browser that signs in', () => {
  it('follows redirects, fills in the form, carries cookies and ends at the app', () => {
    const script = signIn('localhost:1', '/authorize?x=1', APP, PERSON, new CookieJar())
    assert.match(String(script.next().value), /^GET \/authorize\?x=1 HTTP/)
    const page = script.next(answer(303, ['Location: /login?flow=f', 'Set-Cookie: flow=1; Path=/; HttpOnly']))
    assert.match(String(page.value), /^GET \/login\?flow=f HTTP[\s\S]*Cookie: flow=1\r\n/)
    const form =
      '<form action="/other"><input name="q"></form><form method="post" action="/login?a=1&amp;b=2"><input type="hidden" name="csrf" value="t&quot;"><input name="username"><input type="password" name="password"><input type="checkbox" name="stay"></form>'
    const post = script.next(answer(200, ['Set-Cookie: flow=; Max-Age=0'], form))
    assert.match(String(post.value), /^POST \/login\?a=1&b=2 HTTP/)
    assert.doesNotMatch(String(post.value), /Cookie/)
    assert.ok(String(post.value).endsWith('\r\n\r\ncsrf=t%22&username=ada&password=p%26w'))
    const end = script.next(answer(303, [`Location: ${APP}?code=c&state=s`]))
    assert.equal(end.done, true)
    assert.equal(String(end.value), `${APP}?code=c&state=s`)
  })

  it('stops at an error page', () => {
    const script = signIn('localhost:1', '/authorize', APP, PERSON, new CookieJar())
    script.next()
    assert.throws(() => script.next(answer(400, [], 'no such client')), /no such client/)
  })
})
