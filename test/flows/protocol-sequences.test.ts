/** Whatever order requests come in: one use of each code and refresh token, no scope that was not allowed, no stranger's redirect URI. */

import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import fc from 'fast-check'
import { authorizePath, CHALLENGE, postAs, VERIFIER } from '../support/hand-app.ts'
import type { HandBrowser } from '../support/hand-browser.ts'
import { type RunningApp, startApp } from '../support/running-app.ts'
import type { Registered } from '../support/seeding.ts'

const SCOPES = ['openid', 'profile', 'email', 'groups', 'offline_access'] as const

/** What one step does; numbers pick among what the steps before brought about. */
type Step =
  | {
      readonly kind: 'authorize'
      readonly client: number
      readonly scopes: readonly string[]
      readonly responseType: string
      readonly redirectUri: string | undefined
    }
  | {
      readonly kind: 'exchange'
      readonly which: number
      readonly byOwner: boolean
      readonly times: number
      readonly verifier: boolean
    }
  | {
      readonly kind: 'refresh'
      readonly which: number
      readonly byOwner: boolean
      readonly times: number
      readonly scopes: readonly string[] | undefined
    }
  | { readonly kind: 'revoke'; readonly which: number; readonly byOwner: boolean }

interface Issued {
  readonly text: string
  readonly client: number
  readonly allowed: ReadonlySet<string>
}

/** Everything that a run has seen. */
interface Seen {
  readonly codes: Issued[]
  readonly refreshTokens: Issued[]
  readonly uses: Map<string, number>
}

const client = fc.nat({ max: 1 })
/** The client that a token belongs to, or the other one. */
const byOwner = fc.oneof({ weight: 5, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) })
const which = fc.nat({ max: 1000 })
const scopes = fc.subarray([...SCOPES])
/** Seldom several times at once, which ends the grant. */
const times = fc.oneof(
  { weight: 4, arbitrary: fc.constant(1) },
  { weight: 1, arbitrary: fc.integer({ min: 2, max: 3 }) },
)
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('authorize' as const),
      client,
      scopes,
      responseType: fc.constantFrom('code', 'code', 'code', 'code id_token', 'code token', 'id_token token'),
      redirectUri: fc.oneof(
        { weight: 5, arbitrary: fc.constant(undefined) },
        {
          weight: 1,
          arbitrary: fc.constantFrom(
            'https://evil.example/',
            'https://app.example.org/callback/',
            'https://app.example.org/callback?x=y',
          ),
        },
      ),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('exchange' as const),
      which,
      byOwner,
      times,
      verifier: byOwner,
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('refresh' as const),
      which,
      byOwner,
      times,
      scopes: fc.option(scopes, { nil: undefined }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('revoke' as const), which, byOwner }) },
)

describe('any sequence of authorize, token, refresh and revoke requests', () => {
  let app: RunningApp
  let clients: readonly Registered[]
  let browser: HandBrowser

  before(async () => {
    // Without the grace for lost answers: a second use of a refresh token is then always a second use.
    app = await startApp({ environment: { SALLYPORT_TOKENS_REFRESH_GRACE: '0s' } })
    const changes = {
      responseTypes: ['code', 'code id_token', 'code token', 'id_token token'],
      grantTypes: ['authorization_code', 'implicit', 'refresh_token'],
    } as const
    clients = [
      await app.register({ ...changes, scopes: ['openid', 'profile', 'email', 'offline_access'] }),
      await app.register({ ...changes, scopes: [...SCOPES] }),
    ]
    browser = await app.browser(await app.enrol())
  })
  after(async () => {
    await app.close()
    assert.deepEqual(app.failures, [])
  })

  function clientAt(index: number): Registered {
    return clients[index] ?? assert.fail()
  }

  async function authorize(
    seen: Seen,
    { client: index, scopes: asked, responseType, redirectUri }: Extract<Step, { kind: 'authorize' }>,
  ) {
    const { client: registered } = clientAt(index)
    const parameters = { scope: asked.join(' ') || undefined, response_type: responseType, nonce: 'n', ...CHALLENGE }
    const uri = redirectUri === undefined ? {} : { redirect_uri: redirectUri }
    const response = await browser.send(authorizePath(registered, { ...parameters, ...uri }))
    await response.body?.cancel()
    const location = response.headers.get('location')
    if (location === null) return
    assert.ok(
      /^https:\/\/app\.example\.org\/callback[?#]/.test(location) && !location.includes('x=y'),
      `redirected to ${location} (RFC 9700 §2.1)`,
    )
    const params = new URLSearchParams(location.split(/[?#]/)[1])
    const allowed = new Set(asked.filter(scope => registered.scopes.includes(scope)))
    assert.ok(scopesOf(params.get('scope')).every(scope => allowed.has(scope)))
    const code = params.get('code')
    if (code !== null) seen.codes.push({ text: code, client: index, allowed })
  }

  /** The same request several times at once: at most one of all its uses, ever, may succeed. */
  async function spend(
    seen: Seen,
    token: Issued,
    index: number,
    times: number,
    fields: Readonly<Record<string, string>>,
  ) {
    const answers = await Promise.all(
      Array.from({ length: times }, async () => {
        const response = await postAs(app, clientAt(index), '/token', fields)
        return { status: response.status, body: (await response.json()) as Readonly<Record<string, string>> }
      }),
    )
    for (const { status, body } of answers) {
      assert.ok(status === 200 || status === 400, `${status} ${body.error}`)
      if (status !== 200) continue
      const uses = (seen.uses.get(token.text) ?? 0) + 1
      seen.uses.set(token.text, uses)
      assert.equal(uses, 1, `${fields.grant_type}: used more than once (RFC 6749 §4.1.2, RFC 9700 §4.14.2)`)
      assert.equal(index, token.client, 'used by another client (RFC 6749 §5.2)')
      assert.ok(
        scopesOf(body.scope).every(scope => token.allowed.has(scope)),
        `${body.scope} is more than was allowed (RFC 6749 §3.3, §6)`,
      )
      if (body.refresh_token !== undefined)
        seen.refreshTokens.push({ text: body.refresh_token, client: token.client, allowed: token.allowed })
    }
  }

  async function take(seen: Seen, next: Step): Promise<void> {
    if (next.kind === 'authorize') return authorize(seen, next)
    if (next.kind === 'exchange') {
      const code = seen.codes[next.which % Math.max(1, seen.codes.length)]
      if (code === undefined) return
      const fields = {
        grant_type: 'authorization_code',
        code: code.text,
        redirect_uri: 'https://app.example.org/callback',
      }
      return spend(
        seen,
        code,
        sender(code, next),
        next.times,
        next.verifier ? { ...fields, code_verifier: VERIFIER } : fields,
      )
    }
    const token = seen.refreshTokens[next.which % Math.max(1, seen.refreshTokens.length)]
    if (token === undefined) return
    if (next.kind === 'revoke') {
      await postAs(app, clientAt(sender(token, next)), '/revoke', { token: token.text })
      return
    }
    const scope = next.scopes === undefined || next.scopes.length === 0 ? {} : { scope: next.scopes.join(' ') }
    await spend(seen, token, sender(token, next), next.times, {
      grant_type: 'refresh_token',
      refresh_token: token.text,
      ...scope,
    })
  }

  it('uses each code and refresh token once, within the allowed scopes, at registered URIs (RFC 6749 §4.1.2, §6; RFC 9700 §2.1)', async () => {
    let exchanged = 0
    let refreshed = 0
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 30 }), async steps => {
        const seen: Seen = { codes: [], refreshTokens: [], uses: new Map() }
        for (const next of steps) await take(seen, next)
        exchanged += seen.codes.filter(({ text }) => seen.uses.has(text)).length
        refreshed += seen.refreshTokens.filter(({ text }) => seen.uses.has(text)).length
      }),
      { numRuns: 40 },
    )
    // The steps do reach what they are about.
    assert.ok(exchanged > 10 && refreshed > 0, `${exchanged} codes and ${refreshed} refresh tokens were used`)
  })
})

function scopesOf(text: string | null | undefined): readonly string[] {
  return text?.split(' ').filter(Boolean) ?? []
}

function sender(token: Issued, step: { readonly byOwner: boolean }): number {
  return step.byOwner ? token.client : 1 - token.client
}
