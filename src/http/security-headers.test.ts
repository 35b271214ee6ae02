/** Tests of the table of security headers: held against what helmet would send. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import helmet from '@fastify/helmet'
import fastify from 'fastify'
import { htmlReply } from './replies.ts'
import { createSecurityHeaders, PAGE_POLICY } from './security-headers.ts'

/** What helmet sends and we do not, and why. */
const LEFT_OUT: Readonly<Record<string, string>> = {
  'cross-origin-opener-policy': 'cuts an app off from the popup it opened for the sign-in',
  'x-xss-protection': 'a switch of browsers that are gone',
  'x-download-options': 'for Internet Explorer 8',
  'x-permitted-cross-domain-policies': 'for Flash',
}

describe('the security headers of pages', () => {
  it('are those of helmet, apart from the named ones', async t => {
    const app = fastify()
    t.after(() => app.close())
    await app.register(helmet, {
      contentSecurityPolicy: {
        useDefaults: false,
        directives: Object.fromEntries(
          PAGE_POLICY.split('; ').map(directive => {
            const [name = '', ...values] = directive.split(' ')
            return [name, values]
          }),
        ),
      },
      frameguard: { action: 'deny' },
      strictTransportSecurity: { maxAge: 15_552_000, includeSubDomains: false },
    })
    app.get('/', () => '')
    const { headers } = await app.inject('/')
    const ours = createSecurityHeaders(true)(htmlReply(200, ''))
    const normal = (value: unknown): string => String(value).replaceAll('; ', ';').toLowerCase()
    const plain = new Set(['content-type', 'content-length', 'date', 'connection'])
    for (const [name, value] of Object.entries(headers)) {
      if (plain.has(name) || name in LEFT_OUT) continue
      assert.equal(normal(ours[name]), normal(value), name)
    }
  })
})
