/** Which endpoint stands at which path: one table for both lanes, built once for the settings of the time. */

import type { Metrics } from '../lib/metrics.ts'
import type { Endpoint } from './endpoint.ts'

export interface Route {
  readonly endpoint: Endpoint
  /** Served straight from node:http, or by way of the framework. */
  readonly lane: 'fast' | 'pages'
  /** With the issuer's path, unless the endpoint stands at the root. */
  readonly path: string
  /** As they come over the wire: HEAD wherever GET is. */
  readonly methods: ReadonlySet<string>
  /** The `Allow` of a 405. */
  readonly allow: string
  readonly observe: (status: number, seconds: number) => void
}

export interface Routes {
  /** By the path of a request. */
  get(path: string): Route | undefined
  values(): Iterable<Route>
}

export interface RouteLists {
  readonly endpoints: readonly Endpoint[]
  readonly pages: readonly Endpoint[]
}

/**
 * Throws when two endpoints want the same path. `:name` stands for one segment of a path; a path without such segments goes first, and
 * what has everything below it comes last.
 */
export function buildRoutes({ endpoints, pages }: RouteLists, issuerPath: string, metrics: Metrics): Routes {
  const routes = new Map<string, Route>()
  const add = (endpoint: Endpoint, lane: Route['lane']): void => {
    const path = endpoint.atRoot === true ? endpoint.path : issuerPath + endpoint.path
    const other = routes.get(path)
    if (other !== undefined) throw new Error(`${endpoint.name} and ${other.endpoint.name} both want ${path}`)
    const methods = endpoint.methods.flatMap(method => (method === 'GET' ? ['GET', 'HEAD'] : [method]))
    const observe = metrics.forEndpoint(endpoint.name)
    routes.set(path, { endpoint, lane, path, methods: new Set(methods), allow: methods.join(', '), observe })
  }
  for (const endpoint of endpoints) add(endpoint, 'fast')
  for (const page of pages) add(page, 'pages')
  const variable = [...routes.values()].filter(({ path }) => path.includes(':'))
  const trees = [...routes.values()].filter(({ endpoint }) => endpoint.isTree === true)
  return {
    get: path =>
      routes.get(path) ??
      variable.find(route => isOfRoute(path, route.path)) ??
      trees.find(route => path.startsWith(`${route.path}/`)),
    values: () => routes.values(),
  }
}

function isOfRoute(path: string, pattern: string): boolean {
  const wanted = pattern.split('/')
  const segments = path.split('/')
  return (
    segments.length === wanted.length &&
    wanted.every((segment, index) => (segment.startsWith(':') ? segments[index] !== '' : segments[index] === segment))
  )
}
