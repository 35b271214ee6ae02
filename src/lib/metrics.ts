/** What the server counts, in the text format of Prometheus. Children with labels are bound once: an observation costs less than a microsecond. */

import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'

export interface Metrics {
  /** For one endpoint, once; what comes back is called for every request with the status and the seconds it took. */
  forEndpoint(name: string): (status: number, seconds: number) => void
  countSignIn(method: string, outcome: 'succeeded' | 'refused'): void
  /** `error` is the wire's code, so there are few of them. */
  countRefusal(endpoint: string, error: string): void
  countTokens(grantType: string): void
  setTableRows(rows: Readonly<Record<string, number>>): void
  /** The whole exposition, with `contentType`. */
  render(): Promise<string>
  readonly contentType: string
}

/** Seconds. The fast endpoints answer within one millisecond, a password takes 20 to 50. */
const BUCKETS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5]
const STATUS_CLASSES = ['1xx', '2xx', '3xx', '4xx', '5xx'] as const

/** `withProcess`: memory, CPU, event loop and garbage collection of this process as well. */
export function createMetrics({ withProcess }: { readonly withProcess: boolean }): Metrics {
  const register = new Registry()
  const registers = [register]
  if (withProcess) collectDefaultMetrics({ register })
  const requests = new Histogram({
    name: 'sallyport_http_request_duration_seconds',
    help: 'Time from the whole request head to the whole answer, by endpoint and class of status.',
    labelNames: ['endpoint', 'status'],
    buckets: BUCKETS,
    registers,
  })
  const signIns = new Counter({
    name: 'sallyport_sign_ins_total',
    help: 'Attempts to sign in, by method and outcome.',
    labelNames: ['method', 'outcome'],
    registers,
  })
  const refusals = new Counter({
    name: 'sallyport_refusals_total',
    help: 'Refused requests, by endpoint and error code.',
    labelNames: ['endpoint', 'error'],
    registers,
  })
  const tokens = new Counter({
    name: 'sallyport_tokens_issued_total',
    help: 'Successful answers of the token endpoint, by grant type.',
    labelNames: ['grant_type'],
    registers,
  })
  const rows = new Gauge({
    name: 'sallyport_table_rows',
    help: 'Rows per table, counted now and then.',
    labelNames: ['table'],
    registers,
  })
  return {
    forEndpoint(endpoint) {
      const children = STATUS_CLASSES.map(status => requests.labels(endpoint, status))
      return (status, seconds) => children[Math.floor(status / 100) - 1]?.observe(seconds)
    },
    countSignIn: countBy(signIns),
    countRefusal: countBy(refusals),
    countTokens: countBy(tokens),
    setTableRows(counted) {
      for (const [table, count] of Object.entries(counted)) rows.set({ table }, count)
    },
    render: () => register.metrics(),
    contentType: register.contentType,
  }
}

/** Children by their label values, so that a count is one look-up in a Map instead of a hash of an object. */
function countBy(counter: Counter): (...labelValues: readonly string[]) => void {
  const children = new Map<string, Counter.Internal>()
  return (...labelValues) => {
    const key = labelValues.join(' ')
    let child = children.get(key)
    if (child === undefined) {
      child = counter.labels(...labelValues)
      children.set(key, child)
    }
    child.inc()
  }
}
