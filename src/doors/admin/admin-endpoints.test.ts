/** Tests of health and metrics over a real server. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { plainErrorPage, startServer } from '../../http/test-fixtures/server-under-test.ts'
import { createAddressList } from '../../lib/addresses.ts'
import { createLogger, silentLogger } from '../../lib/logger.ts'
import { createMetrics } from '../../lib/metrics.ts'
import { healthEndpoints, type ReadinessCheck } from './health.ts'
import { metricsEndpoint } from './metrics-endpoint.ts'

describe('health', () => {
  const fine: ReadinessCheck = { name: 'keys', check: () => Promise.resolve() }
  const broken: ReadinessCheck = { name: 'database', check: () => Promise.reject(new Error('password wrong')) }
  const stuck: ReadinessCheck = { name: 'database', check: () => new Promise(() => {}) }

  it('stands at the root of the host, below no issuer path', async t => {
    const endpoints = healthEndpoints({ checks: [fine], timeoutMs: 1_000, logger: silentLogger })
    const { origin } = await startServer(t, { issuerPath: '/auth', endpoints })
    for (const [path, status] of [
      ['/health/live', 'live'],
      ['/health/ready', 'ready'],
    ] as const) {
      const response = await fetch(origin + path)
      assert.equal(response.status, 200)
      assert.equal(((await response.json()) as { status: string }).status, status)
      assert.equal(response.headers.get('cache-control'), 'no-store')
    }
  })

  for (const [what, failing] of [
    ['fails', broken],
    ['does not answer', stuck],
  ] as const) {
    it(`is not ready, but still live, while a part ${what}: which one is told, why is logged`, async t => {
      const lines: string[] = []
      const logger = createLogger('warn', { write: line => lines.push(line) })
      const endpoints = healthEndpoints({ checks: [fine, failing], timeoutMs: 50, logger })
      const { origin } = await startServer(t, { endpoints })
      const response = await fetch(`${origin}/health/ready`)
      assert.equal(response.status, 503)
      assert.deepEqual(await response.json(), { status: 'not ready', checks: { keys: 'ok', database: 'failed' } })
      assert.equal(lines.length, 1)
      assert.match(lines[0] ?? '', /password wrong|no answer within 50 ms/)
      assert.equal((await fetch(`${origin}/health/live`)).status, 200)
    })
  }
})

describe('metrics', () => {
  const metrics = createMetrics({ withProcess: true })
  const endpointFor = (...allowed: string[]) =>
    metricsEndpoint({ metrics, allowedAddresses: createAddressList(allowed), errorPage: plainErrorPage })

  it('are shown to an allowed address, with those of the process', async t => {
    const { origin } = await startServer(t, { endpoints: [endpointFor('127.0.0.0/8')] })
    const response = await fetch(`${origin}/metrics`)
    assert.equal(response.status, 200)
    assert.match(response.headers.get('content-type') ?? '', /^text\/plain/)
    assert.match(await response.text(), /process_resident_memory_bytes \d+/)
  })

  it('are nothing for everybody else', async t => {
    const { origin } = await startServer(t, { endpoints: [endpointFor('10.0.0.0/8')] })
    assert.equal((await fetch(`${origin}/metrics`)).status, 404)
  })

  it('are not shown to visitors of an unknown proxy on the same machine, who look like loopback', async t => {
    const { origin } = await startServer(t, { endpoints: [endpointFor('127.0.0.0/8')] })
    for (const name of ['x-forwarded-for', 'forwarded', 'x-real-ip', 'x-forwarded-host', 'x-forwarded-proto', 'via']) {
      assert.equal((await fetch(`${origin}/metrics`, { headers: { [name]: '127.0.0.1' } })).status, 404, name)
    }
  })

  it('go by the address that a trusted proxy names', async t => {
    const settings = { endpoints: [endpointFor('127.0.0.0/8', '192.0.2.1')], proxies: ['127.0.0.1'] }
    const { origin } = await startServer(t, settings)
    const statusFor = async (address: string) =>
      (await fetch(`${origin}/metrics`, { headers: { 'x-forwarded-for': address } })).status
    assert.equal(await statusFor('192.0.2.1'), 200)
    assert.equal(await statusFor('198.51.100.1'), 404)
    assert.equal(await statusFor('127.0.0.1, 198.51.100.1'), 404)
  })
})
