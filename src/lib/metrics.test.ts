/** Tests of the metrics. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createMetrics } from './metrics.ts'

describe('metrics', () => {
  it('count requests by endpoint and class of status', async () => {
    const metrics = createMetrics({ withProcess: false })
    const observe = metrics.forEndpoint('token')
    observe(200, 0.0007)
    observe(201, 0.2)
    observe(503, 0.1)
    const text = await metrics.render()
    assert.match(text, /_bucket\{le="0.001",endpoint="token",status="2xx"\} 1\n/)
    assert.match(text, /_count\{endpoint="token",status="2xx"\} 2\n/)
    assert.match(text, /_count\{endpoint="token",status="5xx"\} 1\n/)
    assert.match(metrics.contentType, /^text\/plain/)
  })

  it('count sign-ins, refusals and tokens, and show table sizes', async () => {
    const metrics = createMetrics({ withProcess: false })
    metrics.countSignIn('password', 'refused')
    metrics.countSignIn('password', 'refused')
    metrics.countSignIn('password', 'succeeded')
    metrics.countRefusal('token', 'invalid_grant')
    metrics.countTokens('authorization_code')
    metrics.setTableRows({ grant: 12, session: 0 })
    const text = await metrics.render()
    for (const line of [
      'sallyport_sign_ins_total{method="password",outcome="refused"} 2',
      'sallyport_sign_ins_total{method="password",outcome="succeeded"} 1',
      'sallyport_refusals_total{endpoint="token",error="invalid_grant"} 1',
      'sallyport_tokens_issued_total{grant_type="authorization_code"} 1',
      'sallyport_table_rows{table="grant"} 12',
      'sallyport_table_rows{table="session"} 0',
    ]) {
      assert.ok(text.includes(`${line}\n`), line)
    }
  })
})
