/** The routes of now: replaced as a whole when settings change, read anew with every request. */

import type { Metrics } from '../lib/metrics.ts'
import type { Endpoint } from './endpoint.ts'
import { buildRoutes, type Route, type RouteLists, type Routes } from './routes.ts'

export interface RouteTable {
  readonly routes: Routes
  /** Those of the framework, which learns its paths once. */
  readonly pages: readonly Route[]
  /** By the path as it was laid out: `/broker/:alias/login`. */
  endpointAt(path: string): Endpoint
  replaceRoutes(lists: RouteLists): void
}

export function createRouteTable(lists: RouteLists, issuerPath: string, metrics: Metrics): RouteTable {
  let routes = buildRoutes(lists, issuerPath, metrics)
  const pages = pagesOf(routes)
  const paths = pathsOf(pages)
  return {
    routes: { get: path => routes.get(path), values: () => routes.values() },
    pages,
    endpointAt(path) {
      const route = routes.get(path)
      if (route === undefined) throw new Error(`nothing stands at ${path}`)
      return route.endpoint
    },
    replaceRoutes(next) {
      const replaced = buildRoutes(next, issuerPath, metrics)
      if (pathsOf(pagesOf(replaced)) !== paths) throw new Error('pages cannot come or go while the server runs')
      routes = replaced
    },
  }
}

function pagesOf(routes: Routes): readonly Route[] {
  return [...routes.values()].filter(({ lane }) => lane === 'pages')
}

function pathsOf(pages: readonly Route[]): string {
  return pages
    .map(({ path, allow }) => `${path} ${allow}`)
    .sort()
    .join('\n')
}
