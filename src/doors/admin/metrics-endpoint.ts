/** `/metrics` for Prometheus: shown to allowed addresses only; for everybody else nothing is here. */

import type { Endpoint, HttpRequest } from '../../http/endpoint.ts'
import type { RenderErrorPage } from '../../http/error-page.ts'
import { NO_STORE } from '../../http/replies.ts'
import type { AddressList } from '../../lib/addresses.ts'
import type { Metrics } from '../../lib/metrics.ts'

export interface MetricsPorts {
  readonly metrics: Pick<Metrics, 'render' | 'contentType'>
  readonly allowedAddresses: AddressList
  readonly errorPage: RenderErrorPage
}

/** At the root of the host, whatever the issuer's path: it is asked for from inside. */
export function metricsEndpoint({ metrics, allowedAddresses, errorPage }: MetricsPorts): Endpoint {
  return {
    name: 'metrics',
    path: '/metrics',
    methods: ['GET'],
    atRoot: true,
    async handle(request) {
      if (!maySee(request, allowedAddresses)) return errorPage(request, { status: 404, kind: 'not-found' })
      const headers = { 'content-type': metrics.contentType, ...NO_STORE }
      return { status: 200, headers, body: await metrics.render() }
    },
  }
}

// A proxy on this machine that nobody told us about would make every visitor look like loopback; its headers give it away.
function maySee({ address, isUnverifiedForward }: HttpRequest, allowed: AddressList): boolean {
  return isUnverifiedForward !== true && allowed.has(address)
}
